"""Reads of what is a member's own."""

from lianyi.foundation.members.models import Device
from lianyi.kernel.ids import secret_hash


def has_used(email: str, device: str) -> bool:
    """Whether the member of this address has signed in with this browser before."""
    return Device.objects.filter(member__email=email, hash=secret_hash(device)).exists()
