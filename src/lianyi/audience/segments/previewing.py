"""What a rule comes to before it is a segment: how many, a few of them, a sentence, and what may be a slip."""

from functools import cache
from typing import NamedTuple

from django.utils import translation
from pyroaring import BitMap

from lianyi.audience.segments.answering import answers_to
from lianyi.audience.segments.checking import check_here
from lianyi.audience.segments.models import SegmentRow
from lianyi.events.catalogue.words import EVENTS
from lianyi.kernel.sentences import Sentence
from lianyi.people.identity import queries as identity
from lianyi.people.profiles.queries import people, trait_catalogue
from lianyi.people.profiles.schemas import PersonRow, PersonUnknown
from lianyi.people.profiles.touches.words import CHANNELS
from lianyi.rules.compiling import compile
from lianyi.rules.describing import Names, describe
from lianyi.rules.explaining import Explained, explain
from lianyi.rules.nodes import Rule
from lianyi.rules.reading import Problem

SAMPLE = 10


class Preview(NamedTuple):
    """The people of a rule at one moment."""

    people: BitMap
    sample: list[PersonRow]  # those who came last
    sentence: Sentence
    remarks: tuple[Problem, ...]


def preview(workspace: int, rule: Rule, now: int, language: str) -> Preview:
    """Asks everybody at the moment `now` (µs). BadRule where the rule speaks of what is not there."""
    remarks = check_here(workspace, rule)
    found = compile(rule, answers_to(workspace, rule, now))
    newest = [found[place] for place in range(len(found) - 1, max(len(found) - 1 - SAMPLE, -1), -1)]
    return Preview(
        found,
        people(workspace, newest),
        describe(rule, names(workspace, language)),
        remarks,
    )


def explanation(workspace: int, rule: Rule, person: int, now: int, language: str) -> Explained:
    """What each part of a rule says of a person at the moment `now`. Refuses a number that is no person's."""
    if not identity.person_exists(workspace, person):
        raise PersonUnknown(person)
    return explain(rule, answers_to(workspace, rule, now), person, names(workspace, language))


def names(workspace: int, language: str) -> Names:
    """What traits, segments and events are called, in a language. In English events have their own names, as sent."""
    chinese = language.startswith("zh")
    labels = {trait.name: trait.label_zh if chinese else trait.label_en for trait in trait_catalogue(workspace)}
    segments = dict(SegmentRow.objects.filter(workspace=workspace).values_list("number", "name"))
    events, channels = _words(language)
    return Names(
        traits={name: label for name, label in labels.items() if label},
        segments=segments,
        events=events if chinese else {},
        channels=channels,
    )


@cache
def _words(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Those of events, and those of channels."""
    with translation.override(language):
        events = {name: str(label) for name, label in EVENTS.items()}
        channels = {name: str(label) for name, label in CHANNELS.items() if name}
    return events, channels
