"""The two families of errors, and nothing else.

`Refused` is for whoever asked: it says in one sentence what is wrong and what to do next. `Broken` is for whoever
runs the installation: a bug, or something outside that does not answer. Doors translate each once, into problem+json,
a form error or an exit code; no other layer catches them to say something vaguer.
"""


class Refused(Exception):
    """The user can act on this. `code` is stable and machine-readable (`phone.invalid`), `sentence` is for people."""

    def __init__(self, code: str, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}".rstrip()


class Broken(Exception):
    """A bug or an outage; nothing the user typed was wrong."""
