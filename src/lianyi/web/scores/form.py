"""The settings of scores as a form has them: what was typed, and the document that it means.

A row of a list is a field of the same name in each; what cannot be read stays as typed, and is told at its place.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
from django.http import QueryDict

from lianyi.audience.scoring.schemas import GRADES, FitRule, Settings, Weight
from lianyi.rules.nodes import Did
from lianyi.rules.reading import write
from lianyi.web.segments.building import pretty

_BOUNDED = GRADES[:-1]  # the last one begins nowhere
_EMPTY = {"kind": "all_of", "rules": []}  # a rule that was not written yet
_CELLS = len(GRADES) ** 2


class Fit(NamedTuple):
    """A rule of fit."""

    rule: str = ""
    points: str = ""
    note: str = ""


class Act(NamedTuple):
    """Something that counts."""

    event: str = ""
    points: str = ""
    most: str = ""
    where: str = ""
    note: str = ""


class Typed(NamedTuple):
    """The whole form; `seen` is the edition of the settings that it began with."""

    fit: list[Fit]
    acts: list[Act]
    half_life: str
    fit_grades: list[str]
    engagement_grades: list[str]
    matrix: list[str]
    seen: str

    @property
    def document(self) -> dict[str, Any]:
        """The settings as JSON, right or wrong."""
        return {
            "fit": [
                {"rule": _json(one.rule) or _EMPTY, "points": _number(one.points), "note": one.note} for one in self.fit
            ],
            "weights": [
                {
                    "event": one.event,
                    "points": _number(one.points),
                    "most_a_day": _number(one.most),
                    "where": _json(one.where) or [],
                    "note": one.note,
                }
                for one in self.acts
            ],
            "half_life": _number(self.half_life),
            "fit_grades": _bounds(self.fit_grades),
            "engagement_grades": _bounds(self.engagement_grades),
            "matrix": self.matrix,
        }


def typed_of(settings: Settings, edition: int) -> Typed:
    """The form of settings as they are."""
    return Typed(
        fit=[_fit(one) for one in settings.fit],
        acts=[_act(one) for one in settings.weights],
        half_life=str(settings.half_life),
        fit_grades=[f"{one:g}" for one in settings.fit_grades.least],
        engagement_grades=[f"{one:g}" for one in settings.engagement_grades.least],
        matrix=list(settings.matrix),
        seen=str(edition),
    )


def typed_in(said: QueryDict) -> Typed:
    """What was sent."""
    return Typed(
        fit=[Fit(*row) for row in _rows(said, "fit_rule", "fit_points", "fit_note")],
        acts=[Act(*row) for row in _rows(said, "event", "points", "most", "where", "note")],
        half_life=said.get("half_life", "").strip(),
        fit_grades=_few(said, "fit_grade", len(_BOUNDED)),
        engagement_grades=_few(said, "engagement_grade", len(_BOUNDED)),
        matrix=_few(said, "state", _CELLS),
        seen=said.get("seen", ""),
    )


def changed_by(typed: Typed, button: str) -> Typed:
    """With a row more, or without one: `fit.add`, `acts.remove.3`."""
    name, _dot, act = button.partition(".")
    fit, acts = list(typed.fit), list(typed.acts)
    rows: list[Any] = fit if name == "fit" else acts if name == "acts" else []
    place = act.removeprefix("remove.")
    if act == "add" and name in ("fit", "acts"):
        rows.append(Fit() if name == "fit" else Act())
    elif act != place and place.isascii() and place.isdigit() and int(place) < len(rows):
        del rows[int(place)]
    return typed._replace(fit=fit, acts=acts)


def _fit(one: FitRule) -> Fit:
    return Fit(pretty(write(one.rule)), str(one.points), one.note)


def _act(one: Weight) -> Act:
    where = write(Did(event=one.event, where=one.where)).get("where")
    most = "" if one.most_a_day is None else str(one.most_a_day)
    return Act(one.event, str(one.points), most, pretty(where) if where else "", one.note)


def _rows(said: QueryDict, *names: str) -> Iterable[tuple[str, ...]]:
    columns = [[text.strip() for text in said.getlist(name)] for name in names]
    return zip(*columns, strict=False)


def _few(said: QueryDict, name: str, most: int) -> list[str]:
    return [text.strip() for text in said.getlist(name)[:most]]


def _bounds(texts: list[str]) -> dict[str, Any]:
    return dict(zip([grade.lower() for grade in _BOUNDED], map(_number, texts), strict=False))


def _number(text: str) -> Any:
    """The number that it says; nothing for nothing, and a text that is no number stays one."""
    try:
        value = float(text) if text else None
    except ValueError:
        return text
    return int(value) if value is not None and value.is_integer() else value


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text) if text else None
    except (msgspec.DecodeError, RecursionError):
        return text
