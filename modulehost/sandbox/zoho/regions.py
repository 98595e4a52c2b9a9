"""Zoho's data centres and what is called differently in each."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Region:
    """One data centre: its key (also the `location` of the OAuth redirect) and the domain that its hosts stand under."""

    key: str
    domain: str
    currency: str

    def host(self, service: str) -> str:
        """The real address of a service, such as `https://mail.zoho.jp`."""
        return f"https://{service}.{self.domain}"

    @property
    def api_domain(self) -> str:
        """The `api_domain` of token replies; not the Mail host."""
        return f"https://www.zohoapis.{'ca' if self.key == 'ca' else self.domain.removeprefix('zoho.')}"


# Canada's name follows no rule, hence a table.
REGIONS: dict[str, Region] = {
    one.key: one
    for one in (
        Region("us", "zoho.com", "USD"),
        Region("eu", "zoho.eu", "EUR"),
        Region("in", "zoho.in", "INR"),
        Region("au", "zoho.com.au", "AUD"),
        Region("jp", "zoho.jp", "JPY"),
        Region("ca", "zohocloud.ca", "CAD"),
        Region("cn", "zoho.com.cn", "CNY"),
        Region("sa", "zoho.sa", "SAR"),
    )
}
DEFAULT = "us"
SERVICES = ("accounts", "mail", "mailadmin", "store")


def route(environ: dict[str, Any]) -> None:
    """Take the data centre off the path: `/dc/jp/api/organization` is `/api/organization` asked in Japan.

    The prefix moves into SCRIPT_NAME, the key into `sandbox.dc`. A path without it is asked in the United States.
    """
    environ["sandbox.dc"] = DEFAULT
    parts = environ.get("PATH_INFO", "").split("/", 3)
    if len(parts) >= 3 and parts[1] == "dc" and parts[2] in REGIONS:
        environ["sandbox.dc"] = parts[2]
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + f"/dc/{parts[2]}"
        environ["PATH_INFO"] = "/" + (parts[3] if len(parts) == 4 else "")
