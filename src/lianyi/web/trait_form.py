"""A trait of a person as a field of a form: one of the catalogue, shown and read by its type."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from lianyi.kernel.errors import Refused
from lianyi.people.profiles.queries import trait_catalogue
from lianyi.people.profiles.schemas import TraitShown, TraitType
from lianyi.web.refusals import told

_INPUTS = {TraitType.NUMBER: "number", TraitType.DATE: "date", TraitType.MOMENT: "datetime-local"}


@dataclass(frozen=True)
class Typed:
    """What was typed for a trait, and why it was refused."""

    name: str
    text: str
    refused: Refused


@dataclass(frozen=True)
class TraitForm:
    """The traits to choose from, and the chosen one with its value, if one is."""

    known: list[Any]
    chosen: Any = None
    input: str = "text"
    text: str = ""
    known_value: bool = False
    wrong: str = ""


def form_of(workspace: int, name: str, traits: tuple[TraitShown, ...], typed: Typed | None) -> TraitForm:
    """The form of a person's page; a name that is none of the catalogue's chooses nothing."""
    known = trait_catalogue(workspace)
    asked = typed.name if typed else name
    chosen = next((trait for trait in known if trait.name == asked), None)
    if chosen is None:
        return TraitForm(known, wrong=told(typed.refused) if typed else "")
    has = next((trait for trait in traits if trait.name == chosen.name), None)
    text = typed.text if typed else "" if has is None else _written(has.value, chosen.kind)
    return TraitForm(
        known,
        chosen,
        "boolean" if chosen.kind is TraitType.BOOLEAN else _INPUTS.get(chosen.kind, "text"),
        text,
        has is not None,
        told(typed.refused) if typed else "",
    )


def read(workspace: int, name: str, text: str) -> Any:
    """The value that was typed for a trait. Refuses one that the catalogue does not have, and nothing at all."""
    trait = next((trait for trait in trait_catalogue(workspace) if trait.name == name), None)
    if trait is None:
        raise Refused("trait.undeclared", "There is no trait {name}.", "Declare it in the settings first.", name=name)
    if not text.strip():
        raise Refused("trait.empty", "A value is missing.", "Use the other button to remove what was said.")
    if trait.kind is TraitType.LIST:
        return [item.strip() for item in text.replace("，", ",").replace("、", ",").split(",") if item.strip()]
    if trait.kind is TraitType.MOMENT:
        return _in_zone(text)
    return text


def _in_zone(text: str) -> str:
    """A moment without a zone is meant in that of the workspace."""
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        return text
    return text if found is None or found.tzinfo else timezone.make_aware(found).isoformat()


def _written(value: Any, kind: TraitType) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(map(str, value))
        case str() if kind is TraitType.MOMENT:
            return timezone.localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%dT%H:%M")
        case _:
            return str(value)
