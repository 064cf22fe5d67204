"""The builder's form: what was typed, and the definition's JSON that it means, right or wrong.

A field is a row of inputs whose names begin with its number; `row` lists number and kind in the order of the page. What
a definition holds and the builder of its kind does not show goes along unseen, so that nothing is lost by saving.
"""

import re
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from django.http import QueryDict

from lianyi.growth.forms.fields import Choice, Choices, Consent, File, Number
from lianyi.growth.forms.lines import Form
from lianyi.growth.forms.schemas import MOST_FIELDS, Definition
from lianyi.web.lines_of_options import lines_of_options, options_in

COMMON = ("key", "label_zh", "label_en", "help_zh", "help_en", "required", "maps", "trait", "when", "values", "turn")
OF_KIND: dict[str, tuple[str, ...]] = {
    "text": ("most",),
    "long_text": ("most",),
    "email": (),
    "phone": (),
    "number": ("least", "most", "whole"),
    "date": ("first", "last"),
    "choice": ("options", "menu"),
    "choices": ("options", "least", "most"),
    "consent": ("wording_zh", "wording_en", "channel", "purposes"),
    "file": ("megabytes", "pictures", "documents"),
    "hidden": ("parameter", "value"),
}
# Whole numbers that inputs hold, and between which they lie.
BOUNDS: dict[tuple[str, str], tuple[int, int]] = {
    ("text", "most"): (1, 500),
    ("long_text", "most"): (1, 4_000),
    ("choices", "least"): (0, 100),
    ("choices", "most"): (0, 100),
    **{(kind, "turn"): (1, MOST_FIELDS) for kind in OF_KIND},
}
GUARD: dict[str, tuple[int, int]] = {"quickest": (0, 60), "hours": (1, 168), "per_minute": (0, 600), "work": (0, 22)}
TEXTS = ("title", "intro", "button")
DAYS = (1, 30)  # that the link of a mail works
OFFERED_FOR = (1, 720)  # hours that the link of a download works
AT_ONCE = (1, 10)  # of the fields that are asked by and by
OPT_IN = ("subject", "letter")  # texts of the mail by which an address is confirmed
_PLAIN = (
    "language", "campaign", "address", "opt_in", "days", "shared", "download", "offered_for", "at_once", *GUARD
)  # fmt: skip
_MEGABYTE = 1_000_000
_MEGABYTES = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)


class Row(NamedTuple):
    """A field as it was typed."""

    kind: str
    said: dict[str, str]


class Typed(NamedTuple):
    """The whole form. `seen` is when the form was changed last, as its editor knows it."""

    said: dict[str, str]
    rows: list[Row]
    seen: str

    @property
    def document(self) -> dict[str, Any]:
        """The definition as JSON, right or wrong."""
        said = self.said
        made: dict[str, Any] = {name: words for name in TEXTS if (words := words_in(said, name))}
        made |= {"language": said["language"] or "zh", "campaign": said["campaign"]}
        made["thanks"] = {"text": words_in(said, "thanks"), "address": said["address"]}
        made["guard"] = {name: _whole(said[name]) for name in GUARD if said[name]}
        made["fields"] = [field_of(one) for one in self.rows]
        made["notify"] = [int(one) for one in said["notify"].split(",") if one.isascii() and one.isdigit()]
        made["shared"] = bool(said["shared"])
        if said["opt_in"]:
            letter: dict[str, Any] = {"subject": words_in(said, "subject"), "text": words_in(said, "letter")}
            letter |= {"days": _whole(said["days"])} if said["days"] else {}
            made["double_opt_in"] = {"field": said["opt_in"], **letter}
        return made | _whole_parts(said, self.rows)


def typed_of(form: Form) -> Typed:
    """The builder of a form as it stands."""
    draft = form.draft
    said = {"name": form.name, "language": draft.language, "campaign": draft.campaign, "address": draft.thanks.address}
    for name, words in (
        *((name, getattr(draft, name)) for name in TEXTS),
        ("thanks", draft.thanks.text),
    ):
        said |= {f"{name}_zh": words.zh, f"{name}_en": words.en}
    said |= {name: str(getattr(draft.guard, name)) for name in GUARD}
    said |= {"notify": ",".join(map(str, draft.notify)), "shared": "yes" if draft.shared else ""}
    said |= _opt_in_of(draft) | {"download": "", "offered_for": "", "at_once": ""}
    if draft.download:
        said |= {"download": str(draft.download.media), "offered_for": str(draft.download.hours)}
    if draft.progressive:
        said["at_once"] = str(draft.progressive.at_once)
    return Typed(said, rows_of(draft), str(form.changed_at))


