"""What the builder offers: the traits, tags, events, sources and segments of a workspace, with words for all of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.utils.functional import Promise

from lianyi.audience.segments.queries import segment_names
from lianyi.events.catalogue.queries import types_by_volume
from lianyi.events.catalogue.words import EVENTS
from lianyi.people.profiles.queries import known_tags, sources, trait_catalogue
from lianyi.people.profiles.touches.words import CHANNELS
from lianyi.rules.checking import OF_SEGMENTS
from lianyi.rules.nodes import ANYTHING
from lianyi.web import labels
from lianyi.web.segments.builder_words import AXES, STATES, WORDS

_MOST = 500  # of each that a choice offers; others can be written
_CONSENT_CHANNELS = ("email", "sms", "wechat", "phone", "push")
_PURPOSES = ("marketing", "service", "research")


def vocabulary_of(workspace: int, language: str, *, but: int | None = None) -> dict[str, Any]:
    """For the island; `but` is the segment that is edited, which no rule of its own may ask for."""
    chinese = language.startswith("zh")
    seen = list(sources(workspace).values())
    names = [one.name for one in types_by_volume(workspace, _MOST) if one.name not in OF_SEGMENTS]
    return {
        "traits": [
            [one.name, (one.label_zh if chinese else one.label_en) or one.name, one.kind.value]
            for one in trait_catalogue(workspace)
        ],
        "tags": [[dimension, name] for dimension, name in known_tags(workspace)[:_MOST]],
        "dimensions": _pairs(labels.DIMENSIONS),
        "stages": _pairs(labels.STAGES),
        "states": _pairs(STATES),
        "axes": _pairs(AXES),
        "identities": _pairs(labels.KINDS),
        "events": [[ANYTHING, str(WORDS["anything"])], *_events(names)],
        "segments": [[str(number), name] for number, name in segment_names(workspace).items() if number != but],
        "channels": _said(one.channel for one in seen),
        "mediums": _said(one.medium for one in seen),
        "campaigns": _said(one.campaign for one in seen),
        "codes": _said(one.code for one in seen),
        "consent_channels": [[name, str(CHANNELS.get(name, WORDS.get(name, name)))] for name in _CONSENT_CHANNELS],
        "purposes": [[name, str(WORDS[name])] for name in _PURPOSES],
        "words": {name: str(said) for name, said in WORDS.items()},
    }


def _pairs(said: Mapping[str, Promise]) -> list[list[str]]:
    return [[name, str(label)] for name, label in said.items()]


def _said(names: Iterable[str]) -> list[list[str]]:
    return [[name, str(CHANNELS.get(name, name))] for name in sorted({name for name in names if name})[:_MOST]]


def _events(names: Collection[str]) -> Iterator[list[str]]:
    """In words where we have them; several that are called the same are told apart by their names."""
    said = {name: str(EVENTS.get(name, name)) for name in names}
    often = Counter(said.values())
    for name, label in said.items():
        yield [name, label if often[label] == 1 else f"{label} · {name}"]
