"""A survey as it is typed in the builder: a row for each question, with its options and conditions as lines of text.

What the builder has no input for, such as words at the ends of a scale, quotas and tags, stays as it was.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from lianyi.growth.surveys.questions import Condition
from lianyi.growth.surveys.schemas import Definition

NAMES = ("was", "page", "kind", "key", "label_zh", "label_en", "options", "rows", "maps", "when", "required", "other")
HEAD = ("title_zh", "title_en", "intro_zh", "intro_en", "thanks_zh", "thanks_en")
_CONDITION = re.compile(r"^([a-z][a-z0-9_]*)(?:\.([^<>=!]+?))?\s*(?:(<=|>=|!=|=)\s*(.*))?$")
_MOST_ROWS = 200
_BEGINNINGS: dict[str, dict[str, Any]] = {
    "single": {"options": [{"value": "1"}, {"value": "2"}]},
    "multiple": {"options": [{"value": "1"}, {"value": "2"}]},
    "ranking": {"options": [{"value": "1"}, {"value": "2"}]},
    "matrix": {"rows": [{"value": "1"}], "columns": [{"value": "1"}, {"value": "2"}]},
}


class Typed(NamedTuple):
    """What was typed: the name and the words of the whole, and a row of texts for each question."""

    head: dict[str, str]
    rows: list[dict[str, str]]


def typed_of(name: str, definition: Definition) -> Typed:
    """The survey, as it is typed."""
    said: dict[str, Any] = msgspec.to_builtins(definition)
    head = {"name": name}
    for one in ("title", "intro", "thanks"):
        head |= {f"{one}_{language}": said.get(one, {}).get(language, "") for language in ("zh", "en")}
    rows = [
        _row(question, place) for place, page in enumerate(said.get("pages", ()), 1) for question in page["questions"]
    ]
    return Typed(head, rows)


def typed_in(post: Mapping[str, str]) -> Typed:
    """What a form sends."""
    head = {name: post.get(name, "").strip() for name in ("name", *HEAD)}
    rows = []
    for number in range(_MOST_ROWS):
        if f"q{number}-kind" not in post:
            break
        rows.append({name: post.get(f"q{number}-{name}", "").strip() for name in NAMES})
    return Typed(head, rows)


def changed_by(typed: Typed, button: str, kind: str) -> Typed:
    """A question more (`add`), less (`remove:2`), or moved (`up:2`, `down:2`)."""
    rows, (act, _, said) = list(typed.rows), button.partition(":")
    place = int(said) if said.isascii() and said.isdigit() and int(said) < len(rows) else None
    match act:
        case "add":
            taken = {row["key"] for row in rows}
            key = next(name for name in (f"q{number}" for number in range(1, 1_000)) if name not in taken)
            page = rows[-1]["page"] if rows else "1"
            rows.append(_row({"kind": kind, "key": key, **_BEGINNINGS.get(kind, {})}, int(page or 1)))
        case "remove" if place is not None:
            rows.pop(place)
        case "up" if place:
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
        case "down" if place is not None and place + 1 < len(rows):
            rows[place + 1], rows[place] = rows[place], rows[place + 1]
        case _:
            pass
    return typed._replace(rows=rows)


def document_of(typed: Typed, before: Definition) -> dict[str, Any]:
    """The JSON of what was typed, put over the definition as it was."""
    said: dict[str, Any] = msgspec.to_builtins(before)
    known = {question["key"]: question for page in said.get("pages", ()) for question in page["questions"]}
    for one in ("title", "intro", "thanks"):
        said[one] = _words(typed.head[f"{one}_zh"], typed.head[f"{one}_en"])
    pages: dict[int, list[dict[str, Any]]] = {}
    for row in typed.rows:
        page = int(row["page"]) if row["page"].isascii() and row["page"].isdigit() else 1
        pages.setdefault(page, []).append(_question(row, known.get(row["was"], {})))
    old = said.get("pages", [])
    said["pages"] = [
        {**(old[page - 1] if 0 < page <= len(old) else {}), "questions": pages[page]} for page in sorted(pages)
    ]
    return said


def _row(question: dict[str, Any], page: int) -> dict[str, str]:
    label = question.get("label", {})
    options = question.get("columns" if question["kind"] == "matrix" else "options", ())
    return {
        "was": question["key"],
        "page": str(page),
        "kind": question["kind"],
        "key": question["key"],
        "label_zh": label.get("zh", ""),
        "label_en": label.get("en", ""),
        "options": _lines(options),
        "rows": _lines(question.get("rows", ())),
        "maps": question.get("maps_to", "").removeprefix("trait:"),
        "when": "\n".join(_condition_told(msgspec.convert(one, Condition)) for one in question.get("when", ())),
        "required": "on" if question.get("required") else "",
        "other": "on" if question.get("other") else "",
    }


def _question(row: dict[str, str], before: dict[str, Any]) -> dict[str, Any]:
    kind = row["kind"]
    found = {**(before if before.get("kind") == kind else {}), "kind": kind, "key": row["key"]}
    found["label"] = _words(row["label_zh"], row["label_en"])
    found["required"] = bool(row["required"])
    found["maps_to"] = f"trait:{row['maps']}" if row["maps"] else ""
    found["when"] = [_condition(line) for line in row["when"].splitlines() if line.strip()]
    if kind in ("single", "multiple"):
        found["other"] = bool(row["other"])
    if kind in _BEGINNINGS:
        found["columns" if kind == "matrix" else "options"] = _options(row["options"])
    if kind == "matrix":
        found["rows"] = _options(row["rows"])
    return found


def _words(zh: str, en: str) -> dict[str, str]:
    return {language: text.replace("\r\n", "\n") for language, text in (("zh", zh), ("en", en)) if text}


def _options(text: str) -> list[dict[str, Any]]:
    """A line each: value | Chinese | English."""
    found = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        value, zh, en = (*(part.strip() for part in line.split("|")), "", "")[:3]
        found.append({"value": value, "label": _words(zh, en)})
    return found


def _lines(options: Any) -> str:
    return "\n".join(
        " | ".join(filter(None, (one["value"], one.get("label", {}).get("zh", ""), one.get("label", {}).get("en", ""))))
        for one in options
    )


def _condition(line: str) -> dict[str, Any]:
    """`city = a, b`, `city != a`, `nps <= 6`, `grid.row = bad`, or `city` for any answer."""
    match = _CONDITION.match(line.strip())
    if match is None:
        return {"question": line.strip()[:40]}
    key, row, sign, said = match[1], match[2] or "", match[3], (match[4] or "").strip()
    found: dict[str, Any] = {"question": key, "row": row}
    if sign in ("<=", ">="):
        name = "most" if sign == "<=" else "least"
        return {**found, name: int(said) if said.isascii() and said.isdigit() else said}
    values = [one.strip() for one in said.split(",") if one.strip()]
    return {**found, "values": values, "unless": sign == "!="}


def _condition_told(one: Condition) -> str:
    name = f"{one.question}.{one.row}" if one.row else one.question
    if one.least is not None and one.most is None:
        return f"{name} >= {one.least}"
    if one.most is not None and one.least is None:
        return f"{name} <= {one.most}"
    values = ", ".join(one.values)
    return f"{name} {'!=' if one.unless else '='} {values}".strip() if values or one.unless else name
