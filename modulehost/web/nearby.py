"""Whether a request comes from this machine: what is for its own people only asks here."""

import ipaddress
from urllib.parse import urlsplit

from flask import request

from modulehost import settings
from modulehost.context import Ctx
from modulehost.web import frame


def is_this_machine(name: str) -> bool:
    """Whether an address or a name can only be this machine."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def objection(subject: str) -> str:
    """Why the request counts as somebody else's, empty when it is of this machine; `subject` is what answers this machine only."""
    config = frame.host().config
    if not is_this_machine(request.remote_addr or ""):
        return f"{subject} answers this machine only; others send X-Modulehost-Token with the control_token of modulehost.toml"
    with Ctx(frame.host()).unit(read=True) as db:
        public = config.system_url or settings.get(db, "SystemURL")
    names = {urlsplit(public).hostname, urlsplit(frame.host().base_url).hostname, config.host}
    name = urlsplit("//" + request.host).hostname or ""
    if not is_this_machine(name) and name not in names:
        # A name of somebody else's that leads here: the page behind it would count as ours to the browser.
        return f"{name!r} is no name of this host; use {frame.host().base_url}"
    if public and not config.trusted_proxy and not is_this_machine(urlsplit(public).hostname or ""):
        return (
            f"the System URL is {public}, so a proxy on this machine may be passing on what anybody sends; name it as trusted_proxy "
            "in modulehost.toml, or send X-Modulehost-Token with the control_token"
        )
    return ""
