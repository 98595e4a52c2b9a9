"""What happens to invoices that nobody pays: captures, reminders, late fees, cancellation. Each is a task of the daily run."""

from modulehost.billing.dunning.cancelling import cancel_long_unpaid
from modulehost.billing.dunning.captures import process_captures, send_expiry_notices
from modulehost.billing.dunning.latefees import add_late_fees
from modulehost.billing.dunning.reminders import send_reminders

__all__ = ["add_late_fees", "cancel_long_unpaid", "process_captures", "send_expiry_notices", "send_reminders"]
