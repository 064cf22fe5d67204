"""What the pages of likely duplicates and of identity conflicts share: where a list goes on, and what was answered."""

from collections.abc import Iterable

from django.http import HttpRequest

from lianyi.foundation.members.queries import names_of
from lianyi.web.asked import PERSONS, number_in

Place = tuple[float, int, int]


def decided(request: HttpRequest) -> tuple[int, int] | None:
    """The pair that was decided before this one came, for its undo."""
    ends = [number_in(one, PERSONS) for one in request.GET.get("decided", "").split("-")]
    return (ends[0], ends[1]) if len(ends) == 2 and ends[0] and ends[1] else None


def place_of(text: str) -> Place | None:
    """Where a list goes on: a score or a moment, and the two numbers of a pair."""
    parts = text.split("_")
    if len(parts) != 3:
        return None
    a, b = (number_in(one, PERSONS) for one in parts[1:])
    try:
        score = float(parts[0])
    except ValueError:
        return None
    return (score, a, b) if a and b and 0 <= score < 2**63 else None


def answerers(actors: Iterable[str]) -> dict[str, str]:
    """Actors such as "member:3" → how the members among them are called. Others are left out."""
    numbers = {one: int(one[7:]) for one in actors if one.startswith("member:") and one[7:].isdecimal()}
    names = names_of(numbers.values())
    return {actor: names[number] for actor, number in numbers.items() if number in names}
