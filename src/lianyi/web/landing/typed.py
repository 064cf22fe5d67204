"""What was typed into the form of a block, as its JSON: and what is wrong with it, by the name of the field.

Fields have the names of their places: `title.zh`, `options.0.target`. What is empty is left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lianyi.growth.pages.targets import target
from lianyi.growth.words import LANGUAGES
from lianyi.kernel.errors import Refused
from lianyi.web.asked import number_in
from lianyi.web.landing.asking import Asked
from lianyi.web.refusals import told

Keep = Callable[["UploadedFile[Any]", str], int]  # the file, and the kind of its field
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_ACT = re.compile(r"(add|up|remove):([a-z]{1,20})(?:\.([0-9]{1,2}))?")


class Reading:
    """Reads one form. `keep` puts a file that came with it into the media; where it refuses, that is a problem; without
    it files are passed over.
    """

    def __init__(self, request: HttpRequest, keep: Keep | None, *, empty_rows: bool = False) -> None:
        self._said, self._files, self._keep, self._empty_rows = request.POST, request.FILES, keep, empty_rows
        self.problems: dict[str, str] = {}

    def fields(self, asked: Sequence[Asked], before: str = "") -> dict[str, Any]:
        """The values of these fields, without those that are empty."""
        found = {one.name: self._value(one, f"{before}{one.name}") for one in asked}
        return {name: value for name, value in found.items() if value not in (None, "", {}, [], False)}

    def _value(self, asked: Asked, name: str) -> Any:
        match asked.kind:
            case "line" | "long":
                texts = {language: self._text(f"{name}.{language}") for language in LANGUAGES}
                return {language: text for language, text in texts.items() if text}
            case "flag":
                return name in self._said
            case "media" | "video":
                return self._media(name, asked.kind)
            case "segment" | "form":
                return number_in(self._said.get(name, ""), 2**31)
            case "moment":
                return self._text(name)[:16]
            case "part":
                value = self.fields(asked.inside, f"{name}.")
                lacks = asked.inside[0].kind == "media" and "media" not in value and not self._wrong_in(f"{name}.")
                return {} if lacks else value
            case "rows":
                return self._rows(asked, name)
            case _:
                return self._text(name)

    def _rows(self, asked: Asked, name: str) -> list[dict[str, Any]]:
        count = min(number_in(self._said.get(f"{name}.rows", "")) or 0, asked.most + 1)
        rows = [self.fields(asked.inside, f"{name}.{place}.") for place in range(count)]
        kept = rows if self._empty_rows else [row for row in rows if row.keys() - {"key", "segment"}]
        if any(one.kind == "key" for one in asked.inside):
            _name(kept)
        return kept

    def _media(self, name: str, kind: str) -> int | None:
        file = self._files.get(f"{name}.file")
        if self._keep is not None and isinstance(file, UploadedFile):
            try:
                return self._keep(file, kind)
            except Refused as refused:
                self.problems[name] = told(refused)
        return number_in(self._said.get(name, ""), 2**31)

    def _text(self, name: str) -> str:
        return self._said.get(name, "").replace("\r\n", "\n").strip()

    def _wrong_in(self, before: str) -> bool:
        return any(name.startswith(before) for name in self.problems)


def _name(rows: list[dict[str, Any]]) -> None:
    """Gives each row without a key one that no other has."""
    taken = {row.get("key") for row in rows}
    unused = (f"b{number}" for number in range(1, 200) if f"b{number}" not in taken)
    for row in rows:
        row.setdefault("key", "")
        row["key"] = row["key"] or next(unused)


def wrong_in(asked: Sequence[Asked], value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """The names of fields that are wrong, each with what is wrong there."""
    for one in asked:
        yield from _wrong(one, value.get(one.name), f"{before}{one.name}")


def _wrong(asked: Asked, value: Any, name: str) -> Iterator[tuple[str, str]]:
    if not value:
        if asked.needed:
            yield name, _("This is needed.")
        return
    match asked.kind:
        case "line" | "long":
            for language, text in value.items():
                if len(text) > asked.most:
                    yield f"{name}.{language}", _("At most {most} characters.").format(most=asked.most)
        case "plain" if len(value) > asked.most:
            yield name, _("At most {most} characters.").format(most=asked.most)
        case "target":
            try:
                target(value)
            except Refused as refused:
                yield name, told(refused)
        case "moment" if not _is_moment(value):
            yield name, _("Choose a day and a time.")
        case "part":
            yield from wrong_in(asked.inside, value, f"{name}.")
        case "rows":
            if len(value) > asked.most:
                yield name, _("At most {most} of them.").format(most=asked.most)
            for place, row in enumerate(value):
                yield from wrong_in(asked.inside, row, f"{name}.{place}.")
            if any(one.kind == "segment" for one in asked.inside) and value[-1].get("segment"):
                yield f"{name}.{len(value) - 1}.segment", _("Let the last button be for everybody.")


def _is_moment(text: str) -> bool:
    try:
        return _MOMENT.fullmatch(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def rearranged(asked: Sequence[Asked], value: dict[str, Any], act: str) -> bool:
    """Does what a button beside rows asks for: add:ROWS, up:ROWS.2, remove:ROWS.2. False for any other."""
    found = _ACT.fullmatch(act)
    group = found and next((one for one in asked if one.name == found[2] and one.kind == "rows"), None)
    if not found or group is None:
        return False
    rows: list[dict[str, Any]] = value.setdefault(group.name, [])
    place = int(found[3] or 0)
    match found[1]:
        case "add" if len(rows) < group.most:
            rows.append({})
        case "up" if 0 < place < len(rows):
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
        case "remove" if place < len(rows):
            del rows[place]
    return True
