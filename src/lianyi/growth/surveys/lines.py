"""Surveys and responses as other rooms see them."""

from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from lianyi.growth.surveys.schemas import Definition

LONGEST_NAME = 100


class State(StrEnum):
    """What has become of a survey."""

    DRAFT = "draft"  # never published
    PUBLISHED = "published"
    OFFLINE = "offline"  # published once, takes nothing now
    ARCHIVED = "archived"  # offline, and out of the list


class Stage(IntEnum):
    """How far a response has come."""

    UNDER_WAY = 0
    SCREENED = 1
    COMPLETED = 2


class Survey(NamedTuple):
    """A survey. `changed` says whether its draft is another than what is published."""

    id: int
    address: str
    name: str
    state: State
    published: int | None
    changed: bool
    draft: Definition
    created_at: int
    changed_at: int


class SurveyLine(NamedTuple):
    """A survey in a list, with how many responses were completed and begun at all."""

    id: int
    address: str
    name: str
    state: State
    published: int | None
    changed_at: int
    completed: int
    begun: int
    newest_at: int | None


class Version(NamedTuple):
    """What was published under a number."""

    number: int
    definition: Definition
    digest: str
    published_at: int
    published_by: str


class ResponseLine(NamedTuple):
    """What somebody has answered. `person` is whose it is now; None for nobody."""

    response: str
    at: int
    began_at: int
    version: int
    person: int | None
    stage: Stage
    page: int
    answers: dict[str, Any]
    language: str
    channel: str
    campaign: str
    code: str
