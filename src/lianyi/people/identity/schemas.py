"""What other rooms get from this one."""

from typing import Literal, NamedTuple

Reason = Literal["two_strong", "kept_apart"]
Said = Literal["same", "different", "later"]


class IdentityOf(NamedTuple):
    """One identity of a person, as a page shows it."""

    number: int
    kind: str
    scope: str
    value: str
    strong: bool
    first_seen_at: int  # µs


class Question(NamedTuple):
    """Two identities that somebody vouches are one person, and that had to stay apart: is it the same person?

    `reasons`: `two_strong`, the persons have two different strong identities of `spaces` (kind, scope); `kept_apart`,
    a member said that they are different before this was stated.
    """

    a: int
    b: int
    person_a: int
    person_b: int
    reasons: tuple[Reason, ...]
    spaces: tuple[tuple[str, str], ...]
    stated_at: int  # µs


class Answered(NamedTuple):
    """A question that somebody answered or put off, and why it was asked. `decision` (hex) is the event that the answer
    led to, "" for none; persons that are there no more are 0.
    """

    question: Question
    said: Said
    said_at: int  # µs
    actor: str
    decision: str


class MergeOf(NamedTuple):
    """A merge that holds a person together; `event_id` (hex) takes it back."""

    event_id: str
    a: int
    b: int
    occurred_at: int  # µs


class MoveOf(NamedTuple):
    """An identity that a batch gave to another person."""

    number: int
    was: int
    became: int


class Counts(NamedTuple):
    """How many identities, persons and open questions a workspace has."""

    identities: int
    persons: int
    questions: int
