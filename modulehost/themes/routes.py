"""Named routes: the addresses behind `routePath('login-index')` in templates.

Names are those that official themes use; the paths are the customary friendly ones. `{}` stands for one argument each.
A route whose page the host does not have still has its address: the page there says so.
"""

from urllib.parse import quote, urlencode

ROUTES = {
    "account-contacts": "/account/contacts",
    "account-contacts-delete": "/account/contacts/delete",
    "account-contacts-new": "/account/contacts/new",
    "account-contacts-save": "/account/contacts/save",
    "account-paymentmethods": "/account/paymentmethods",
    "account-paymentmethods-add": "/account/paymentmethods/add",
    "account-paymentmethods-delete": "/account/paymentmethods/delete/{}",
    "account-paymentmethods-save": "/account/paymentmethods/save",
    "account-paymentmethods-setdefault": "/account/paymentmethods/default/{}",
    "account-paymentmethods-view": "/account/paymentmethods/view/{}",
    "account-security-two-factor-disable": "/account/security/two-factor/disable",
    "account-security-two-factor-enable": "/account/security/two-factor/enable",
    "account-users": "/account/users",
    "account-users-invite": "/account/users/invite",
    "account-users-invite-cancel": "/account/users/invite/cancel",
    "account-users-invite-resend": "/account/users/invite/resend",
    "account-users-permissions": "/account/users/permissions/{}",
    "account-users-permissions-save": "/account/users/permissions/{}",
    "account-users-remove": "/account/users/remove",
    "announcement-index": "/announcements",
    "announcement-view": "/announcements/{}/{}",
    "cart-domain-renewals": "/cart/domain/renew",
    "cart-index": "/cart.php",
    "cart-order": "/cart/order",
    "cart-order-addtocart": "/cart/order/addtocart",
    "cart-order-login": "/cart/order/login",
    "cart-order-validate": "/cart/order/validate",
    "clientarea-home": "/clientarea.php",
    "dismiss-email-verification": "/dismiss/email-verification",
    "dismiss-user-validation": "/dismiss/user-validation",
    "domain-pricing": "/domain/pricing",
    "domain-renewal": "/domain/{}/renew",
    "download-by-cat": "/download/category/{}/{}",
    "download-index": "/download",
    "download-search": "/download/search",
    "invite-validate": "/invite/validate",
    "knowledgebase-article-view": "/knowledgebase/{}/{}",
    "knowledgebase-category-view": "/knowledgebase/{}/{}",
    "knowledgebase-index": "/knowledgebase",
    "knowledgebase-search": "/knowledgebase/search",
    "login-index": "/login",
    "login-two-factor-challenge-backup-verify": "/login/challenge/backup",
    "login-two-factor-challenge-verify": "/login/challenge",
    "login-validate": "/login",
    "password-reset-begin": "/password/reset",
    "password-reset-change-perform": "/password/reset/change",
    "password-reset-security-verify": "/password/reset/security",
    "password-reset-validate-email": "/password/reset/email",
    "service-renewals": "/cart/services/renew",
    "service-renewals-service": "/service/{}/renew",
    "store-addon": "/store/addon/{}",
    "store-product-group": "/store/{}",
    "store-product-product": "/store/{}/{}",
    "upgrade": "/upgrade",
    "upgrade-add-to-cart": "/upgrade/add",
    "user-accounts": "/user/accounts",
    "user-email-verification-resend": "/user/verification/resend",
    "user-password": "/user/password",
    "user-profile": "/user/profile",
    "user-profile-email-save": "/user/profile/email",
    "user-profile-save": "/user/profile",
    "user-security": "/user/security",
    "user-security-question": "/user/security/question",
}


class RouteError(ValueError):
    """A template asked for a route with too few arguments."""


def path(web_root: str, name: str, *arguments: object) -> str:
    """The address of a route below `web_root`; an unknown name leads to `/<name>`, where a page says what is missing.

    Raises RouteError when the route needs more arguments than were given.
    """
    pattern = ROUTES.get(name, "/" + quote(name.replace("-", "/")))
    needed = pattern.count("{}")
    if len(arguments) < needed:
        raise RouteError(f"route {name!r} needs {needed} argument(s) for {pattern}, got {len(arguments)}")
    return web_root + pattern.format(*(quote(str(a), safe="") for a in arguments))


def with_query(web_root: str, name: str, arguments: list[object], query: dict[str, object]) -> str:
    """The same with a query string behind it."""
    found = path(web_root, name, *arguments)
    return f"{found}?{urlencode({k: str(v) for k, v in query.items()})}" if query else found
