"""All that a Python module imports from its host.

Names follow the public helper functions of the emulated system where it has them (`logModuleCall`, `localAPI`, `add_hook`).
Everything here belongs to the call that is running: outside a host these functions raise LookupError, and after a call
was stopped by its time limit they raise CallExpired. `docs/modules.md` shows them in use.
"""

from modulehost.contract import (
    Accounts,
    Bytes,
    CustomAction,
    CustomActionCollection,
    Domains,
    FloatingPoint,
    GatewayHalted,
    GigaBytes,
    MegaBytes,
    Metric,
    MetricInterface,
    ProviderInterface,
    Status,
    Units,
    Usage,
    WholeNumber,
)
from modulehost.sdk.gateways import (
    addInvoicePayment,
    checkCbInvoiceID,
    checkCbTransID,
    createBankPayMethod,
    createCardPayMethod,
    getGatewayVariables,
    logTransaction,
    paymentPending,
    paymentReversed,
    updateBankPayMethod,
    updateCardPayMethod,
)
from modulehost.sdk.host import (
    add_hook,
    countries,
    localAPI,
    logActivity,
    logModuleCall,
    module_url,
    now,
    password,
    pending,
    product_options,
    system_url,
    today,
    token,
    unit,
)
from modulehost.sdk.pages import (
    Request,
    Widget,
    admin_page,
    csrf,
    current_admin,
    current_client,
    escape,
    language,
    may,
    not_found,
    note,
    redirect,
    render,
    request,
    session,
    settings,
    webhook,
    words,
)
from modulehost.sdk.storage import Duplicate, Store, add_columns, create_table, drop_table, lock, store, table
from modulehost.sdk.usage import update_usage
from modulehost.sdk.vendor import http, prepare, vendor_url

__all__ = [
    "Accounts", "Bytes", "CustomAction", "CustomActionCollection", "Domains", "Duplicate", "FloatingPoint",
    "GatewayHalted", "GigaBytes", "MegaBytes", "Metric", "MetricInterface", "ProviderInterface", "Request", "Status",
    "Store", "Units", "Usage", "WholeNumber", "Widget", "addInvoicePayment", "add_columns", "add_hook", "admin_page",
    "checkCbInvoiceID", "checkCbTransID", "countries", "createBankPayMethod", "createCardPayMethod", "create_table",
    "csrf", "current_admin", "current_client", "drop_table", "escape", "getGatewayVariables", "http", "language",
    "localAPI", "lock", "logActivity", "logModuleCall", "logTransaction", "may", "module_url", "not_found", "note",
    "now", "password", "paymentPending", "paymentReversed", "pending", "prepare", "product_options", "redirect",
    "render", "request", "session", "settings", "store", "system_url", "table", "today", "token", "unit",
    "updateBankPayMethod", "updateCardPayMethod", "update_usage", "vendor_url", "webhook", "words",
]  # fmt: skip
