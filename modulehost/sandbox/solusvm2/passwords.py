"""Passwords as they are kept: hashed, because people type their own into a demonstration."""

import hashlib
import hmac

from modulehost.entropy import Entropy


def hashed(entropy: Entropy, password: str) -> str:
    """A password with salt, hashed."""
    salt = entropy.token(16)
    return f"{salt}${_digest(salt, password)}"


def matches(password: str, kept: str) -> bool:
    """Whether `kept` is that password; takes its time also when `kept` is empty."""
    salt, _, digest = kept.partition("$")
    return hmac.compare_digest(_digest(salt, password), digest)


def _digest(salt: str, password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 20_000).hex()
