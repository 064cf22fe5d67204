"""Who a body came from: its write key, and the signatures by which a server vouches for a browser's user."""

import hmac
from collections.abc import Callable
from hashlib import blake2b

import msgspec

# The group of write keys whose cookies the edge itself reads and gives: that of a website that names no other.
EDGE_GROUP = "default"


class Key(msgspec.Struct, frozen=True):
    """The write key that a body came by."""

    id: int
    workspace: int
    server: bool
    group: str


Signed = Callable[[Key, str, str], bool]  # the key, a user id, and what claims to be its signature


def signature_check(secret: bytes) -> Signed:
    """Checks a browser's user ids: HMAC-SHA256, in hex, of the user id under its key group's identity secret, which is
    made from the installation's `secret`.
    """

    def signed(key: Key, user: str, signature: str) -> bool:
        expected = hmac.new(identity_secret(secret, key.workspace, key.group).encode(), user.encode(), "sha256")
        return hmac.compare_digest(expected.hexdigest().encode(), signature.encode())

    return signed


def identity_secret(secret: bytes, workspace: int, group: str) -> str:
    """The secret by which a workspace's server signs user ids of a key group; made from the installation's `secret`,
    so that nothing more is stored.
    """
    return blake2b(
        f"{workspace}:{group}".encode(), key=secret[:64], digest_size=24, person=b"lianyi.identity"
    ).hexdigest()
