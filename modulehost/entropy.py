"""The one door to randomness.

Without a seed everything comes from the operating system. With a seed (settings: `seed`, for tests and reproducible
demonstrations) the same calls in the same order give the same values, so two runs leave byte-equal transcripts.
A seeded host must never face the internet; `config show` says when one is.
"""

import random
import string
import threading
import uuid
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
_PASSWORD_SIGNS = "!#%*+-_"  # noqa: S105 - signs that survive a shell, a URL form and an XML packet


class Entropy:
    """A source of secrets, ids and choices; safe for threads."""

    def __init__(self, seed: int | str | None = None) -> None:
        self.seed = seed
        self._random: random.Random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
        self._lock = threading.Lock()

    def bytes(self, count: int) -> bytes:
        """`count` random bytes."""
        with self._lock:
            return self._random.getrandbits(count * 8).to_bytes(count, "big") if count else b""

    def token(self, length: int = 40) -> str:
        """A secret of letters and digits, about 6 bits a character."""
        return self.text(string.ascii_letters + string.digits, length)

    def text(self, alphabet: str, length: int) -> str:
        """`length` characters of `alphabet`."""
        with self._lock:
            return "".join(self._random.choice(alphabet) for _ in range(length))

    def digits(self, length: int) -> str:
        """A number of exactly `length` digits that does not begin with 0."""
        return self.text("123456789", 1) + self.text(string.digits, length - 1)

    def password(self, length: int = 14, signs: bool = False) -> str:
        """A password with upper and lower case letters and digits, and signs if asked for."""
        sets = [string.ascii_uppercase, string.ascii_lowercase, string.digits, *([_PASSWORD_SIGNS] if signs else [])]
        with self._lock:
            letters = [self._random.choice(one) for one in sets]
            letters += [self._random.choice("".join(sets)) for _ in range(length - len(sets))]
            self._random.shuffle(letters)
        return "".join(letters)

    def uuid(self) -> str:
        """A version 4 UUID as text."""
        return str(uuid.UUID(bytes=self.bytes(16), version=4))

    def choice(self, items: Sequence[_T]) -> _T:
        """One of `items`."""
        with self._lock:
            return self._random.choice(items)
