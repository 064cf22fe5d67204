"""The editor of a gathering: a definition as fields of a page, and back.

A question keeps what the page does not show: a condition, a bound, a channel of a consent.
"""

import json
import re
from typing import Any

import msgspec
from django.http import QueryDict

from lianyi.growth.gatherings.reading import read_object
from lianyi.growth.gatherings.schemas import Definition
from lianyi.web.gatherings.words import KINDS, TARGETS

MOST_ROWS = 40
_BLANK_ROWS = 2
_TEXTS = ("title", "about", "place")
_PLAIN = ("starts", "ends", "zone", "online", "closes", "language", "campaign")


def fields_of(definition: Definition) -> dict[str, Any]:
    """What the editor shows of a definition."""
    said = msgspec.to_builtins(definition)
    shown = {name: said.get(name) or "" for name in _PLAIN}
    shown["language"] = definition.language
    for name in _TEXTS:
        words = said.get(name, {})
        shown[f"{name}_zh"], shown[f"{name}_en"] = words.get("zh", ""), words.get("en", "")
    rows = [_row(number, one) for number, one in enumerate(said.get("questions", []))]
    return {**shown, "rows": _with_blanks(rows)}


def typed_fields(said: QueryDict) -> dict[str, Any]:
    """The same of what was typed, whatever it is."""
    names = [*_PLAIN, *(f"{name}_{one}" for name in _TEXTS for one in ("zh", "en"))]
    rows = []
    for number in range(MOST_ROWS):
        if f"q{number}-zh" in said:
            names_of = ("was", "kind", "zh", "en", "to", "options")
            row: dict[str, Any] = {name: said.get(f"q{number}-{name}", "") for name in names_of}
            rows.append(
                {**row, "number": number, "required": f"q{number}-required" in said, "other": _other(row["to"])}
            )
    return {**{name: said.get(name, "") for name in names}, "rows": _with_blanks(rows)}


def definition_in(said: QueryDict, was: Definition | None) -> Definition:
    """The definition that was typed. Refuses what is none."""
    typed = typed_fields(said)
    made: dict[str, Any] = msgspec.to_builtins(was) if was else {}
    for name in _TEXTS:
        texts = {one: typed[f"{name}_{one}"].replace("\r\n", "\n").strip() for one in ("zh", "en")}
        made[name] = {one: text for one, text in texts.items() if text}
    for name in _PLAIN:
        made[name] = typed[name].strip()
    made["closes"] = made["closes"] or None
    taken = {_was(row)["key"] for row in typed["rows"] if "key" in _was(row)}
    made["questions"] = [_question(row, taken) for row in typed["rows"] if row["zh"].strip() or row["en"].strip()]
    return read_object({name: value for name, value in made.items() if value is not None})


def _row(number: int, one: dict[str, Any]) -> dict[str, Any]:
    words = one.get("wording", {}) if one["kind"] == "consent" else one.get("label", {})
    to = one.get("maps_to", "")
    return {
        "number": number,
        "was": json.dumps(one, ensure_ascii=False),
        "kind": one["kind"],
        "zh": words.get("zh", ""),
        "en": words.get("en", ""),
        "required": one.get("required", False),
        "to": to,
        "other": _other(to),
        "options": "\n".join(option["value"] for option in one.get("options", [])),
    }


def _other(to: str) -> str:
    """A target that the list does not have."""
    return "" if to in TARGETS else to


def _with_blanks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first = max((row["number"] for row in rows), default=-1) + 1
    blank = {"was": "", "kind": "text", "zh": "", "en": "", "required": False, "to": "", "other": "", "options": ""}
    return [*rows, *({**blank, "number": first + one} for one in range(min(_BLANK_ROWS, MOST_ROWS - first)))]


def _was(row: dict[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(row["was"]) if row["was"] else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _question(row: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    was = _was(row)
    kind = row["kind"]
    made = was if was.get("kind") == kind else {name: was[name] for name in ("key", "help", "when") if name in was}
    if not (kind in KINDS or kind == was.get("kind")):
        kind = "text"
    words = {one: row[one].strip() for one in ("zh", "en") if row[one].strip()}
    made |= {"kind": kind, "key": made.get("key") or _key(row, taken), "required": row["required"]}
    made["wording" if kind == "consent" else "label"] = words
    if kind != "consent":
        made["maps_to"] = row["to"]
    if kind in ("choice", "choices"):
        before = {one["value"]: one for one in made.get("options", [])}
        lines = list(dict.fromkeys(line.strip() for line in row["options"].splitlines() if line.strip()))
        made["options"] = [before.get(line, {"value": line}) for line in lines]
    return made


def _key(row: dict[str, Any], taken: set[str]) -> str:
    """A key that no other question has: the target's name, else one by its number."""
    wished: str = row["to"].removeprefix("trait:")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", wished):
        wished = f"question_{row['number'] + 1}"
    key, number = wished, 2
    while key in taken:
        key, number = f"{wished}_{number}", number + 1
    taken.add(key)
    return key
