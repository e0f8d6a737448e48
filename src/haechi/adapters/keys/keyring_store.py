"""The system keyring: keeps a vault's master key from `haechi open` to `haechi lock`, under the vault's id."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from haechi.domain.errors import KeyringUnavailableError
from haechi.ports.keys import GivenKey

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "haechi vault"


class KeyringStore:
    """Master keys in a system keyring; without `backend`, in the one that the `keyring` library finds."""

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._given = backend

    def keep(self, vault_id: str, master: bytes, person: str | None = None) -> None:
        """Keep a master key, and whose passphrase gave it. Raises `KeyringUnavailableError`."""
        from keyring.errors import KeyringError  # noqa: PLC0415 - see `_backend`

        try:
            text = b64encode(master).decode() + (f" {person}" if person else "")
            self._backend().set_password(SERVICE, vault_id, text)
        except KeyringError as error:
            raise KeyringUnavailableError from error

    def kept(self, vault_id: str) -> GivenKey | None:
        """Return the kept key, None when none is kept or there is no keyring."""
        from keyring.errors import KeyringError  # noqa: PLC0415 - see `_backend`

        try:
            text = self._backend().get_password(SERVICE, vault_id)
            if text is None:
                return None
            encoded, _, person = text.partition(" ")
            return GivenKey(master=b64decode(encoded, validate=True), person=person or None)
        except (KeyringError, KeyringUnavailableError, ValueError):
            return None

    def forget(self, vault_id: str) -> bool:
        """Forget the key; say whether one was kept. Raises `KeyringUnavailableError`."""
        from keyring.errors import KeyringError  # noqa: PLC0415 - see `_backend`

        backend = self._backend()
        try:
            if backend.get_password(SERVICE, vault_id) is None:
                return False
            backend.delete_password(SERVICE, vault_id)
        except KeyringError as error:
            raise KeyringUnavailableError from error
        return True

    def _backend(self) -> KeyringBackend:
        if self._given is None:
            # Looking for a backend takes a quarter of a second and is needed by two commands only.
            import keyring  # noqa: PLC0415
            from keyring.backends import fail, null  # noqa: PLC0415

            found = keyring.get_keyring()
            if isinstance(found, fail.Keyring | null.Keyring):
                raise KeyringUnavailableError
            self._given = found
        return self._given
