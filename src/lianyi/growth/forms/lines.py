"""Forms and submissions as other rooms see them."""

from enum import StrEnum
from typing import Any, NamedTuple

from lianyi.growth.forms.schemas import Definition
from lianyi.people.profiles.queries import CameFrom

LONGEST_NAME = 100


class State(StrEnum):
    """What has become of a form."""

    DRAFT = "draft"  # never published
    PUBLISHED = "published"
    OFFLINE = "offline"  # published once, takes nothing now
    ARCHIVED = "archived"  # offline, and out of the list


class Form(NamedTuple):
    """A form. `changed` says whether its draft is another than what is published."""

    id: int
    address: str
    name: str
    state: State
    published: int | None
    changed: bool
    draft: Definition
    created_at: int
    changed_at: int


class FormLine(NamedTuple):
    """A form in a list."""

    id: int
    address: str
    name: str
    state: State
    published: int | None
    changed_at: int
    submissions: int
    newest_at: int | None


class Version(NamedTuple):
    """What was published under a number."""

    number: int
    definition: Definition
    digest: str
    published_at: int
    published_by: str


class SubmissionLine(NamedTuple):
    """What somebody sent. `person` is whose it is now; None for nobody."""

    event: str
    at: int
    form: int
    version: int
    person: int | None
    answers: dict[str, Any]
    language: str
    source: CameFrom
    page: str
    confirmed_at: int | None  # µs; 0 for an address that waits to be confirmed, None where none is to be


class Letter(NamedTuple):
    """The mail by which somebody confirms: of which form, in which words, to whom; and until when its link works."""

    address: str  # of the form
    definition: Definition
    email: str
    language: str
    host: str  # the own domain that the form was filled in at
    until: int  # µs
