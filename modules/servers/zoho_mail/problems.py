"""What can go wrong, as texts for the person who pressed the button."""


class Problem(Exception):
    """The text says what happened and what to do; module functions return it as their error."""


class NotAuthenticated(Problem):
    """There is no usable authorisation for the region."""


class Refused(Problem):
    """Zoho understood and refused, or this module did before asking. `status` is the vendor's, 0 for our own."""

    def __init__(self, text: str, status: int = 0, code: str = "", info: str = "") -> None:
        super().__init__(text)
        self.status, self.code, self.info = status, code, info


class Throttled(Problem):
    """Too many requests; nothing was done."""


class StoreRefused(Problem):
    """The partner store said no, with its reason or because it could not charge the partner: nothing was bought."""


class Unsure(Problem):
    """No usable answer came: the request may have been carried out or not."""
