"""What can go wrong, as texts for the person who sees them."""


class Problem(Exception):
    """The text says what happened and what to do."""


class Refused(Problem):
    """SolusVM 2 understood and refused, or this module did before asking. `status` is HTTP's, 0 for our own."""

    def __init__(self, text: str, status: int = 0, fields: dict[str, list[str]] | None = None) -> None:
        super().__init__(text)
        self.status, self.fields = status, fields or {}


class NotConnected(Problem):
    """There is no connection to SolusVM 2 yet."""


class Unsure(Problem):
    """No usable answer came: the request may have been carried out or not."""
