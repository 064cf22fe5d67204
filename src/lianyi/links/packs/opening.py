"""The address of a holder's page: it carries a token that names the campaign and the holder, signed."""

from typing import NamedTuple

import msgspec

from lianyi.kernel.clock import SECOND
from lianyi.kernel.tokens import opened, signed
from lianyi.links.packs.schemas import Holder, HolderLine, Pack

PATH = "/share/"
GOOD_FOR = 2 * 366 * 86400  # seconds after the pack was made
_PURPOSE = "share-pack"
_LONGEST = 4_000


class Named(NamedTuple):
    """What a token says."""

    campaign: int
    serial: int
    holder: Holder


def token_of(secret: bytes, pack: Pack, line: HolderLine) -> str:
    """The same whenever it is asked for, until the address is made anew."""
    said = msgspec.json.encode([pack.campaign, line.serial, *line.holder]).decode()
    return signed(secret, _PURPOSE, said, pack.created_at // SECOND + GOOD_FOR)


def named_by(secret: bytes, token: str, now: float) -> Named | None:
    """Whom the token names; None when it is forged or too old. `now` in seconds."""
    said = opened(secret, _PURPOSE, token, now) if len(token) <= _LONGEST else None
    if said is None:
        return None
    campaign, serial, kind, name = msgspec.json.decode(said, type=tuple[int, int, str, str])
    return Named(campaign, serial, Holder(kind, name))
