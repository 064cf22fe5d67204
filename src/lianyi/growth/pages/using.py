"""Which segments the buttons of pages are for."""

from collections.abc import Iterator

from lianyi.audience.segments.using import User
from lianyi.growth.pages.models import PageRow, VersionRow
from lianyi.growth.pages.reading import read_object
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence


def segments_asked(workspace: int) -> Iterator[tuple[int, User]]:
    """A segment, and the page that asks for it: in its draft, or as it is published."""
    for row in PageRow.objects.filter(workspace=workspace, archived_at=None).order_by("id"):
        published = VersionRow.objects.filter(page=row.pk, number=row.version or 0).values_list("definition", flat=True)
        asked: set[int] = set()
        for definition in (row.draft, *published):
            try:
                asked |= read_object(definition).segments()
            except Refused:  # of a version that nobody reads any more
                continue
        user = User("page", row.name, Sentence("the landing page {name!r}", name=row.name))
        yield from ((segment, user) for segment in sorted(asked))
