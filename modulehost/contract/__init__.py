"""What a module may define, what it is given and what it may return: the public contract as data. No code of ours is called."""

from modulehost.contract.config import FIELD_TYPES, MAX_OPTIONS, ConfigField, read_config_options
from modulehost.contract.functions import SERVER_FUNCTIONS, FunctionSpec, nearest, spec
from modulehost.contract.modules import TYPES, Module
from modulehost.contract.returns import Checked, check

__all__ = [
    "FIELD_TYPES",
    "MAX_OPTIONS",
    "SERVER_FUNCTIONS",
    "TYPES",
    "Checked",
    "ConfigField",
    "FunctionSpec",
    "Module",
    "check",
    "nearest",
    "read_config_options",
    "spec",
]
