"""Files that visitors hand in: judged by their content, called as they may be called, kept apart from all that is
served. No Django here: the edge takes them.

A file lies in `LIANYI_HOME/form-files/<workspace>/<2 digits>/<id>` before the event that names it is recorded. Refuses
what is of no type that the field takes, what is more than one thing at once (a picture that is an archive or a page as
well), and pictures that would open to more than a memory holds.
"""

import re
import secrets
import unicodedata
import zipfile
from pathlib import Path

import msgspec
from PIL import Image

from lianyi.foundation.media.sniffing import HEAD, MOST_PIXELS, PDF, Type, type_of
from lianyi.growth.forms.schemas import Handed
from lianyi.kernel.tokens import opened, signed

FOLDER = "form-files"
UNFINISHED = ".part"
KEPT = "ly_file_"  # what a page carries of a file that came before: this and the field's key
LONGEST_NAME = 100
UNKNOWN = "application/octet-stream"
_PURPOSE = "form.file"
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|script|svg|iframe|\?php|\?xml)|/javascript|/openaction", re.IGNORECASE
)
_LOOKED_AT = 2_000  # bytes of the beginning where a page would have to begin
_RESERVED = re.compile(r'[<>:"/\\|?*%;&$`\'\s]+')


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    form: str
    nonce: str
    field: str
    file: Handed


_decode = msgspec.json.Decoder(_Kept).decode


def folder_in(home: Path, workspace: int) -> Path:
    """The folder of a workspace's files."""
    return home / FOLDER / str(workspace)


def place_in(home: Path, workspace: int, file: str) -> Path:
    """Where a file lies. ValueError on what is no id."""
    if not _ID.fullmatch(file):
        raise ValueError("no id of a file")
    return folder_in(home, workspace) / file[:2] / file


def fresh_id() -> str:
    """An id that nobody guesses."""
    return secrets.token_hex(16)


def judged(path: Path, name: str, file: str) -> Handed:
    """What a file is; one that is nothing that is taken is of the type UNKNOWN."""
    size = path.stat().st_size
    with path.open("rb") as held:
        head = held.read(_LOOKED_AT)
    kind = type_of(head[:HEAD])
    if kind is None or not _is_one_thing(path, head, kind):
        return Handed(_plain(name, ""), size, UNKNOWN, file)
    return Handed(_plain(name, kind.endings[0], kind.endings), size, kind.name, file)


def keep(secret: bytes, form: str, nonce: str, field: str, file: Handed, until: int) -> str:
    """What a page carries of a file that came already, so that nobody hands it in again."""
    return signed(secret, _PURPOSE, msgspec.json.encode(_Kept(form, nonce, field, file)).decode(), until)


def kept(secret: bytes, token: str, form: str, nonce: str, field: str, now: float) -> Handed | None:
    """The file that such a word names; None when it is none of ours."""
    text = opened(secret, _PURPOSE, token, now) if 0 < len(token) < 2_000 else None
    found = None if text is None else _decode(text)
    return found.file if found is not None and (found.form, found.nonce, found.field) == (form, nonce, field) else None


def _is_one_thing(path: Path, head: bytes, kind: Type) -> bool:
    if zipfile.is_zipfile(path) or _MARKUP.search(head):
        return False
    if kind is PDF:
        return True
    try:
        with Image.open(path, formats=[kind.name.removeprefix("image/").upper()]) as picture:
            small = picture.width * picture.height <= MOST_PIXELS
            picture.verify()
            return small
    except Exception:  # readers of pictures fail in many ways: a PNG without a picture is an IndexError
        return False


def _plain(name: str, ending: str, allowed: tuple[str, ...] = ()) -> str:
    """The name as it is shown: no folders, nothing unseen, and an ending that says what the file is."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign if sign.isprintable() else "_" for sign in last)
    stem = _RESERVED.sub("_", seen).strip("._ ")
    own = Path(stem).suffix.lower()
    if own in allowed:
        stem, ending = stem[: -len(own)], own
    return (stem[:LONGEST_NAME] or "file") + ending
