"""Writes to saved looks."""

from io import BytesIO

import msgspec
from django.db import IntegrityError, connection, transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.media.actions import put
from lianyi.foundation.media.schemas import Media
from lianyi.foundation.media.sniffing import GIF, JPEG, PNG, WEBP
from lianyi.kernel.errors import Refused
from lianyi.links.captions import checked_caption
from lianyi.links.checking import checked_part
from lianyi.links.codes.drawing import checked
from lianyi.links.codes.look import LOGO_BYTES, logo_of
from lianyi.links.looks.models import SavedLook
from lianyi.links.looks.queries import drawn, look_in, unknown
from lianyi.links.looks.schemas import LookDraft, LookLine

MOST = 50
_SAVING = 0x6C790004
_PICTURES = (PNG, JPEG, GIF, WEBP)
_SAMPLE = "https://links.a-brand-of-some-length.example.com/l/abcdefg"  # a look that bears this bears a link


@needs(Ability.EDIT_CAMPAIGNS)
def keep_logo(workspace: int, name: str, content: bytes) -> Media:
    """Keeps a picture for looks, once by its content. Refuses what is no picture, is too large, or not what its name
    says.
    """
    if not 0 < len(content) <= LOGO_BYTES:
        raise Refused("code.logo", "The logo is no picture, or too large.",
                      "Give a PNG, JPEG, GIF or WebP of at most 5 MB.")  # fmt: skip
    logo_of(content, "#ffffff")
    return put(workspace, name, BytesIO(content), types=_PICTURES)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def save_look(workspace: int, draft: LookDraft, look: int | None = None) -> LookLine:
    """Keeps a look by its name, in the place of one of the same name; with `look` that one is changed, its name
    included. Refuses one that scanners do not read.
    """
    good = _checked(workspace, draft)
    row = _row(workspace, good.name, look)
    if good.usual:
        SavedLook.objects.filter(workspace=workspace, usual=True).update(usual=False)
    said = {name: value for name, value in msgspec.structs.asdict(good).items() if name != "logo"}
    for name, value in {**said, "logo_id": good.logo}.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused("look.taken", "There is a look {name!r} already.", "Choose another name.",
                      name=good.name) from None  # fmt: skip
    record_audit(workspace, "look.saved", {"look": row.pk})
    return look_in(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def delete_look(workspace: int, look: int) -> None:
    """Forgets a look; what was printed by it stays, and so does its logo in the media."""
    if not SavedLook.objects.filter(workspace=workspace, pk=look).delete()[0]:
        raise unknown(look)
    record_audit(workspace, "look.deleted", {"look": look})


def _row(workspace: int, name: str, look: int | None) -> SavedLook:
    """The row that is to be written, new where there is none of the name."""
    with connection.cursor() as cursor:  # one after another: a name is there or not, and one look is the usual one
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SAVING, workspace])
    rows = SavedLook.objects.select_for_update().filter(workspace=workspace)
    if look is not None:
        row = rows.filter(pk=look).first()
        if row is None:
            raise unknown(look)
        return row
    row = rows.filter(name=name).first()
    if row is None and rows.count() >= MOST:
        raise Refused("look.many", "There are {most} looks already.", "Delete one first.", most=MOST)
    return row or SavedLook(workspace=workspace)


def _checked(workspace: int, draft: LookDraft) -> LookDraft:
    """The draft, cleaned, when a code in it was drawn and decoded back."""
    name = checked_part(draft.name)
    if not name:
        raise Refused("look.name", "A look has a name.", "Write one.")
    good = msgspec.structs.replace(draft, name=name, caption=checked_caption(draft.caption))
    assert good.layout
    checked(_SAMPLE, drawn(workspace, good))
    return good
