"""The make-believe DNS: records that a person publishes, and what the checks find in it."""

from dataclasses import dataclass

from modulehost.sandbox.zoho import here
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.state import DnsRecord, Domain, number

METHODS = {"verifyDomainByTXT": "TXT", "verifyDomainByCName": "CNAME", "verifyDomainByHTML": "HTML"}
TYPES = ("TXT", "CNAME", "HTML", "MX")
HTML_FILE = "zohoverify/verifyforzoho.html"


@dataclass(frozen=True)
class Wanted:
    """A record that has to be published: its type, host (`@` is the domain itself) and value."""

    type: str
    host: str
    value: str


def verification(domain: Domain) -> dict[str, Wanted]:
    """The records that prove ownership, one of which is enough, by type."""
    target = f"zmverify.{_suffix(domain)}"
    return {
        "TXT": Wanted("TXT", "@", f"zoho-verification=zb{domain.code}.{target}"),
        "CNAME": Wanted("CNAME", f"zb{domain.code}", target),
        "HTML": Wanted("HTML", HTML_FILE, domain.code),
    }


def mail_records(domain: Domain) -> dict[str, list[Wanted]]:
    """The records for mail, by the name of what they are for."""
    suffix = _suffix(domain)
    records = {
        "MX": [Wanted("MX", "@", f"{rank} mx{number_}.{suffix}") for rank, number_ in ((10, ""), (20, "2"), (50, "3"))],
        "SPF": [Wanted("TXT", "@", f"v=spf1 include:{suffix} ~all")],
    }
    if domain.dkim_selector:
        records["DKIM"] = [Wanted("TXT", f"{domain.dkim_selector}._domainkey", dkim_value(domain))]
    return records


def dkim_value(domain: Domain) -> str:
    """The text of the DKIM record; the key is no real key."""
    return f"v=DKIM1; k=rsa; p=SANDBOX{domain.code}"


def _suffix(domain: Domain) -> str:
    return REGIONS[here.state().orgs[domain.zoid].dc].domain


def publish(domain: str, type_: str, host: str, value: str) -> DnsRecord:
    """Publish a record; it is seen after the time that the switch `dns_seconds` sets."""
    state, at = here.state(), here.now()
    for one in state.dns_records.values():
        if (one.domain, one.type, one.host, one.value) == (domain, type_, host, value):
            return one
    id_ = number(state, "dns", 1)
    state.dns_records[id_] = DnsRecord(id_, domain, type_, host, value, at, at + state.switches.dns_seconds)
    return state.dns_records[id_]


def look_up(domain: str, type_: str, host: str) -> list[str]:
    """The values that a resolver sees for a host."""
    return [
        one.value
        for one in here.state().dns_records.values()
        if (one.domain, one.type, one.host.lower()) == (domain, type_, host.lower()) and one.visible <= here.now()
    ]


def has(domain: str, wanted: Wanted) -> bool:
    """Whether the record is there, whatever the case of its value and with or without a dot at the end."""
    return wanted.value.lower() in [
        value.strip().lower().rstrip(".") for value in look_up(domain, wanted.type, wanted.host)
    ]
