"""Seals what must not be read where it is kept. The only file that knows cryptography."""

from base64 import urlsafe_b64encode
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from config.errors import ConfigError, Problem
from routing.installations import SealBroken

_LEAST_CHARS: Final = 16
# Sealed text must open after a restart and in every process, so the salt cannot be by chance.
_SALT: Final = b"pointsman: tokens of installed workspaces"
_COST: Final = 1 << 14  # 40 ms and 16 MB, once for each key


class Seal:
    """Seals with the first of some keys, and opens with any of them."""

    def __init__(self, keys: str) -> None:
        """Make a seal.

        Args:
            keys: Long secrets, one a line; to change the key, put the new one above the old.

        Raises:
            ConfigError: There is none, or one is short.
        """
        lines = [line.strip() for line in keys.splitlines() if line.strip()]
        if not lines or any(len(line) < _LEAST_CHARS for line in lines):
            what = f"is too short: each line needs {_LEAST_CHARS} characters or more, by chance"
            raise ConfigError((Problem("slack.install.sealing_key", what),))
        self._fernets = MultiFernet([Fernet(_derived(line)) for line in lines])

    def seal(self, text: str) -> str:
        """Return text that says nothing without a key."""
        return self._fernets.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Return what was sealed.

        Raises:
            SealBroken: It was sealed with another key, or is not as it was.
        """
        try:
            return self._fernets.decrypt(sealed).decode()
        except InvalidToken as error:
            way_out = (
                "what is kept of an installation was sealed with another key: put the earlier key "
                "on a line below in slack.install.sealing_key, or install the app again"
            )
            raise SealBroken(way_out) from error


def _derived(key: str) -> bytes:
    scrypt = Scrypt(salt=_SALT, length=32, n=_COST, r=8, p=1)
    return urlsafe_b64encode(scrypt.derive(key.encode()))
