"""What somebody changes of an open upload's mapping: what a row is, how the file is read, what the columns mean.

Whatever is not named stays as it is. Refuses a word that no column of such a file can be taken as.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lianyi.kernel.errors import Refused
from lianyi.people.imports.headers import guess
from lianyi.people.imports.targets import Fields, choices, targets_of, with_targets
from lianyi.people.imports.uploads import keeping
from lianyi.people.imports.uploads.previewing import table_in
from lianyi.people.imports.uploads.schemas import Upload

KINDS = ("people", "orders", "events")
OPTIONS = {
    "encoding": ("utf-8", "gb18030", "big5", "utf-16"),
    "delimiter": (",", ";", "\t", "|"),
    "decimal": (".", ","),
}
FORMS = ("Y/M/D", "D/M/Y", "M/D/Y", "YY/M/D")


@dataclass(frozen=True)
class Wish:
    """A change. `targets` says by a column's place what it is taken as, "" leaves it out; an option or a `form` of
    dates that is "" is detected.
    """

    kind: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[int, str] = field(default_factory=dict)
    form: str | None = None


def remapped(upload: Upload, wish: Wish) -> tuple[str, Fields]:
    """The kind and the mapping afterwards. With another kind the mapping is the one that the columns' names suggest."""
    path = keeping.file_in(upload.folder)
    kind = wish.kind if wish.kind in KINDS else upload.kind
    file = {**upload.fields.get("file", {})}
    for name, said in wish.options.items():
        file.pop(name, None)
        if said in OPTIONS[name]:
            file[name] = said
    before = {**upload.fields, "file": file} if file else {k: v for k, v in upload.fields.items() if k != "file"}
    columns = columns_in(path, upload.seen, before)
    if kind != upload.kind:
        fields = {**guessed(kind, columns), **({"file": file} if file else {})}
        if wish.targets:
            fields = _chosen(kind, columns, fields, wish)
    else:
        fields = _chosen(kind, columns, before, wish)
    if wish.form is not None:
        set_form(fields, wish.form)
    return kind, fields


def columns_in(path: Path, seen: dict[str, Any], fields: Fields) -> list[str]:
    """The columns of the file as it is read now."""
    return list(table_in(path, seen, fields).columns)


def guessed(kind: str, columns: Sequence[str]) -> Fields:
    """The mapping that the names of the columns suggest."""
    return {"kind": kind, **guess(kind, list(columns))[0]}


def chosen_form(fields: Fields) -> str:
    """How dates are said to be written, "" where that is detected."""
    forms = {spec.get("form", "") for spec in _dates(fields)}
    return forms.pop() if len(forms) == 1 and forms <= {"", *FORMS} else ""


def set_form(fields: Fields, form: str) -> None:
    """Says how dates are written, in every column of them."""
    time = fields.get("time")
    if isinstance(time, str | int):
        fields["time"] = {"column": time}
    for spec in _dates(fields):
        spec.pop("form", None)
        if form in FORMS:
            spec["form"] = form


def _chosen(kind: str, columns: Sequence[str], before: Fields, wish: Wish) -> Fields:
    now = targets_of(columns, before)
    known = {"", *choices(kind), *now}
    for place, word in wish.targets.items():
        if not 0 <= place < len(columns):
            raise Refused("mapping.place", "The file has no column {place}.", "Count from 1.", place=place + 1)
        if word not in known:
            raise Refused(
                "mapping.word",
                "No column can be taken as {word!r}.",
                "Choose one of these: {known}.",
                word=word,
                known=", ".join(choices(kind)),
            )
    return with_targets(kind, columns, [wish.targets.get(at, word) for at, word in enumerate(now)], before)


def _dates(fields: Fields) -> list[dict[str, Any]]:
    every = [fields.get("time"), *fields.get("traits", {}).values(), *fields.get("properties", {}).values()]
    timed = [one for one in every if isinstance(one, dict)]
    return [one for one in timed if one is fields.get("time") or one.get("type") in ("date", "time")]
