"""How a module function is called, whatever it is written in.

    functions(ctx, module)           the suffixes of the functions that it defines
    call(ctx, module, function, ...) run one, with a time limit, and check what it returned

Only Python modules run today; a module in PHP is found and named, and calling it says that its runtime is missing.
"""

from modulehost.runtimes.calls import (
    ModuleFailed,
    Returned,
    addon_language,
    call,
    explain,
    functions,
    invoke,
    load_hooks,
    run_hook_file,
    web_blueprint,
)

__all__ = [
    "ModuleFailed",
    "Returned",
    "addon_language",
    "call",
    "explain",
    "functions",
    "invoke",
    "load_hooks",
    "run_hook_file",
    "web_blueprint",
]
