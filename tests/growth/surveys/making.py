"""Definitions of surveys: builders that name only what matters."""

from typing import Any

from lianyi.growth.surveys.definitions import read_object
from lianyi.growth.surveys.schemas import Definition

CITY = {
    "kind": "single",
    "key": "city",
    "label": {"zh": "您在哪里？", "en": "Where are you?"},
    "options": [{"value": "sh", "label": {"zh": "上海", "en": "Shanghai"}}, {"value": "hz"}],
    "other": True,
    "required": True,
    "maps_to": "trait:city",
}
LIKED = {
    "kind": "multiple",
    "key": "liked",
    "label": {"en": "What do you like in {city}?"},
    "options": [{"value": "tea"}, {"value": "coffee"}, {"value": "none"}],
    "most": 2,
    "tags": [{"tag": "tea drinker", "values": ["tea"]}],
}
NPS = {
    "kind": "nps",
    "key": "nps",
    "label": {"en": "Would you recommend us?"},
    "required": True,
    "tags": [{"tag": "promoter", "dimension": "state", "least": 9}],
}
WHY = {
    "kind": "text",
    "key": "why",
    "label": {"en": "Why not?"},
    "when": [{"question": "nps", "most": 6}],
    "lines": True,
}
STARS = {"kind": "scale", "key": "stars", "label": {"en": "How was the staff?"}, "most": 5}
GRID = {
    "kind": "matrix",
    "key": "grid",
    "label": {"en": "How was it?"},
    "rows": [{"value": "taste"}, {"value": "price"}],
    "columns": [{"value": "bad"}, {"value": "fair"}, {"value": "good"}],
}
RANKED = {
    "kind": "ranking",
    "key": "ranked",
    "label": {"en": "What matters most?"},
    "options": [{"value": "a"}, {"value": "b"}, {"value": "c"}],
}
FAST = {"quickest": 0, "work": 4, "per_minute": 0}


def page(*questions: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A page."""
    return {"questions": list(questions), **parts}


def object_of(*pages: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The JSON of a definition."""
    return {"title": {"zh": "门店调查", "en": "Our shops"}, "guard": FAST, "pages": list(pages), **parts}


def definition_of(*pages: dict[str, Any], **parts: Any) -> Definition:
    """A definition."""
    return read_object(object_of(*pages, **parts))


def whole(**parts: Any) -> Definition:
    """One with every kind of question on three pages."""
    return definition_of(page(CITY, STARS), page(LIKED, NPS, WHY), page(GRID, RANKED), **parts)
