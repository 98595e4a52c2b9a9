"""Custom functions as staff may run them: by a button of Module Commands, by its address, and by the API's ModuleCustom."""

from typing import Any

from modulehost.context import Ctx
from modulehost.lifecycle.commands import Outcome, run
from modulehost.lifecycle.modules import admin_buttons, supports
from modulehost.lifecycle.subjects import Target, subject
from modulehost.runtimes import ModuleFailed

#: a documented command that has no API action of its own; ModuleCustom is its way in
WITHOUT_ACTION = "Renew"


def run_custom(ctx: Ctx, target: Target, function: str, **options: Any) -> Outcome:
    """Run a custom function as `run` does, if the module offers it to staff; otherwise it is refused and nothing is run.

    Offered are the values of AdminCustomButtonArray, and Renew where the module has it. The other commands are not reached
    this way, since a role or a credential that may run custom functions need not be allowed to terminate.
    Source: the public function table, sections on custom functions and ModuleCustom.
    """
    try:
        known = supports(ctx, target)
        offered = [button.function for button in admin_buttons(ctx, target)]
    except ModuleFailed as failure:
        return Outcome(False, "refused", f"whether “{function}” is offered cannot be told: {failure}")
    if function in offered or (function == WITHOUT_ACTION and function in known):
        return run(ctx, target, function, **options)
    listed = ", ".join(offered) or "none; its AdminCustomButtonArray is missing or empty"
    text = f"the module of this {subject(target).kind} offers no custom function “{function}” to staff; it offers: {listed}"
    return Outcome(False, "refused", text)
