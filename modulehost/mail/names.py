"""The names that a template's author may write, for the list beside the editor."""

_COMPANY = ("company_name", "company_domain", "company_logo_url", "company_tax_code", "whmcs_url", "whmcs_link", "signature",
            "date", "time")  # fmt: skip
_CLIENT = (
    "client_id", "client_name", "client_first_name", "client_last_name", "client_company_name", "client_email",
    "client_address1", "client_address2", "client_city", "client_state", "client_postcode", "client_country",
    "client_phonenumber", "client_tax_id", "client_signup_date", "client_credit", "client_group_id", "client_group_name",
    "client_gateway_id", "client_language", "client_status", "client_custom_fields",
)  # fmt: skip
_SERVICE = (
    "service_id", "service_order_id", "service_reg_date", "service_product_name", "service_product_description",
    "service_config_options", "service_quantity", "service_domain", "service_server_name", "service_server_hostname",
    "service_server_ip", "service_dedicated_ip", "service_assigned_ips", *(f"service_ns{n}" for n in range(1, 5)),
    *(f"service_ns{n}_ip" for n in range(1, 5)), "service_payment_method", "service_first_payment_amount",
    "service_recurring_amount", "service_billing_cycle", "service_next_due_date", "service_status", "service_username",
    "service_password", "service_custom_fields", "service_custom_fields_by_name", "service_suspension_reason",
    "service_cancellation_type",
)  # fmt: skip
_INVOICE = (
    "invoice_id", "invoice_num", "invoice_date_created", "invoice_date_due", "invoice_date_paid", "invoice_items",
    "invoice_subtotal", "invoice_credit", "invoice_tax", "invoice_tax2", "invoice_total", "invoice_balance",
    "invoice_amount_paid", "invoice_status", "invoice_payment_method", "invoice_last_payment_amount",
    "invoice_last_payment_transid", "invoice_link", "invoice_notes",
)  # fmt: skip


def of_type(kind: str) -> dict[str, tuple[str, ...]]:
    """Groups of merge fields that every mail of a type has; a mail may have more of its own (an order's number, a link)."""
    groups = {}
    if kind == "product":
        groups["Product/Service"] = _SERVICE
    elif kind == "invoice":
        groups["Invoice"] = _INVOICE
    if kind not in ("admin", "notification"):
        groups["Client"] = _CLIENT
    return {**groups, "Other": _COMPANY}
