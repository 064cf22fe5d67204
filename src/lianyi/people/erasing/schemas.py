"""What erasures give out."""

from typing import Any, NamedTuple

LOG = ("log", "batch")
MEDIA = ("media_file",)


class Erased(NamedTuple):
    """What an erasure took from each store at once. The lake's files wait for the next pass over them."""

    people: list[int]  # most often one
    numbers: list[int]  # of their identities
    database: dict[str, int]  # table → rows, where there were any
    bodies: int  # of the log, written anew
    events: int  # that went from them
    media: int  # files named by nobody else, and the rows that named them
    media_rows: int
    import_rows: int  # of files of refused rows

    def tables(self) -> set[str]:
        """The tables from which something went."""
        return {*self.database, *(LOG if self.bodies else ()), *(MEDIA if self.media_rows else ())}

    def counts(self) -> dict[str, Any]:
        """As the command line and others show it. Exports are handed over and not kept."""
        return {
            "person": self.people[0],
            "identities": len(self.numbers),
            "database": self.database,
            "log": {"bodies": self.bodies, "events": self.events},
            "media": {"rows": self.media_rows, "files": self.media},
            "imports": {"rows": self.import_rows},
            "exports": 0,
        }
