"""All tables of the host, under the names by which modules query them.

A mapped class per table that the host uses, one file per aggregate; `table(name)` for every other one. Attributes are
the real column names. `created_at` and `updated_at` are set by whoever writes the row, from the clock.
"""

from .addons import AddonModuleSetting
from .admins import Admin, AdminLog, AdminPerm, AdminRole, ApiCredential, ApiRole
from .automation import AutomationLock, AutomationRun, AutomationTaskRun, ClockJourney, Task, TaskStatus
from .base import Base, metadata
from .bulk import among, insert_numbered, insert_rows
from .clients import Client, ClientGroup, Contact, Note, User, UserClient, UserInvite
from .create import MIGRATIONS, SCHEMA_VERSION, SchemaError, create_all, drop_all, fresh, move_sequences, table_names
from .host import (
    Command,
    CommandLock,
    Event,
    GatewayCall,
    HookTrace,
    InvoiceNotice,
    ModuleStore,
    SchemaVersion,
    SignedIn,
    SsoToken,
)
from .invoices import Credit, GatewayLog, GatewaySetting, Invoice, InvoiceItem, Tax, Transaction
from .logs import ActivityLog, ApiLog, BannedIp, ModuleLog, ModuleQueue
from .mails import Email, EmailTemplate
from .orders import Order, OrderStatus
from .paymethods import BankAccount, CreditCard, PayMethod
from .products import (
    Addon,
    ConfigOption,
    ConfigOptionSub,
    CustomField,
    CustomFieldValue,
    ModuleConfiguration,
    Pricing,
    Product,
    ProductConfigGroup,
    ProductConfigLink,
    ProductGroup,
    ProductSlug,
    Promotion,
)
from .rest import table
from .servers import Server, ServerGroup, ServerGroupRel, ServerRemote
from .services import CancelRequest, Service, ServiceAddon, ServiceConfigOption, Upgrade, waiting_request
from .settings import Currency, Setting, TransientData
from .types import StorageError, alphabetic, begins, day_text, icontains, moment_text, same, unset, zero_date_text
from .usage import PricingBracket, ServerTenant, TenantStat, UsageItem

__all__ = [
    "MIGRATIONS",
    "SCHEMA_VERSION",
    "ActivityLog",
    "Addon",
    "AddonModuleSetting",
    "Admin",
    "AdminLog",
    "AdminPerm",
    "AdminRole",
    "ApiCredential",
    "ApiLog",
    "ApiRole",
    "AutomationLock",
    "AutomationRun",
    "AutomationTaskRun",
    "BankAccount",
    "BannedIp",
    "Base",
    "CancelRequest",
    "Client",
    "ClientGroup",
    "ClockJourney",
    "Command",
    "CommandLock",
    "ConfigOption",
    "ConfigOptionSub",
    "Contact",
    "Credit",
    "CreditCard",
    "Currency",
    "CustomField",
    "CustomFieldValue",
    "Email",
    "EmailTemplate",
    "Event",
    "GatewayCall",
    "GatewayLog",
    "GatewaySetting",
    "HookTrace",
    "Invoice",
    "InvoiceItem",
    "InvoiceNotice",
    "ModuleConfiguration",
    "ModuleLog",
    "ModuleQueue",
    "ModuleStore",
    "Note",
    "Order",
    "OrderStatus",
    "PayMethod",
    "Pricing",
    "PricingBracket",
    "Product",
    "ProductConfigGroup",
    "ProductConfigLink",
    "ProductGroup",
    "ProductSlug",
    "Promotion",
    "SchemaError",
    "SchemaVersion",
    "Server",
    "ServerGroup",
    "ServerGroupRel",
    "ServerRemote",
    "ServerTenant",
    "Service",
    "ServiceAddon",
    "ServiceConfigOption",
    "Setting",
    "SignedIn",
    "SsoToken",
    "StorageError",
    "Task",
    "TaskStatus",
    "Tax",
    "TenantStat",
    "Transaction",
    "TransientData",
    "Upgrade",
    "UsageItem",
    "User",
    "UserClient",
    "UserInvite",
    "alphabetic",
    "among",
    "begins",
    "create_all",
    "day_text",
    "drop_all",
    "fresh",
    "icontains",
    "insert_numbered",
    "insert_rows",
    "metadata",
    "moment_text",
    "move_sequences",
    "same",
    "table",
    "table_names",
    "unset",
    "waiting_request",
    "zero_date_text",
]
