"""What happens to services by themselves."""

from modulehost.automation.declaring import Task
from modulehost.ordering import cancellations

TASKS = [
    Task("CancellationRequests", "Cancellation Requests", "Carries out the cancellation requests that are due",
         cancellations.process),
]  # fmt: skip
