"""Which segments the rules of assignment ask for."""

from collections.abc import Iterator

from lianyi.audience.handover.settings import assignment_of
from lianyi.audience.segments.using import User
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.rules.needing import needs
from lianyi.rules.reading import read


def segments_asked(workspace: int) -> Iterator[tuple[int, User]]:
    """A segment, and the rule that asks for it."""
    for rule in assignment_of(workspace).rules:
        if rule.rule is None:
            continue
        try:
            inner = needs(read(dict(rule.rule))).segments
        except Refused:  # of a version that nobody reads any more; it holds for nobody
            continue
        user = User("handover", rule.name, Sentence("the rule of hand-over {name!r}", name=rule.name))
        yield from ((segment, user) for segment in sorted(inner))
