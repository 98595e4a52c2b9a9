"""The names of staff permissions as publicly documented, and which of them the roles of a fresh install have.

tbladminperms.permid is the place of the name in PERMISSIONS, counted from 1: append, never insert or reorder.
"""

PERMISSIONS: tuple[str, ...] = (
    "Main Homepage", "Sidebar Statistics", "My Account", "List Clients", "List Services", "List Addons", "List Domains",
    "Add New Client", "View Clients Summary", "View Clients Notes", "Edit Clients Details", "View Clients Products/Services",
    "Edit Clients Products/Services", "Delete Clients Products/Services", "Perform Server Operations", "View Clients Domains",
    "Edit Clients Domains", "Delete Clients Domains", "Perform Registrar Operations", "Manage Clients Files",
    "Add/Edit Client Notes", "Delete Client", "Mass Mail", "View Cancellation Requests", "Manage Affiliates", "View Orders",
    "Delete Order", "View Order Details", "Add New Order", "Use Any Promotion Code on Order", "View Income Totals",
    "List Invoices", "Create Invoice", "Generate Due Invoices", "Manage Invoice", "Delete Invoice", "Refund Invoice Payments",
    "View Billable Items", "Manage Billable Items", "Delete Billable Items", "Offline Credit Card Processing",
    "View Gateway Log", "List Transactions", "View Transaction", "Add Transaction", "Edit Transaction", "Delete Transaction",
    "Manage Quotes", "Manage Credits", "Support Center Overview", "List Support Tickets", "View Support Ticket",
    "Open New Ticket", "Delete Ticket", "Manage Announcements", "Manage Knowledgebase", "Manage Downloads",
    "Manage Network Issues", "View Reports", "CSV Downloads", "Email Message Log", "View Activity Log", "View Admin Log",
    "View Module Debug Log", "View Email Message Log", "View Ticket Mail Import Log", "View WHOIS Lookup Log",
    "View Integration Code", "WHOIS Lookups", "Domain Resolver Checker", "Link Tracking", "Browser", "To-Do List", "Calendar",
    "System Cleanup Operations", "Configure General Settings", "Configure Automation Settings", "Configure Administrators",
    "Configure Admin Roles", "Configure Servers", "Configure Currencies", "Configure Payment Gateways", "Tax Configuration",
    "View Email Templates", "Create/Edit Email Templates", "Delete Email Templates", "Manage Email Template Languages",
    "View Products/Services", "Create New Products/Services", "Edit Products/Services", "Delete Products/Services",
    "Manage Product Groups", "View Product Addons", "Create New Product Addons", "Edit Product Addons",
    "Delete Product Addons", "Configure Product Options", "Configure Product Bundles", "View Promotions",
    "Create/Edit Promotions", "Delete Promotions", "Configure Domain Pricing", "Configure Support Departments",
    "Configure Ticket Statuses", "Configure Order Statuses", "Configure Fraud Protection", "Configure Domain Registrars",
    "Configure Custom Client Fields", "Configure Client Groups", "Configure Addon Modules", "Addon Modules",
    "Configure Security Questions", "View Banned IPs", "Add Banned IP", "Unban Banned IP", "Manage API Credentials",
    "API Access", "Configure Application Links", "Configure OpenID Connect", "Database Status", "View PHP Info",
    "Module Queue", "View Automation Status", "Allow Login as Owner", "View Credit Log", "Manage Users",
    "View Credit Card Details", "Decrypt Full Credit Card Number", "Update/Delete Stored Credit Card",
    "Attempts CC Captures", "Configure Two-Factor Authentication", "Manage Notifications", "View What's New",
)  # fmt: skip

NUMBERS: dict[str, int] = {name: number for number, name in enumerate(PERMISSIONS, 1)}

FULL_ADMINISTRATOR, SALES_OPERATOR, SUPPORT_OPERATOR = 1, 2, 3

_BASE = (
    "Main Homepage",
    "My Account",
    "List Clients",
    "View Clients Summary",
    "View Clients Notes",
    "Add/Edit Client Notes",
)

#: Roles of a fresh install: id -> name and permissions.
ROLES: dict[int, tuple[str, tuple[str, ...]]] = {
    FULL_ADMINISTRATOR: ("Full Administrator", PERMISSIONS),
    SALES_OPERATOR: (
        "Sales Operator",
        (
            *_BASE, "List Services", "List Addons", "List Domains", "Add New Client", "Edit Clients Details",
            "View Clients Products/Services", "Edit Clients Products/Services", "Perform Server Operations",
            "View Clients Domains", "Edit Clients Domains", "View Cancellation Requests", "View Orders", "View Order Details",
            "Add New Order", "List Invoices", "Create Invoice", "Manage Invoice", "List Transactions", "View Transaction",
            "Add Transaction", "Manage Quotes", "View Products/Services", "View Email Message Log", "Allow Login as Owner",
            "To-Do List", "Calendar",
        ),
    ),
    SUPPORT_OPERATOR: (
        "Support Operator",
        (
            *_BASE, "List Services", "List Addons", "List Domains", "View Clients Products/Services", "View Clients Domains",
            "Support Center Overview", "List Support Tickets", "View Support Ticket", "Open New Ticket",
            "Manage Announcements", "Manage Knowledgebase", "Manage Downloads", "Manage Network Issues", "WHOIS Lookups",
            "To-Do List", "Calendar",
        ),
    ),
}  # fmt: skip
