"""Scores: how the workspace scores, how many people stand where, and why somebody has the score they have."""

from typing import Any

from django.utils.translation import get_language, gettext
from ninja import Query

from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.score_shapes import (
    Cell,
    CountedEvent,
    HeldRule,
    MatrixShown,
    Newest,
    SettingsOf,
    SettingsShown,
    StandingShown,
    WhyShown,
)
from lianyi.api.shapes import PersonNumber, moment
from lianyi.audience.scoring import actions, queries
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.scoring.definitions import stored_settings
from lianyi.audience.scoring.queries import NotScored, Why
from lianyi.audience.scoring.schemas import GRADES, STATES, Standing
from lianyi.audience.segments.previewing import names
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock, to_micros
from lianyi.rules.describing import Names, describe
from lianyi.rules.reading import write

_section = Section("Scores", "Who people are and what they do, each from 0 to 100, and what both together mean.")
_SETTINGS: dict[str, Any] = {
    "fit": [{"rule": {"kind": "identified", "by": "phone"}, "points": 30, "note": ""}],
    "weights": [
        {"event": "Order Completed", "points": 30, "where": [], "most_a_day": 2, "note": ""},
        {"event": "Product Viewed", "points": 2, "where": [], "most_a_day": 5, "note": ""},
    ],
    "half_life": 14,
    "fit_grades": {"a": 75, "b": 50, "c": 25},
    "engagement_grades": {"a": 60, "b": 30, "c": 10},
    "matrix": [
        *("hot", "hot", "nurture", "watch"),
        *("hot", "nurture", "nurture", "watch"),
        *("nurture", "nurture", "watch", "invalid"),
        *("watch", "watch", "invalid", "invalid"),
    ],
}
_SHOWN = {**_SETTINGS, "edition": 1, "taken": True, "due": False}
_STANDING = {
    "fit": 80.0,
    "engagement": 31.5,
    "fit_grade": "A",
    "engagement_grade": "B",
    "state": "hot",
    "paused_until": None,
}


@_section.get("/scores/settings", Ability.SEE_PEOPLE, answers=SettingsShown, example=_SHOWN)
def get_score_settings(request: Request) -> SettingsShown:
    """Shows how the workspace scores. Before anybody took settings, those that are offered."""
    found = queries.scoring(workspace_of(request))
    told: dict[str, Any] = stored_settings(found.settings)
    return SettingsShown.model_validate({**told, "edition": found.edition, "taken": found.taken, "due": found.due})


@_section.put("/scores/settings", Ability.EDIT_SETTINGS, answers=SettingsShown, example={**_SHOWN, "due": True},
              body=_SETTINGS)  # fmt: skip
def put_score_settings(request: Request, body: SettingsOf) -> SettingsShown:
    """Changes how the workspace scores. Everybody is scored anew within seconds, and until then scores are those of
    before. `errors` names each place that is wrong.
    """
    settings = read_document(body.model_dump(exclude_none=True))
    actions.change_settings(workspace_of(request), settings, system_clock())
    return get_score_settings(request)


@_section.get("/scores/matrix", Ability.SEE_PEOPLE, answers=MatrixShown, example={
    "people": 1204, "states": {"hot": 4, "nurture": 100, "watch": 300, "invalid": 800},
    "cells": [{"fit": "A", "engagement": "A", "state": "hot", "people": 4}], "due": False})  # fmt: skip
def get_score_matrix(request: Request) -> MatrixShown:
    """Counts the people of each pair of grades, now."""
    workspace = workspace_of(request)
    found = queries.scoring(workspace)
    if found.current is None:
        return MatrixShown(people=0, states=dict.fromkeys(STATES, 0), cells=[], due=found.due)
    counts = queries.counts(workspace, to_micros(system_clock()))
    pairs = [(fit, engagement) for fit in GRADES for engagement in GRADES]
    people = [count for line in counts.grades for count in line]
    cells = [
        Cell(fit=fit, engagement=engagement, state=state, people=count)
        for (fit, engagement), state, count in zip(pairs, found.current.matrix, people, strict=True)
    ]
    return MatrixShown(people=sum(people), states=counts.states, cells=cells, due=found.due)


@_section.get("/people/{number}/score", Ability.SEE_PEOPLE, answers=StandingShown, example=_STANDING, conflicts=True)
def get_score(request: Request, number: PersonNumber) -> StandingShown:
    """Shows the scores of a person, now."""
    found = queries.standing(workspace_of(request), number, to_micros(system_clock()))
    if found is None:
        raise NotScored
    return StandingShown(**_standing(found))


@_section.get("/people/{number}/score/why", Ability.SEE_PEOPLE, answers=WhyShown, conflicts=True, example={
    **_STANDING,
    "rules": [{"sentence": "has a phone number", "rule": {"kind": "identified", "by": "phone"}, "points": 30,
               "holds": True, "note": ""}],
    "points": 30,
    "newest": [{"event": "Order Completed", "at": "2026-01-31T08:00:00Z", "points": 30, "left": 15.0, "over": False}],
    "others": 0, "others_left": 0.0, "sum": 15.0})  # fmt: skip
def explain_score(request: Request, number: PersonNumber, paging: Query[Newest]) -> WhyShown:
    """Shows why a person has the scores that they have. Of what they did, the newest events are listed and the older
    ones summed up.
    """
    workspace = workspace_of(request)
    found = queries.why(workspace, number, to_micros(system_clock()), limit=paging.limit)
    if found is None:
        raise NotScored
    return _why(found, names(workspace, get_language() or ""))


def _standing(one: Standing) -> dict[str, Any]:
    return {**one._asdict(), "paused_until": moment(one.paused_until)}


def _why(one: Why, words: Names) -> WhyShown:
    return WhyShown(
        **_standing(one.standing),
        rules=[
            HeldRule(
                sentence=describe(held.rule.rule, words).told(gettext),
                rule=write(held.rule.rule),
                points=held.rule.points,
                holds=held.holds,
                note=held.rule.note,
            )
            for held in one.fit
        ],
        points=one.points,
        newest=[
            CountedEvent(
                event=event.weight.event,
                at=from_micros(event.at),
                points=event.weight.points,
                left=event.left,
                over=event.over,
            )
            for event in one.newest
        ],
        others=one.others,
        others_left=one.others_left,
        sum=one.sum,
    )
