"""Mail: templates, merge fields and the outbox.

A mail is a row of tblemails. `queue` writes it inside the unit of what it tells about, so it exists exactly if that was
committed; `deliver` renders and sends it afterwards. Without an SMTP server (sending.py) nothing leaves the
host and the rendered mails wait in the database for their reader.
"""

from modulehost import events
from modulehost.context import Ctx, Host
from modulehost.mail import fields, services
from modulehost.mail.bulk import queue_many
from modulehost.mail.outbox import QUEUED, deliver, queue, queue_message, resend
from modulehost.mail.sending import send_test, way
from modulehost.mail.smtp import SmtpError
from modulehost.mail.staff import addresses, tell_admins
from modulehost.mail.templates import TEMPLATES, seed

__all__ = [
    "TEMPLATES", "SmtpError", "addresses", "deliver", "queue", "queue_many", "queue_message", "register", "resend", "seed",
    "send_test", "tell_admins", "way",
]  # fmt: skip


def _deliver(ctx: Ctx, payload: dict[str, object]) -> None:
    deliver(ctx)


def register(host: Host) -> None:
    """Deliver queued mails as soon as the unit that queued them has committed; give mails about services their fields."""
    fields.provide(host, "product", services.fields)
    events.subscribe(host, QUEUED, _deliver)
