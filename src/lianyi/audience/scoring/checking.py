"""Settings from JSON, and whether they speak of what there is. A mistake is told with its place: `fit[2].rule.is`."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from pydantic import ValidationError

from lianyi.audience.scoring.schemas import Settings
from lianyi.kernel.sentences import Sentence
from lianyi.people.profiles.queries import trait_catalogue
from lianyi.rules.checking import Vocabulary, check, places
from lianyi.rules.nodes import NO_DOING, Behaviour, Graded, InSegment, Leaf, Score, Warm
from lianyi.rules.reading import BadRule, Problem, read

_OUTSIDE = Sentence("Fit asks only for what is in the profile.")
_TOLD = Sentence("Lianyi says this of people by itself; it never counts.")


def read_document(document: Mapping[str, Any]) -> Settings:
    """The settings that the JSON is. BadRule, with the place of the first mistake, where it is none."""
    for number, one in enumerate(document.get("fit") or ()):
        if isinstance(one, Mapping) and isinstance(one.get("rule"), Mapping):
            _read_rule(number, one["rule"])
    try:
        return Settings.model_validate_json(msgspec.json.encode(document))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"]).lstrip(".")
        if first["type"] == "bounds.order":
            said = Sentence("A must begin above B, and B above C.")
        else:
            said = Sentence("This does not belong here.")
        raise BadRule([Problem(place, "scoring.value", said)]) from None


def _read_rule(number: int, rule: Mapping[str, Any]) -> None:
    try:
        read(rule)
    except BadRule as bad:
        raise BadRule([one._replace(place=_inside(number, one.place)) for one in bad.problems]) from None


def checked(workspace: int, settings: Settings) -> Settings:
    """The settings; BadRule where they speak of what is not there."""
    problems = list(_problems(workspace, settings))
    if problems:
        raise BadRule(problems)
    return settings


def _problems(workspace: int, settings: Settings) -> Iterator[Problem]:
    traits = {trait.name: trait.kind.value for trait in trait_catalogue(workspace)}
    vocabulary = Vocabulary(traits=traits, segments=(), tags=(), events=())
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
