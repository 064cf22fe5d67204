"""Tags in the database, by identity."""

from collections.abc import Sequence

from lianyi.events.schemas import Batch, Event
from lianyi.people.identity.news import News
from lianyi.people.profiles.dictionaries import ORIGINS, TAGS
from lianyi.people.profiles.schemas import Refusal
from lianyi.people.profiles.tables import FactTable
from lianyi.people.profiles.tags.facts import Dimension, TagFact, merge

NAME_CHARACTERS = 100

FACTS = FactTable(
    "tag_fact",
    {"identity": "int4", "tag": "int2"},
    {"added_at": "int8", "event": "bytea", "origin": "int2", "expires_at": "int8", "removed_at": "int8"},
)


def project(batch: Batch, places: Sequence[int], changes: News) -> list[Refusal]:
    """Keeps the tags that the events at `places` give or take; what was refused."""
    refused: list[Refusal] = []
    read: list[tuple[Event, int, tuple[str, str]]] = []
    for place in places:
        event = batch.events[place]
        name = _name(event)
        if name is None:
            refused.append(Refusal(event.position, "tag.invalid", "A tag needs a name and one of the four dimensions."))
        else:
            read.append((event, batch.numbers[place], name))
    tags = TAGS.numbers(batch.workspace, [name for _, _, name in read])
    origins = ORIGINS.numbers(batch.workspace, [(event.origin,) for event, _, _ in read])
    news: dict[tuple[int, int], TagFact] = {}
    for event, identity, name in read:
        if name not in tags:
            refused.append(Refusal(event.position, "tag.full", f"The workspace has {TAGS.limit:,} tags already."))
            continue
        key = (identity, tags[name])
        fact = _fact(event, origins.get((event.origin,)))
        news[key] = merge(news[key], fact) if key in news else fact
    for identity, tag in news:
        changes.of_identities(("tag", str(tag)), (identity,))
    FACTS.fold(batch.workspace, news, _read, lambda _key, a, b: merge(a, b))
    return refused


def of_identities(workspace: int, identities: Sequence[int]) -> dict[tuple[int, int], TagFact]:
    """(identity, tag) → what was said."""
    return {(key[0], key[1]): _read(row) for key, row in FACTS.read_under(workspace, "identity", identities).items()}


def of_tag(workspace: int, tag: int) -> dict[int, TagFact]:
    """Identity → what was said of this tag."""
    return {key[0]: _read(row) for key, row in FACTS.read_under(workspace, "tag", [tag]).items()}


def _read(row: tuple[object, ...]) -> TagFact:
    return TagFact(*row)  # type: ignore[arg-type]


def _name(event: Event) -> tuple[str, str] | None:
    name, dimension = event.properties.get("tag"), event.properties.get("dimension", Dimension.ATTRIBUTE.value)
    if not isinstance(name, str) or dimension not in list(Dimension):
        return None
    name = name.replace("\x00", "").strip()
    return (str(dimension), name) if 0 < len(name) <= NAME_CHARACTERS else None


def _fact(event: Event, origin: int | None) -> TagFact:
    if event.name == "tag.removed":
        return TagFact(removed_at=event.occurred_at)
    expires = event.properties.get("expires_at")
    return TagFact(event.occurred_at, event.id, origin, expires if type(expires) is int else None)
