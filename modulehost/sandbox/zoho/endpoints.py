"""Where the simulator stands in for Zoho's hosts."""

from modulehost.sandbox.zoho.regions import DEFAULT, REGIONS, SERVICES

CONSOLE = "https://api-console.zoho.com"


def endpoint_map(url: str) -> dict[str, str]:
    """Each real base address of Zoho, mapped to the base in the simulator that answers at `url`.

    `{"https://mail.zoho.com": url, "https://mail.zoho.jp": url + "/dc/jp", ...}`, without slashes at the end. All
    services of a data centre share one base: their paths do not collide.
    """
    url = url.rstrip("/")
    bases = {key: url if key == DEFAULT else f"{url}/dc/{key}" for key in REGIONS}
    found = {region.host(service): bases[key] for key, region in REGIONS.items() for service in SERVICES}
    return {**found, CONSOLE: url}
