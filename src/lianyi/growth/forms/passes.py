"""Passes: what the link of a mail, or of the page behind a submission, lets its holder do, until a moment. No Django
here.

A pass names a submission by the id of its event and nothing of what was typed: addresses stand in logs and histories.
"""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from lianyi.kernel.tokens import opened, signed

PARAMETER = "ly_pass"  # what it is called in an address and in a page
LONGEST = 500  # characters


class Purpose(StrEnum):
    """What a pass is good for."""

    CONFIRM = "form.confirm"
    DOWNLOAD = "form.download"


class Pass(msgspec.Struct, frozen=True, array_like=True):
    """Of which form and which submission."""

    form: str  # its address
    event: str  # 32 hex digits


class Found(NamedTuple):
    """A pass of ours, and whether it still works."""

    held: Pass
    works: bool


_decode = msgspec.json.Decoder(Pass).decode


def write(secret: bytes, purpose: Purpose, held: Pass, until: int) -> str:
    """The pass as one word for an address; `until` is in seconds since 1970."""
    return signed(secret, purpose.value, msgspec.json.encode(held).decode(), until)


def read(secret: bytes, purpose: Purpose, token: str, form: str, now: float) -> Found | None:
    """What a word from an address of this form says; None when it is none of ours."""
    text = opened(secret, purpose.value, token, 0) if 0 < len(token) <= LONGEST else None
    held = None if text is None else _decode(text)
    if held is None or held.form != form:
        return None
    return Found(held, opened(secret, purpose.value, token, now) is not None)
