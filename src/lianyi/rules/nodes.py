"""The nodes of a rule. Their JSON is what is stored, what the API takes, what a file for the command line holds and
what the builder edits.

    {"kind": "all_of", "rules": [
        {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "上海"}},
        {"kind": "not", "rule": {"kind": "tagged", "tag": "vip"}},
        {"kind": "did", "event": "order.placed", "at_least": 2, "during": {"test": "within", "days": 90}}]}
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lianyi.rules.values import MOST_DAYS, Dates, FromToday, Name, Node, Number, PropertyTest, Test

VERSION = 1
MOST_RULES = 200  # of one group
MOST_NODES = 500  # of a whole rule: each may be a question about all that ever happened
MOST_WHERE = 20
DEEPEST = 20
ANYTHING = "*"  # stands for an event of any name, but for these:
# What Lianyi and its members say of people. It is no doing of theirs: "did anything" does not count it, and a weight of
# scores on it would go in circles.
NO_DOING = frozenset(
    {
        *("segment.entered", "segment.left", "stage.changed", "score.changed", "arm.exposed"),
        *("handover.offered", "handover.accepted", "handover.rejected", "handover.won", "handover.lost"),
        *("tag.added", "tag.removed", "person.merged", "person.unmerged", "person.kept_apart", "person.reopened"),
    }
)

Grade = Literal["A", "B", "C", "D"]
State = Literal["hot", "nurture", "watch", "invalid"]
StageName = Literal["prospect", "intent", "first_purchase", "repeat", "dormant", "won_back"]
DimensionName = Literal["attribute", "behaviour", "state", "preference"]


class Within(Node):
    """The last so many times 24 hours."""

    test: Literal["within"] = "within"
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)]


During = Annotated[Within | Dates, Field(discriminator="test")]


class Where(Node):
    """A condition on one property of an event."""

    property: Name
    is_: Annotated[PropertyTest, Field(alias="is")]


Conditions = Annotated[tuple[Where, ...], Field(max_length=MOST_WHERE)]


class Trait(Node):
    """A trait of the person passes a test."""

    kind: Literal["trait"] = "trait"
    trait: Name
    is_: Annotated[Test, Field(alias="is")]


class Tagged(Node):
    """The person has this tag."""

    kind: Literal["tagged"] = "tagged"
    tag: Name
    dimension: DimensionName = "attribute"


class Stage(Node):
    """The person stands in one of these stages."""

    kind: Literal["stage"] = "stage"
    one_of: Annotated[tuple[StageName, ...], Field(min_length=1, max_length=6)]


class Score(Node):
    """A score of the person lies between bounds, both included: `fit` and `engagement`, or `likelihood`, which a model
    learned.
    """

    kind: Literal["score"] = "score"
    axis: Literal["fit", "engagement", "likelihood"]
    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Score":
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("bounds.none", "no bound")
        return self


class Graded(Node):
    """A grade of the person is one of these."""

    kind: Literal["graded"] = "graded"
    axis: Literal["fit", "engagement"]
    one_of: Annotated[tuple[Grade, ...], Field(min_length=1, max_length=4)]


class Warm(Node):
    """What fit and engagement together say of the person is one of these."""

    kind: Literal["warm"] = "warm"
    one_of: Annotated[tuple[State, ...], Field(min_length=1, max_length=4)]


class Consented(Node):
    """The person allows this purpose on this channel; silence is no consent."""

    kind: Literal["consented"] = "consented"
    channel: Name
    purpose: Name


class Source(Node):
    """The person's first, last or any touch came from here; what is not said may be anything."""

    kind: Literal["source"] = "source"
    touch: Literal["first", "last", "any"]
    channel: Name | None = None
    medium: Name | None = None
    campaign: Name | None = None
    code: Name | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> "Source":
        if self.channel is self.medium is self.campaign is self.code is None:
            raise PydanticCustomError("source.nowhere", "no source")
        return self


class Identified(Node):
    """The person has an identity of this kind: a phone, an openid, …"""

    kind: Literal["identified"] = "identified"
    by: Name


class Did(Node):
    """The person did this so many times; `event` "*" is anything but what `NO_DOING` names. Machines' doing does not
    count.
    """

    kind: Literal["did"] = "did"
    event: Name
    at_least: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    at_most: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    during: During | None = None
    where: Conditions = ()

    @model_validator(mode="after")
    def _bounded(self) -> "Did":
        if self.at_most is not None and self.at_most < self.at_least:
            raise PydanticCustomError("bounds.crossed", "at least over at most")
        return self


class DidWhen(Node):
    """The day on which the person did this first, or last, passes a test."""

    kind: Literal["did_when"] = "did_when"
    event: Name
    which: Literal["first", "last"]
    is_: Annotated[Dates | FromToday, Field(alias="is", discriminator="test")]
    where: Conditions = ()


class DidSum(Node):
    """What a property of these events comes to lies between bounds, both included. Events without a number there don't
    count, and who has no such event has no sum.
    """

    kind: Literal["did_sum"] = "did_sum"
    event: Name
    property: Name
    at_least: Number | None = None
    at_most: Number | None = None
    during: During | None = None
    where: Conditions = ()

    @model_validator(mode="after")
    def _bounded(self) -> "DidSum":
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("bounds.none", "no bound")
        return self


class Pattern(Node):
    """Events of one name that meet all conditions."""

    event: Name
    where: Conditions = ()


class DidThen(Node):
    """The person did `first`, and within so many times 24 hours after that `then`; with `happened` false: and did not,
    though that time has passed. Once is enough.
    """

    kind: Literal["did_then"] = "did_then"
    first: Pattern
    then: Pattern
    within_days: Annotated[int, Field(ge=1, le=3_650)]
    happened: bool = True
    during: During | None = None  # when `first` was done


class InSegment(Node):
    """The person is a member of another segment."""

    kind: Literal["in_segment"] = "in_segment"
    segment: Annotated[int, Field(ge=1, le=2**31 - 1)]


class AllOf(Node):
    """All of these hold."""

    kind: Literal["all_of"] = "all_of"
    rules: Annotated[tuple["Rule", ...], Field(min_length=1, max_length=MOST_RULES)]


class AnyOf(Node):
    """At least one of these holds."""

    kind: Literal["any_of"] = "any_of"
    rules: Annotated[tuple["Rule", ...], Field(min_length=1, max_length=MOST_RULES)]


class Not(Node):
    """This does not hold."""

    kind: Literal["not"] = "not"
    rule: "Rule"


Leaf = (
    Trait
    | Tagged
    | Stage
    | Score
    | Graded
    | Warm
    | Consented
    | Source
    | Identified
    | Did
    | DidWhen
    | DidSum
    | DidThen
    | InSegment
)
Behaviour = Did | DidWhen | DidSum | DidThen
Rule = Annotated[Leaf | AllOf | AnyOf | Not, Field(discriminator="kind")]

for _group in (AllOf, AnyOf, Not):
    _group.model_rebuild()
