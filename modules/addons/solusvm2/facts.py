"""What this module holds for true of SolusVM 2, in one place.

Marked *assumed* is what no public document says; it is cheap to change here.
"""


MODULE = "solusvm2"
NAME = "SolusVM 2"
LINK = f"index.php?m={MODULE}"

#: the vendor's own client waits this long for an answer
ANSWER_SECONDS = 35
#: what a page waits, so that somebody who looks at it is not kept
PAGE_SECONDS = 10

#: the values of a user's `status`
ACTIVE, LOCKED, SUSPENDED = "active", "locked", "suspended"
#: the role whose tokens may do what this module needs, and the one that clients get (names assumed)
ADMIN_ROLE, CLIENT_ROLE = "Administrator", "Client"
#: `billing_integration.type`, and the name of its driver
DRIVER = "whmcs"
#: the panel's address that a one-time token opens (assumed)
ONE_TIME_PATH = "/auth/one-time?token="
#: the report of what a user used (path and parameters assumed)
USAGE_PATH = "billing/usage"

#: what `vnc_up` and `reset_password` of a server answer with (assumed)
CONSOLE_FIELD, PASSWORD_FIELD = "url", "password"

#: places of a token's price, as the vendor's settings page says
PRICE_PLACES = 4
#: links in mails to new users are good for this long (assumed)
LINK_HOURS = 48

TOKENS_PAGE = "Account > API Tokens > Generate API Token"
POSTPAY, PREPAY = "postpay", "prepay"
