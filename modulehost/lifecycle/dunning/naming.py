"""How the lines of a report name a service, an addon, a client."""

from modulehost.schema import Client, Service, ServiceAddon


def named(service: Service, product: str | None) -> str:
    """`service 12 (Mail, ada.example)`."""
    return f"service {service.id} ({product or 'deleted product'}{f', {service.domain}' if service.domain else ''})"


def named_addon(addon: ServiceAddon, name: str | None, service: Service) -> str:
    """`addon 7 (Backup) of service 12`."""
    return f"addon {addon.id} ({addon.name or name or 'deleted addon'}) of service {service.id}"


def named_client(client: Client) -> str:
    """`client 3 (Ada Stone)`."""
    name = f"{client.firstname} {client.lastname}".strip() or client.companyname
    return f"client {client.id}{f' ({name})' if name else ''}"
