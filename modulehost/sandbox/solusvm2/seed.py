"""What a new simulator holds."""

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import access, catalogue, users
from modulehost.sandbox.solusvm2.state import (
    ADMINISTRATOR,
    CLIENT,
    Application,
    Location,
    OsImage,
    OsVersion,
    Role,
    State,
    number,
)

ADMIN, PASSWORD = "admin@solusvm.example", "solusvm-admin"
GIB = 1024**3


def seed(world: World[State]) -> None:
    """Two plans, two locations, three OS images of two versions, two roles, two limit groups, an administrator with a token."""
    state = world.state
    for name in (ADMINISTRATOR, CLIENT):
        role = Role(number(state, "role"), name, is_default=name == CLIENT)
        state.roles[str(role.id)] = role
    limits = {"vms": 5, "running_vms": 3, "additional_ips": 2}
    catalogue.save_group(
        world, {"name": "Default", **{key: {"limit": n, "is_enabled": True} for key, n in limits.items()}}
    )
    catalogue.save_group(world, {"name": "Unlimited"})
    _plans(world)
    for name, description in (("Frankfurt", "Germany"), ("Mumbai", "India")):
        place = Location(number(state, "location"), name, description, is_default=name == "Frankfurt")
        state.locations[str(place.id)] = place
    for name, versions in (("Debian", ("12", "11")), ("Ubuntu", ("24.04", "22.04")), ("AlmaLinux", ("9", "8"))):
        image = OsImage(number(state, "os_image"), name, is_default=name == "Debian")
        state.os_images[str(image.id)] = image
        for text in versions:
            version = OsVersion(number(state, "os_version"), image.id, text)
            state.os_versions[str(version.id)] = version
    state.applications["1"] = Application(number(state, "application"), "WordPress")
    state.settings.other = {
        "hostname": "solusvm.example.com",
        "token_api": {"url": "", "is_enabled": False},
        "registration": {"role": CLIENT},
        "theme": {"brand_name": "SolusVM 2", "terms_and_conditions_url": ""},
        "features": {"allow_registration": False},
    }
    admin = users.create(world, {"email": ADMIN, "password": PASSWORD, "roles": [1]})
    access.issue(world, admin, "api", "Seeded")


def _plans(world: World[State]) -> None:
    rows = (
        ("KVM-1", 7, 5000, 20, 1, 1),
        ("KVM-2", 12, 0, 40, 2, 2),
    )
    for name, hour, month, disk, ram, vcpu in rows:
        catalogue.create_plan(
            world,
            {
                "name": name,
                "tokens_per_hour": hour,
                "tokens_per_month": month,
                "ip_tokens_per_hour": 1,
                "ip_tokens_per_month": 500,
                "backup_price": 20,
                "params": {"disk": disk, "ram": ram * GIB, "vcpu": vcpu},
            },
        )
    world.state.plans["1"].is_default = True
