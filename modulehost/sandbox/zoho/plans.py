"""Zoho Mail's plans and add-ons with the numbers under which the store sells them."""

from dataclasses import dataclass

SERVICE = 1501
FREE = "Mail Free"
FREE_USERS = 5
TRIAL_DAYS = 15
# How many users a trial allows is not published; this is a guess that lets a trial be tried.
TRIAL_USERS = 25
YEAR, MONTH = "YEAR", "MONT"


@dataclass(frozen=True)
class Plan:
    """A paid plan: store number, the add-on that is one user, gigabytes per user, the Mail API's key, pay periods."""

    name: str
    id: int
    user_addon: int
    storage: int
    key: str
    periods: tuple[str, ...]


PLANS = {
    one.id: one
    for one in (
        Plan("Mail Lite", 17033, 17083, 5, "newMail5gb", (YEAR,)),
        Plan("Mail 10GB", 17034, 17084, 10, "newMail10gb", (YEAR,)),
        Plan("Mail Premium", 17035, 10792, 50, "mailPremium", (YEAR,)),
        Plan("Workplace Standard", 10730, 10779, 30, "basic", (MONTH, YEAR)),
        Plan("Workplace Professional", 10731, 10780, 100, "professional", (MONTH, YEAR)),
    )
}
# Mail Flexible mixes the users of the plans above; what may be paid monthly there follows each plan.
FLEXIBLE = Plan("Mail Flexible", 17045, 0, 0, "mailFelxible", (MONTH, YEAR))
ALL_PLANS = {**PLANS, FLEXIBLE.id: FLEXIBLE}
BY_NAME = {one.name: one for one in ALL_PLANS.values()}
BY_KEY = {one.key: one for one in PLANS.values()}
BY_USER_ADDON = {one.user_addon: one for one in PLANS.values()}
STORAGE_ADDONS = {191: 5, 188: 25, 187: 50, 186: 100, 185: 200}
STORAGE_BY_KEY = {f"{size}gb": number for number, size in STORAGE_ADDONS.items()}
TRIALS = {
    "basicTrial": "Workplace Standard Trial",
    "professionalTrial": "Workplace Professional Trial",
    "mailPremiumTrial": "Mail Premium Trial",
}


def storage_of(plan_name: str, key: str = "") -> int:
    """Gigabytes per user; on Mail Flexible the user's own `key` decides."""
    if key in BY_KEY:
        return BY_KEY[key].storage
    plan = BY_NAME.get(plan_name.removesuffix(" Trial"))
    return plan.storage if plan and plan.storage else 5
