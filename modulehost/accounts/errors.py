"""What a form or an API client got wrong."""


class Invalid(ValueError):
    """Data that cannot be accepted. `errors` holds one documented text per fault, in the order of the fields."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors
