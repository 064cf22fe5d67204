"""A list of people, read page by page."""

from lianyi.people.profiles.queries import found_people
from lianyi.people.profiles.schemas import Place, Wanted


def page_by_page(workspace: int, wanted: Wanted, now: int) -> list[int]:
    """Everybody who is wanted, two people at a time."""
    every: list[int] = []
    after: Place | None = None
    while True:
        page = found_people(workspace, wanted, now, 2, after)
        every += page.numbers
        if page.further is None:
            return every
        after = page.further
