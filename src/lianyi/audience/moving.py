"""What became of people whose identities moved in a batch."""

from typing import NamedTuple

from pyroaring import BitMap

from lianyi.people.identity import queries as identity


class Moves(NamedTuple):
    """Pairs of a person and one of whom they got an identity, and who is nobody any more."""

    inherits: frozenset[tuple[int, int]]
    gone: BitMap

    @property
    def people(self) -> BitMap:
        """Everybody whom it concerns and who is there."""
        return BitMap(person for pair in self.inherits for person in pair) - self.gone


STILL = Moves(frozenset(), BitMap())


def moves_in(workspace: int, batch: int) -> Moves:
    """The moves of a batch."""
    moves = [one for one in identity.moves(workspace, batch) if one.was]
    if not moves:
        return STILL
    before = {one.was for one in moves}
    person_of = identity.persons_of(workspace, before)
    gone = BitMap(person for person in before if person_of.get(person) != person)
    return Moves(frozenset((one.became, one.was) for one in moves if one.became), gone)
