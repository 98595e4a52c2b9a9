"""What is there at the start."""

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.zoho import organizations, plans
from modulehost.sandbox.zoho.organizations import Person
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.state import Org, PaymentMethod, State

PARTNER = "partner@zylker.example"
OTHER = "admin@bigbase.example"


def seed(world: World[State]) -> None:
    """A partner in the United States and one in Japan, an admin who is no partner, and a way to pay for each partner."""
    _partner(world, "us", "Zylker Hosting", "zylker.example", Person(PARTNER, "Paula", "Partner"))
    _partner(
        world, "jp", "Zylker Japan", "zylker-japan.example", Person("partner@zylker-japan.example", "Kenji", "Sato")
    )
    other = organizations.found(world, "us", "Bigbase", Person(OTHER, "Bruno", "Base"))
    _verified(world, other, "bigbase.example")


def _partner(world: World[State], dc: str, name: str, domain: str, person: Person) -> Org:
    org = organizations.found(world, REGIONS[dc].key, name, person)
    org.is_partner, org.plan, org.pay_period, org.licences = True, "Workplace Standard", plans.YEAR, 10
    org.addons = {str(plans.BY_NAME["Workplace Standard"].user_addon): 10}
    _verified(world, org, domain)
    world.state.payment_methods[org.zoid] = PaymentMethod(org.zoid, "Visa ending in 4242")
    return org


def _verified(world: World[State], org: Org, name: str) -> None:
    domain = organizations.add_domain(world, org, name, primary=True)
    domain.verified, domain.verified_by, domain.verified_date = True, "TXT", world.now()
    domain.hosting = domain.mx = domain.spf = True
