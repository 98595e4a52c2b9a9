"""The one door to secrets: encryption at rest and password hashes.

The key is `<root>/secret.key` (made at first use, readable by its owner only). Losing it loses what was encrypted.
Encrypted text starts with `mh1:`; text without that mark is taken as it is, so rows written by modules stay readable.
"""

import hashlib
import hmac
import os

from cryptography.fernet import Fernet, InvalidToken
from werkzeug.security import check_password_hash, generate_password_hash

from modulehost.context import Host
from modulehost.entropy import Entropy

MARK = "mh1:"


class VaultError(ValueError):
    """A secret that this host's key cannot open."""


class Vault:
    """The secrets of one host: `host.part(Vault)`."""

    def __init__(self, host: Host) -> None:
        path = host.root / "secret.key"
        if not path.exists():
            # A name of its own: two processes that start together must not write into one file.
            new = path.with_suffix(f".{Entropy().token(12)}")
            fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(fd, "wb") as handle:
                handle.write(Fernet.generate_key())
            try:
                os.link(new, path)  # a second process may have been faster; the first key stays
            except FileExistsError:
                pass
            new.unlink()
        self._path = path
        self._key = path.read_bytes()
        try:
            self._fernet = Fernet(self._key)
        except ValueError:
            raise VaultError(
                f"{path} holds no key; put this host's secret.key back. Without it what is encrypted stays closed: "
                "delete the file to begin with a new key, then enter the stored secrets anew"
            ) from None

    def encrypt(self, text: str) -> str:
        """`text` as it may lie in the database; empty stays empty."""
        return MARK + self._fernet.encrypt(text.encode()).decode() if text else ""

    def decrypt(self, text: str) -> str:
        """What `encrypt` was given. Raises VaultError when another key was used."""
        if not text.startswith(MARK):
            return text
        try:
            return self._fernet.decrypt(text[len(MARK) :].encode()).decode()
        except InvalidToken:
            raise VaultError(
                f"a stored secret was encrypted with another key than {self._path}; "
                "put that host's secret.key back or enter the secret anew"
            ) from None

    def sign(self, text: str) -> str:
        """A signature only this host can make, 64 hex digits."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    @property
    def session_key(self) -> str:
        """The key of the web sessions, derived so that it is of no use elsewhere."""
        return self.sign("web sessions")


#: for names that nobody has: verifying it takes as long as a real one, so that the time does not tell who exists
NOBODY = (
    "scrypt:32768:8:1$modulehost$271a5ab60797c2a93068d9323aeb1b9c5a39753c8619faf8fb789d97a9fdc6e6"
    "4e71256fbf9bd16627dc838d97c104f02ee486da8215ad4fb4a07d369ff47856"
)


def hash_password(password: str) -> str:
    """A salted hash of a password that people choose."""
    return generate_password_hash(password)


def verify_password(hashed: str, password: str) -> bool:
    """Whether `password` belongs to `hashed`; an empty hash fits nothing."""
    return bool(hashed) and check_password_hash(hashed, password)


def hash_token(token: str) -> str:
    """A hash of a secret that we made ourselves (long and random), so that its look-up can use an index."""
    return hashlib.sha256(token.encode()).hexdigest()
