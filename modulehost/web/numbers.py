"""Whole numbers in addresses and forms."""


def is_whole(text: object) -> bool:
    """Whether `text` is an id or a count that rows can hold: 1 to 9 ASCII digits, so that int() and the database take it."""
    return isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10
