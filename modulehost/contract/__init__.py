"""What a module may define, what it is given and what it may return: the public contract as data. No code of ours is called."""

from modulehost.contract.accounts import Status
from modulehost.contract.addons import (
    ADDON_FIELD_TYPES,
    ADDON_FUNCTIONS,
    DEFAULT_LANGUAGE,
    AddonConfig,
    check_addon,
    nearest_addon,
    read_addon_config,
)
from modulehost.contract.config import FIELD_TYPES, MAX_OPTIONS, ConfigField, read_config_options
from modulehost.contract.functions import SERVER_FUNCTIONS, FunctionSpec, nearest, spec
from modulehost.contract.metrics import (
    UNITS,
    Accounts,
    Bytes,
    Domains,
    FloatingPoint,
    GigaBytes,
    MegaBytes,
    Metric,
    MetricInterface,
    MetricProblem,
    ProviderInterface,
    Units,
    Usage,
    WholeNumber,
    read_metrics,
)
from modulehost.contract.modules import TYPES, Module
from modulehost.contract.points import HookPoint, hook_points, nearest_point
from modulehost.contract.returns import Checked, check, check_sign_on, crumbs
from modulehost.contract.signon import CustomAction, CustomActionCollection, SignOn, read_sign_on

__all__ = [
    "ADDON_FIELD_TYPES",
    "ADDON_FUNCTIONS",
    "DEFAULT_LANGUAGE",
    "FIELD_TYPES",
    "MAX_OPTIONS",
    "SERVER_FUNCTIONS",
    "TYPES",
    "UNITS",
    "Accounts",
    "AddonConfig",
    "Bytes",
    "Checked",
    "ConfigField",
    "CustomAction",
    "CustomActionCollection",
    "Domains",
    "FloatingPoint",
    "FunctionSpec",
    "GigaBytes",
    "HookPoint",
    "MegaBytes",
    "Metric",
    "MetricInterface",
    "MetricProblem",
    "Module",
    "ProviderInterface",
    "SignOn",
    "Status",
    "Units",
    "Usage",
    "WholeNumber",
    "check",
    "check_addon",
    "check_sign_on",
    "crumbs",
    "hook_points",
    "nearest",
    "nearest_addon",
    "nearest_point",
    "read_addon_config",
    "read_config_options",
    "read_metrics",
    "read_sign_on",
    "spec",
]
