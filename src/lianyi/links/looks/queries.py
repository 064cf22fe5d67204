"""Reads of saved looks."""

from lianyi.foundation.media.queries import media, path_of
from lianyi.kernel.errors import Refused
from lianyi.links.codes.look import Look
from lianyi.links.looks.models import SavedLook
from lianyi.links.looks.schemas import PLAIN, LookDraft, LookLine


def looks(workspace: int) -> list[LookLine]:
    """The saved looks by name, the usual one first; as many as a workspace can have."""
    return [look_in(row) for row in SavedLook.objects.filter(workspace=workspace).order_by("-usual", "name")]


def look_of(workspace: int, look: int) -> LookLine:
    """One of them. Refuses one that is not there."""
    row = SavedLook.objects.filter(workspace=workspace, pk=look).first()
    if row is None:
        raise unknown(look)
    return look_in(row)


def look_named(workspace: int, name: str) -> LookLine:
    """The one of this name. Refuses a name that none has."""
    row = SavedLook.objects.filter(workspace=workspace, name=name).first()
    if row is None:
        raise Refused("look.name_unknown", "There is no look {name!r} here.", "List them first.", name=name[:200])
    return look_in(row)


def usual_look(workspace: int) -> LookDraft:
    """The look of whatever says no other; black on white where none was saved as that."""
    row = SavedLook.objects.filter(workspace=workspace, usual=True).first()
    return PLAIN if row is None else look_in(row).draft


def chosen_look(workspace: int, look: int | None) -> LookDraft:
    """The look of this number; of None the usual one, of 0 none that was saved."""
    if look is None:
        return usual_look(workspace)
    return look_of(workspace, look).draft if look else PLAIN


def drawn(workspace: int, draft: LookDraft) -> Look:
    """The look as codes are drawn by it, its logo read."""
    return draft.look(logo_in(workspace, draft.logo))


def logo_in(workspace: int, logo: int | None) -> bytes:
    """The content of a picture of the media; of None nothing. Refuses one that is not there, or that is a person's."""
    if logo is None:
        return b""
    if media(workspace, logo).person is not None:
        raise Refused("media.unknown", "There is no file {media_id} here.", media_id=logo)
    try:
        return path_of(workspace, logo).read_bytes()
    except FileNotFoundError:
        raise Refused("look.logo_gone", "The logo is not kept any more.", "Choose another.") from None


def look_in(row: SavedLook) -> LookLine:
    """The row as others see it."""
    said = {name: getattr(row, name) for name in LookDraft.__struct_fields__ if name != "logo"}
    return LookLine(row.pk, LookDraft(**said, logo=row.logo_id))


def unknown(look: int) -> Refused:
    """There is none."""
    return Refused("look.unknown", "There is no look {look} here.", look=look)
