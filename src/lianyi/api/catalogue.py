"""The catalogue of traits, whose word counts most, and the tags that are in use."""

from typing import Annotated, Literal

from ninja import Path, Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Body, Page, Paging
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.profiles.actions import declare_trait, set_trust
from lianyi.people.profiles.queries import people_of_tags, tag_lines, trait_catalogue, trust_order
from lianyi.people.profiles.tags.listing import TagLine
from lianyi.people.profiles.traits.catalogue import Trait
from lianyi.people.profiles.traits.facts import Strategy
from lianyi.people.profiles.traits.standard import our_name
from lianyi.people.profiles.traits.values import TraitType

_section = Section("Traits", "What is known of people: traits, whose word counts most, and tags.")
_TRAIT = {
    "name": "city",
    "kind": "text",
    "strategy": "latest",
    "label_zh": "城市",
    "label_en": "City",
    "sensitive": False,
}
_TAG = {"dimension": "preference", "name": "咖啡", "people": 120, "passing": 3}
_TRUST = {"origins": ["member", "cli", "import", "system", "server", "browser"]}
Name = Path[Annotated[str, Field(min_length=1, max_length=100)]]
DimensionName = Literal["attribute", "behaviour", "state", "preference"]
KindName = Literal["text", "number", "boolean", "date", "moment", "list"]
StrategyName = Literal["latest", "first", "most_trusted"]


class TraitShown(BaseModel):
    """A trait of the catalogue."""

    name: str
    kind: KindName
    strategy: StrategyName = Field(description="Which of several values it shows.")
    label_zh: str
    label_en: str
    sensitive: bool


class TraitTold(Body):
    """How a trait is picked and shown. The kind of one that is there stays."""

    kind: KindName
    strategy: StrategyName = "latest"
    label_zh: str = Field("", max_length=100)
    label_en: str = Field("", max_length=100)
    sensitive: bool = False


class Trust(BaseModel):
    """Origins of traits, the most trusted first; `import` stands for every import."""

    origins: list[str]


class TrustTold(Body):
    """The same, to be set."""

    origins: list[Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]] = Field(
        min_length=1, max_length=100
    )


class TagShown(BaseModel):
    """A tag, and how many people have it."""

    dimension: DimensionName
    name: str
    people: int
    passing: int = Field(description="How many of them lose it by itself some day.")


class Tags(Paging):
    """Which tags."""

    dimension: DimensionName | None = None
    q: str = Field("", max_length=100, description="A part of the name.")


@_section.get("/traits", Ability.SEE_PEOPLE, answers=Page[TraitShown], example={"items": [_TRAIT], "next": None})
def list_traits(request: Request, paging: Query[Paging]) -> Page[TraitShown]:
    """Lists the traits of the workspace, by name."""
    place = place_in(request, paging.cursor)
    found = sorted(trait_catalogue(workspace_of(request)), key=lambda one: one.name)
    rows = [one for one in found if place is None or one.name > place[0]]
    return page_of(request, rows, paging.limit, lambda one: [one.name], _shown)


@_section.get("/traits/{path:name}", Ability.SEE_PEOPLE, answers=TraitShown, example=_TRAIT)
def get_trait(request: Request, name: Name) -> TraitShown:
    """Shows a trait of the catalogue."""
    ours = our_name(name)
    found = next((one for one in trait_catalogue(workspace_of(request)) if one.name == ours), None)
    if found is None:
        raise Unserved(404, "trait.unknown", "There is no trait {name} here.", name=name)
    return _shown(found)


@_section.put(
    "/traits/{path:name}",
    Ability.EDIT_SETTINGS,
    answers=TraitShown,
    example=_TRAIT,
    body={"kind": "text", "strategy": "latest", "label_zh": "城市", "label_en": "City"},
)
def put_trait(request: Request, name: Name, body: TraitTold) -> TraitShown:
    """Puts a trait into the catalogue, or changes how it is picked and shown."""
    trait = declare_trait(
        workspace_of(request),
        name,
        kind=TraitType(body.kind),
        strategy=Strategy(body.strategy),
        label_zh=body.label_zh,
        label_en=body.label_en,
        sensitive=body.sensitive,
    )
    return _shown(trait)


@_section.get("/trust", Ability.SEE_PEOPLE, answers=Trust, example=_TRUST)
def get_trust(request: Request) -> Trust:
    """Shows how far origins of traits are trusted."""
    return Trust(origins=trust_order(workspace_of(request)))


@_section.put("/trust", Ability.EDIT_SETTINGS, answers=Trust, example=_TRUST, body=_TRUST)
def put_trust(request: Request, body: TrustTold) -> Trust:
    """Ranks origins of traits. The most trusted comes first."""
    set_trust(workspace_of(request), body.origins)
    return get_trust(request)


@_section.get("/tags", Ability.SEE_REPORTS, answers=Page[TagShown], example={"items": [_TAG], "next": None})
def list_tags(request: Request, filters: Query[Tags]) -> Page[TagShown]:
    """Lists the tags that were ever given. Those that were first given last come first."""
    place, workspace = place_in(request, filters.cursor), workspace_of(request)
    before = place[0] if place else None
    rows = tag_lines(
        workspace, limit=filters.limit + 1, before=before, dimension=filters.dimension or "", part=filters.q.strip()
    )
    now = to_micros(system_clock())
    people = people_of_tags(workspace, [one.id for one in rows[: filters.limit]], now)

    def shown(one: TagLine) -> TagShown:
        having, passing = people.get(one.id, (0, 0))
        return TagShown(dimension=one.dimension, name=one.name, people=having, passing=passing)  # type: ignore[arg-type]

    return page_of(request, rows, filters.limit, lambda one: [one.id], shown)


def _shown(trait: Trait) -> TraitShown:
    return TraitShown(
        name=trait.name,
        kind=trait.kind.value,  # type: ignore[arg-type]
        strategy=trait.strategy.value,
        label_zh=trait.label_zh,
        label_en=trait.label_en,
        sensitive=trait.sensitive,
    )
