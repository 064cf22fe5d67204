"""What a batch changed of whom, handed from projector to projector while the batch is in hand.

A projector that stands behind others would have to read every event again to find it out. Nothing of it is stored: who
comes later, or finds that another batch is told of, looks at what is stored instead. It may name somebody too many.
"""

from collections.abc import Iterable

Fact = tuple[str, ...]


class News:
    """Of one batch: identities and persons of whom some fact changed, by fact; ("trait", "5") for example. Whoever
    tells of a fact names it.
    """

    def __init__(self) -> None:
        self._of = (0, 0)
        self.identities: dict[Fact, set[int]] = {}
        self.persons: dict[Fact, set[int]] = {}

    def begin(self, workspace: int, batch: int) -> None:
        """From now on this batch is told of; going on with the same one forgets nothing."""
        if self._of != (workspace, batch):
            self._of = (workspace, batch)
            self.identities, self.persons = {}, {}

    def tells_of(self, workspace: int, batch: int) -> bool:
        """Whether all of it was begun with this batch."""
        return self._of == (workspace, batch)

    def __bool__(self) -> bool:
        return bool(self.identities or self.persons)

    def of_identities(self, fact: Fact, identities: Iterable[int]) -> None:
        """What was said of these identities changed."""
        some = set(identities)
        if some:
            self.identities.setdefault(fact, set()).update(some)

    def of_persons(self, fact: Fact, persons: Iterable[int]) -> None:
        """What is derived for these persons may have changed."""
        some = set(persons)
        if some:
            self.persons.setdefault(fact, set()).update(some)
