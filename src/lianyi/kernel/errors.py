"""The two families of errors, and nothing else.

`Refused` is for whoever asked: it says in one sentence what is wrong and what to do next. `Broken` is for whoever
runs the installation: a bug, or something outside that does not answer. Doors translate each once, into problem+json,
a form error or an exit code, and into the reader's language; no other layer catches them to say something vaguer.

    raise Refused("workspace.unknown", "There is no workspace {slug!r}.", "Name another.", slug=slug)
"""

import errno
from typing import Any

from lianyi.kernel.sentences import Sentence, sentence_of


class Refused(Exception):
    """The user can act on this. `code` is stable and machine-readable (`phone.invalid`); `sentence` and `next_step` are
    for people, and `values` fill in both.
    """

    def __init__(
        self, code: str, sentence: str | Sentence, next_step: str | Sentence = "", /, **values: object
    ) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence_of(sentence, values)
        self.next_step = sentence_of(next_step, values)

    @property
    def whole(self) -> Sentence:
        """What is wrong, and what to do next."""
        return in_a_row(self.sentence, self.next_step)

    def packed(self) -> dict[str, Any]:
        """What JSON can carry to another process, for `unpacked`."""
        return {"code": self.code, "sentence": self.sentence.packed(), "next_step": self.next_step.packed()}

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> "Refused":
        """The same refusal in this process."""
        sentence, next_step = (Sentence.unpacked(packed[name]) for name in ("sentence", "next_step"))
        return Refused(packed["code"], sentence, next_step)

    def __str__(self) -> str:
        return str(self.whole)


class Broken(Exception):
    """A bug or an outage; nothing the user typed was wrong."""

    def __init__(self, sentence: str | Sentence, /, **values: object) -> None:
        super().__init__()
        self.sentence = sentence_of(sentence, values)

    def __str__(self) -> str:
        return str(self.sentence)


def in_a_row(sentence: Sentence, next_step: Sentence) -> Sentence:
    """Both as one: not every language puts a blank between sentences."""
    if not next_step:
        return sentence
    return Sentence("{sentence} {next_step}", sentence=sentence, next_step=next_step)


_SYSTEM = {
    errno.EACCES: Sentence("permission denied"),
    errno.EPERM: Sentence("operation not permitted"),
    errno.ENOENT: Sentence("no such file or folder"),
    errno.EEXIST: Sentence("it exists already"),
    errno.ENOTDIR: Sentence("not a folder"),
    errno.EISDIR: Sentence("it is a folder"),
    errno.ENOSPC: Sentence("the disk is full"),
    errno.EDQUOT: Sentence("the quota is used up"),
    errno.EROFS: Sentence("it can only be read"),
    errno.EIO: Sentence("the disk does not answer"),
    errno.ENAMETOOLONG: Sentence("the name is too long"),
    errno.ELOOP: Sentence("its links go round in a circle"),
    errno.EADDRINUSE: Sentence("the address is in use"),
    errno.EADDRNOTAVAIL: Sentence("this machine does not have the address"),
}


def why(error: OSError) -> Sentence:
    """What the system says of the error."""
    told = _SYSTEM.get(error.errno or 0)
    return told or Sentence("system error {number}", number=error.errno or 0)