def typed_in(said: QueryDict) -> Typed:
    """What was sent."""
    words = [f"{name}_{tongue}" for name in (*TEXTS, "thanks", *OPT_IN) for tongue in ("zh", "en")]
    names = ["name", *_PLAIN, *words]
    rows = []
    for mark in said.getlist("row")[: MOST_FIELDS + 1]:
        number, _dot, kind = mark.partition(".")
        if kind in OF_KIND and number.isascii() and number.isdigit():
            inputs = (*COMMON, *OF_KIND[kind])
            rows.append(Row(kind, {name: _text(said, f"f{number}-{name}") for name in inputs}))
    found = {name: _text(said, name) for name in names} | {"notify": ",".join(said.getlist("notify"))}
    return Typed(found, rows, said.get("seen", ""))


def changed_by(typed: Typed, button: str, kind: str) -> tuple[Typed, int | None]:
    """With a field more, moved, or without one, and the number of the one that it is about: `add`, `up.3`, `down.3`,
    `remove.3`.
    """
    rows = list(typed.rows)
    if button == "add" and kind in OF_KIND:
        rows.append(fresh(kind, rows))
        return typed._replace(rows=rows), len(rows) - 1
    act, _dot, text = button.partition(".")
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
    if not 0 <= place < len(rows):
        return typed, None
    row = rows.pop(place)
    if act == "remove":
        return typed._replace(rows=rows), None
    other = max(place - 1, 0) if act == "up" else min(place + 1, len(rows)) if act == "down" else place
    rows.insert(other, row)
    return typed._replace(rows=rows), other


def fresh(kind: str, rows: list[Row]) -> Row:
    """A field that was just added: its key is one that no other has."""
    keys = {one.said["key"] for one in rows}
    numbers = (f"_{number}" if number else "" for number in (0, *range(2, MOST_FIELDS + 3)))
    key = next(f"{kind}{number}" for number in numbers if f"{kind}{number}" not in keys)
    said = {**dict.fromkeys((*COMMON, *OF_KIND[kind]), ""), "key": key}
    if kind in ("email", "phone") and all(one.said["maps"] != kind for one in rows):
        said["maps"] = kind
    if kind == "file":
        said |= {"megabytes": "5", "pictures": "yes", "documents": "yes"}
    return Row(kind, said)


def rows_of(definition: Definition) -> list[Row]:
    """The fields of a definition as rows."""
    asked = definition.progressive.fields if definition.progressive else ()
    turns = {key: str(number) for number, key in enumerate(asked, 1)}
    rows = [_row(one) for one in definition.fields]
    return [Row(one.kind, one.said | {"turn": turns.get(one.said["key"], "")}) for one in rows]


def field_of(row: Row) -> dict[str, Any]:
    """The field's JSON that a row means, right or wrong."""
    said, kind = row.said, row.kind
    made: dict[str, Any] = {"kind": kind, "key": said["key"]}
    for name in ("label", "help"):
        if words := words_in(said, name):
            made[name] = words
    if kind == "consent":
        made["wording"] = words_in(said, "wording")
    if said["required"]:
        made["required"] = True
    if said["maps"]:
        made["maps_to"] = f"trait:{said['trait']}" if said["maps"] == "trait" else said["maps"]
    if said["when"]:
        made["when"] = {"field": said["when"], "values": _lines(said["values"])}
    return made | _of_kind(kind, said)


def words_in(said: dict[str, str], name: str) -> dict[str, str]:
    """A text in the languages in which something was typed."""
    return {tongue: text for tongue in ("zh", "en") if (text := said[f"{name}_{tongue}"])}


