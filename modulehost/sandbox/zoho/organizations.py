"""Organisations: what becomes of them. The calls are in `organization_api.py`."""

from dataclasses import dataclass

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.zoho import here, plans
from modulehost.sandbox.zoho.state import Domain, Org, State, User, number

DAY = 86_400


@dataclass(frozen=True)
class Person:
    """Whom a new organisation gets as its super admin."""

    email: str
    first_name: str
    last_name: str
    password: str = ""


def found(world: World[State], dc: str, name: str, person: Person, partner: str = "") -> Org:
    """A new organisation on Mail Free with its super admin."""
    state, at = world.state, world.now()
    zaid = number(state, "zaid", 76_005_578)
    org = Org(
        zoid=number(state, "zoid", 76_006_415),
        zaid=zaid,
        encrypted_zoid=world.entropy.text("0123456789abcdef", 40),
        dc=dc,
        name=name,
        super_admin="",
        partner=partner,
        created=at,
    )
    state.orgs[org.zoid] = org
    org.super_admin = add_user(world, org, person, "super_admin").zuid
    return org


def add_user(world: World[State], org: Org, person: Person, role: str) -> User:
    """A new user of an organisation."""
    state = world.state
    user = User(
        zuid=number(state, "zuid", 60_018_300_101),
        account_id=number(state, "account", 2_560_636_000_000_008_002),
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        dc=org.dc,
        zoid=org.zoid,
        role=role,
        password=person.password,
        created=world.now(),
    )
    state.users[user.zuid] = user
    return user


def add_domain(world: World[State], org: Org, name: str, primary: bool) -> Domain:
    """A domain that waits for its verification."""
    state = world.state
    domain = Domain(
        name=name,
        domain_id=number(state, "domain", 2_560_636_000_000_010_001),
        zoid=org.zoid,
        code=number(state, "code", 60_906_216),
        primary=primary,
        created=world.now(),
    )
    state.domains[name] = domain
    return domain


def users(org: Org) -> list[User]:
    """The users of an organisation, oldest first."""
    return [user for user in here.state().users.values() if user.zoid == org.zoid]


def domains(org: Org) -> list[Domain]:
    """The domains of an organisation, oldest first."""
    return [domain for domain in here.state().domains.values() if domain.zoid == org.zoid]


def primary(org: Org) -> Domain | None:
    """The primary domain."""
    return next((domain for domain in domains(org) if domain.primary), None)


def children(partner: Org) -> list[Org]:
    """A partner's customers; one that has revoked the partner's access is gone from the list."""
    found_ = [one for one in here.state().orgs.values() if one.partner == partner.zoid and one.partner_access]
    for one in found_:
        settle(one)
    return found_


def on_trial(org: Org) -> bool:
    """Whether a trial runs."""
    return org.trial_ends > here.now()


def settle(org: Org) -> None:
    """A trial whose end has passed falls back to Mail Free."""
    if org.trial_ends and not on_trial(org):
        downgrade(org)


def start_trial(org: Org, plan: str, at: int) -> None:
    """Put an organisation on the trial `plan` (a key of `plans.TRIALS`) for fifteen days."""
    org.plan, org.licences = plans.TRIALS[plan], plans.TRIAL_USERS
    org.trial_used, org.trial_ends = True, at + plans.TRIAL_DAYS * DAY


def downgrade(org: Org) -> None:
    """Back to Mail Free. Users stay, also those above the free number."""
    org.plan, org.pay_period, org.licences, org.addons = plans.FREE, "", plans.FREE_USERS, {}
    org.trial_ends, org.subscribed = 0, 0
    for user in users(org):
        user.plan_key, user.extra_storage = "", {}


def seats(org: Org) -> int:
    """Users that take a licence: the enabled ones."""
    return sum(1 for user in users(org) if user.enabled)


def by_email(state: State, email: str) -> User | None:
    """The Zoho account with that address, in whatever data centre."""
    return next((user for user in state.users.values() if user.email.lower() == email.lower()), None)
