"""Sealing and opening: AES-256-GCM (NIST SP 800-38D) under keys derived by HKDF-SHA256 (RFC 5869)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lianyi.kernel.errors import Broken, Refused
from lianyi.kernel.ids import digest
from lianyi.kernel.secret import Secret

_NONCE = 12  # bytes; random ones do not meet below 2**32 secrets of one key


@dataclass(frozen=True)
class Sealed:
    """A secret as it is stored."""

    key_id: str
    nonce: bytes
    text: bytes


class Keys:
    """The installation's keys, the present one first. Its repr says nothing."""

    def __init__(self, masters: Sequence[str]) -> None:
        derived = [_derived(master) for master in masters]
        self._present = _id(derived[0])
        self._ciphers = {_id(key): AESGCM(key) for key in derived}

    @property
    def present(self) -> str:
        """The id of the key that seals."""
        return self._present

    def seal(self, workspace: int, name: str, secret: Secret) -> Sealed:
        """Sealed for this workspace and name, and for no other."""
        nonce = os.urandom(_NONCE)
        text = self._ciphers[self._present].encrypt(nonce, secret.reveal().encode(), _bound_to(workspace, name))
        return Sealed(self._present, nonce, text)

    def open(self, workspace: int, name: str, sealed: Sealed) -> Secret:
        """The secret. Refuses one of a key that is not here; Broken when it was tampered with or moved."""
        if sealed.key_id not in self._ciphers:
            raise Refused(
                "vault.other_key",
                "{name} was sealed under another secret key than this installation has.",
                "Restore the secret.key that belongs to this database, or enter the secret again.",
                name=name,
            )
        try:
            text = self._ciphers[sealed.key_id].decrypt(sealed.nonce, sealed.text, _bound_to(workspace, name))
        except InvalidTag:
            raise Broken(
                "The secret {name} of workspace {workspace} in the vault was changed.", name=name, workspace=workspace
            ) from None
        return Secret(text.decode())


def _derived(master: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"lianyi.vault.1").derive(master.encode())


def _id(key: bytes) -> str:
    return digest("lianyi.vault.key", key).hex()[:16]


def _bound_to(workspace: int, name: str) -> bytes:
    return b"lianyi.vault" + workspace.to_bytes(8, "big") + name.encode()
