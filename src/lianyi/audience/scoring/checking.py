"""Settings from JSON, and whether they speak of what there is. A mistake is told with its place: `fit[2].rule.is`."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from pydantic import ValidationError

from lianyi.audience.scoring.schemas import Settings
from lianyi.kernel.sentences import Sentence
from lianyi.people.profiles.queries import trait_kinds
from lianyi.rules.checking import Vocabulary, check, places
from lianyi.rules.nodes import NO_DOING, Behaviour, Graded, InSegment, Leaf, Score, Warm
from lianyi.rules.reading import BadRule, Problem, problems_of, read

_OUTSIDE = Sentence("Fit asks only for what is in the profile.")
_TOLD = Sentence("Lianyi says this of people by itself; it never counts.")


class BadSettings(BadRule):
    """The settings cannot be used."""

    root = "body"


def read_document(document: Mapping[str, Any]) -> Settings:
    """The settings that the JSON is. BadSettings, with the place of each mistake, where it is none."""
    problems = [problem for number, one in enumerate(_list(document.get("fit"))) for problem in _of_rule(number, one)]
    try:
        settings = Settings.model_validate_json(msgspec.json.encode(document))
    except ValidationError as error:
        told = tuple(problem.place.split(".rule")[0] + ".rule" for problem in problems)
        problems += [one for one in problems_of(document, error) if not told or not one.place.startswith(told)]
    if problems:
        raise BadSettings(problems)
    return settings


def _list(said: object) -> list[Any]:
    return said if isinstance(said, list) else []


def _of_rule(number: int, one: object) -> Iterator[Problem]:
    """What is wrong with a rule by itself; that it is not there at all is told with the rest."""
    if isinstance(one, Mapping) and isinstance(one.get("rule"), Mapping | str):
        try:
            read(one["rule"])
        except BadRule as bad:
            yield from (problem._replace(place=_inside(number, problem.place)) for problem in bad.problems)


def checked(workspace: int, settings: Settings) -> Settings:
    """The settings; BadSettings where they speak of what is not there."""
    problems = list(_problems(workspace, settings))
    if problems:
        raise BadSettings(problems)
    return settings


def _problems(workspace: int, settings: Settings) -> Iterator[Problem]:
    vocabulary = Vocabulary(traits=trait_kinds(workspace), segments=(), tags=(), events=())
    for number, one in enumerate(settings.fit):
        outside = [place for place, leaf in places(one.rule) if not _in_profile(leaf)]
        if outside:
            yield from (Problem(_inside(number, place), "scoring.rule", _OUTSIDE) for place in outside)
            continue
        for error in check(one.rule, vocabulary).errors:
            yield error._replace(place=_inside(number, error.place))
    for number, weight in enumerate(settings.weights):
        if weight.event in NO_DOING:
            yield Problem(f"weights[{number}].event", "scoring.event", _TOLD)


def _in_profile(leaf: Leaf) -> bool:
    return not isinstance(leaf, Behaviour | InSegment | Score | Graded | Warm)


def _inside(number: int, place: str) -> str:
    return f"fit[{number}].rule.{place}" if place else f"fit[{number}].rule"
