"""What doors name of pages."""

from typing import NamedTuple

from lianyi.growth.pages.schemas import Definition
from lianyi.kernel.errors import Refused


class Page(NamedTuple):
    """A page. Moments are microseconds."""

    id: int
    slug: str
    host: str  # of an own domain; "" at the installation's own address
    name: str
    draft: Definition
    edition: int
    version: int | None  # that is published
    changed: bool  # whether the draft is another than what was published last
    created_at: int
    changed_at: int
    archived_at: int | None


class Version(NamedTuple):
    """What was published, when and by whom."""

    number: int
    at: int
    actor: str
    definition: Definition


class PageUnknown(Refused):
    """There is no such page here."""

    def __init__(self, page: int) -> None:
        super().__init__("page.unknown", "There is no page {page} here.", "List them: lianyi page list", page=page)
