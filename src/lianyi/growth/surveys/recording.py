"""A response as the events that it becomes. No Django here: the edge records them.

`survey.answered` keeps each page but the last, with all that was answered so far; `survey.completed` or
`survey.screened` ends the response, with the traits that follow, and a `tag.added` for each tag. The ids follow from
the response or from the page's issue, so the same one sent twice is the same events, and a person counts once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lianyi.events.intake.own import OwnEvent
from lianyi.growth.surveys.answers import answers_of, tags_of, traits_of
from lianyi.growth.surveys.schemas import Definition, Found
from lianyi.growth.surveys.state import State
from lianyi.kernel.ids import digest

ANSWERED, COMPLETED, SCREENED = "survey.answered", "survey.completed", "survey.screened"


class Given(NamedTuple):
    """What somebody has answered, and under which circumstances."""

    survey: int
    definition: Definition
    found: Found
    at: int  # µs
    who: Sequence[tuple[str, str, str, bool]]
    machine: bool = False


def answered(state: State, given: Given) -> list[OwnEvent]:
    """A page was sent, and others follow."""
    return [_event(ANSWERED, digest(ANSWERED, state.survey, state.nonce).hex(), state, given)]


def completed(state: State, given: Given, quotas: Sequence[str]) -> list[OwnEvent]:
    """The last page was sent; `quotas` are those that the response counts for."""
    traits = traits_of(given.definition, given.found) or None
    number = digest(COMPLETED, state.survey, state.response).hex()
    events = [_event(COMPLETED, number, state, given, traits, quotas=list(quotas))]
    for one in tags_of(given.definition, given.found):
        said = {"dimension": one.dimension, "tag": one.tag, "expires_at": None}
        events.append(
            OwnEvent(
                digest("tag", number, one.dimension, one.tag).hex(), "tag.added", given.at, list(given.who),
                _origin(given), None, said, None, given.machine,
            )
        )  # fmt: skip
    return events


def screened(state: State, given: Given, quota: str) -> list[OwnEvent]:
    """Whoever answered so is let go: the quota is full."""
    number = digest(SCREENED, state.survey, state.response).hex()
    return [_event(SCREENED, number, state, given, quota=quota)]


def _event(
    name: str, number: str, state: State, given: Given, traits: dict[str, Any] | None = None, **more: Any
) -> OwnEvent:
    said: dict[str, Any] = {
        "survey": given.survey,
        "version": state.version,
        "response": state.response,
        "page": state.place + 1,
        "began": state.began,
        "language": state.language,
        "answers": answers_of(given.definition, given.found),
        **more,
    }
    return OwnEvent(
        number, name, given.at, list(given.who), _origin(given), traits, said, state.source, given.machine
    )  # fmt: skip


def _origin(given: Given) -> str:
    return f"survey:{given.survey}"