def _of_kind(kind: str, said: dict[str, str]) -> dict[str, Any]:
    match kind:
        case "text" | "long_text":
            return {"most": _whole(said["most"])} if said["most"] else {}
        case "number":
            return {name: said[name] for name in ("least", "most") if said[name]} | {"whole": bool(said["whole"])}
        case "date":
            return {name: said[name] for name in ("first", "last") if said[name]}
        case "choice":
            return {"options": options_in(said["options"]), "menu": bool(said["menu"])}
        case "choices":
            bounds = {name: _whole(said[name]) for name in ("least", "most") if said[name]}
            return {"options": options_in(said["options"]), **bounds}
        case "consent":
            purposes = [one for text in said["purposes"].split(",") if (one := text.strip())]
            return {"channel": said["channel"], "purposes": purposes}
        case "file":
            kinds = {name: bool(said[name]) for name in ("pictures", "documents")}
            return {"most_bytes": _bytes(said["megabytes"]), **kinds}
        case "hidden":
            return {"parameter": said["parameter"], "value": said["value"]}
        case _:
            return {}


def _row(field: Any) -> Row:
    plain = msgspec.to_builtins(field)
    kind = plain["kind"]
    said = dict.fromkeys((*COMMON, *OF_KIND[kind]), "")
    for name in ("label", "help", "wording"):
        if f"{name}_zh" in said:
            words = getattr(field, name)
            said |= {f"{name}_zh": words.zh, f"{name}_en": words.en}
    said |= {"key": field.key, "required": "yes" if field.required else ""}
    if field.maps_to:
        of_trait = field.maps_to.startswith("trait:")
        said |= {"maps": "trait" if of_trait else field.maps_to}
        said["trait"] = field.maps_to.removeprefix("trait:") if of_trait else ""
    if field.when:
        said |= {"when": field.when.field, "values": "\n".join(field.when.values)}
    return Row(kind, said | _row_of_kind(field, plain))


def _row_of_kind(field: Any, plain: dict[str, Any]) -> dict[str, str]:
    match field:
        case Choice() | Choices():
            said = {"options": lines_of_options(field.options)}
            if isinstance(field, Choice):
                return said | {"menu": "yes" if field.menu else ""}
            return said | {name: str(getattr(field, name) or "") for name in ("least", "most")}
        case Consent():
            return {"channel": field.channel, "purposes": ", ".join(field.purposes)}
        case File():
            kinds = {name: "yes" if getattr(field, name) else "" for name in ("pictures", "documents")}
            return {"megabytes": f"{Decimal(field.most_bytes) / _MEGABYTE:f}", **kinds}
        case Number():
            return {"least": field.least or "", "most": field.most or "", "whole": "yes" if field.whole else ""}
        case _:
            return {name: str(plain[name]) for name in OF_KIND[plain["kind"]] if name in plain}


def _opt_in_of(draft: Definition) -> dict[str, str]:
    wanted = draft.double_opt_in
    said = {"opt_in": wanted.field if wanted else "", "days": str(wanted.days) if wanted else ""}
    for name, words in (("subject", wanted.subject), ("letter", wanted.text)) if wanted else ():
        said |= {f"{name}_zh": words.zh, f"{name}_en": words.en}
    return {**dict.fromkeys((f"{name}_{tongue}" for name in OPT_IN for tongue in ("zh", "en")), ""), **said}


def _whole_parts(said: dict[str, str], rows: list[Row]) -> dict[str, Any]:
    """What is asked by and by, by the turn that fields have, and the file that whoever submits may fetch."""
    made: dict[str, Any] = {}
    turns = [(_whole(row.said["turn"]), row.said["key"]) for row in rows if row.said["turn"]]
    if turns:
        in_turn = sorted(turns, key=lambda one: one[0] if isinstance(one[0], int) else 0)
        at_once = {"at_once": _whole(said["at_once"])} if said["at_once"] else {}
        made["progressive"] = {"fields": [key for _turn, key in in_turn], **at_once}
    if said["download"]:
        hours = {"hours": _whole(said["offered_for"])} if said["offered_for"] else {}
        made["download"] = {"media": _whole(said["download"]), **hours}
    return made


def _text(said: QueryDict, name: str) -> str:
    return said.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _lines(text: str) -> list[str]:
    return [one for line in text.split("\n") if (one := line.strip())]


def _whole(text: str) -> int | str:
    """The whole number that it says; what is none stays a text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text


def _bytes(megabytes: str) -> int | str:
    """The bytes that it says; what is no number of megabytes stays a text."""
    if not _MEGABYTES.fullmatch(megabytes):
        return megabytes
    return int(Decimal(megabytes) * _MEGABYTE)
