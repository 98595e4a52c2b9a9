"""Where the simulator stands in for a panel."""

PANEL = "https://solusvm.example.com"  # every vendor customer has a panel of its own; the documentation's examples use this one


def endpoint_map(url: str) -> dict[str, str]:
    """The example panel's address, mapped to the simulator at `url`. A host may as well be given `url` itself."""
    return {PANEL: url.rstrip("/")}
