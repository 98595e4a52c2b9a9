"""The module's own tables."""

from modulehost import sdk

#: what one token costs in a currency (tblcurrencies.id)
PRICES = sdk.table("mod_solusvm2_prices", currency="int unique", price="decimal(16,4)")

#: below which balance a pre-pay client is told
LOWS = sdk.table("mod_solusvm2_lows", currency="int unique", amount="decimal(16,2)")

#: clients who came to SolusVM 2. `applied`: the status this module gave the user (empty: none), `found`: the one it had before;
#: `wanted`: the one it ought to have while SolusVM 2 could not be asked. `user` 0: not made yet.
USERS = sdk.table(
    "mod_solusvm2_users",
    client="int unique",
    user="int",
    email="varchar(255)",
    mode="varchar(16)",
    link="varchar(64)",
    link_until="datetime?",
    verified="datetime?",
    terms="datetime?",
    terms_url="varchar(255)",
    enrolled="datetime?",
    applied="varchar(16)",
    found="varchar(16)",
    wanted="varchar(16)",
    checked="date?",
    noticed="int",
    problem="text",
)

#: a billed month of a client. `period` is `<client>:<YYYY-MM>`; `state`: open (claimed), billed
PERIODS = sdk.table(
    "mod_solusvm2_periods",
    period="varchar(32) unique",
    client="int",
    start="date",
    state="varchar(16)",
    price="decimal(16,4)",
    tokens="bigint",
    amount="decimal(16,2)",
    lines="text",
    invoice="int",
)

#: what happened, for the timeline. `mark` keeps one happening from being written twice
EVENTS = sdk.table(
    "mod_solusvm2_events",
    mark="varchar(96) unique",
    client="int",
    at="datetime",
    kind="varchar(16)",
    invoice="int",
    text="varchar(255)",
)

#: what was drawn from a pre-pay client's credit for a month. `owed`: what its tokens cost so far, exactly; `drawn`: what was taken of
#: that; `pending`: what step `step` takes, until it is known to be taken
DRAWS = sdk.table(
    "mod_solusvm2_draws",
    period="varchar(32) unique",
    client="int",
    start="date",
    tokens="bigint",
    owed="decimal(16,4)",
    drawn="decimal(16,2)",
    pending="decimal(16,2)",
    step="int",
    closed="int",
    asked="datetime?",
)

#: servers of retail services, which have a fixed price: post-pay and pre-pay do not charge for their use. A row outlives its server.
RETAIL = sdk.table("mod_solusvm2_retail", server="int unique", client="int", service="int")

ALL = (PRICES, LOWS, USERS, PERIODS, EVENTS, DRAWS, RETAIL)
