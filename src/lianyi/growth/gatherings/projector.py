"""The projector `gatherings`: who registered, and what has become of each. Rows stand under identities, so merge and
un-merge move none.
"""

from lianyi.events.projection_tables import fingerprint, forget
from lianyi.events.schemas import Batch
from lianyi.growth.gatherings.storing import (
    ACT_COLUMNS,
    ACTS,
    NAMES,
    REGISTRATION_COLUMNS,
    REGISTRATIONS,
    Told,
    keep,
)

_TABLES = {REGISTRATIONS: REGISTRATION_COLUMNS, ACTS: ACT_COLUMNS}


class GatheringsProjector:
    """Only events of our own count: what a sender calls so is theirs."""

    name = "gatherings"

    def project(self, batch: Batch) -> None:
        """Applies a batch whose numbers are filled, in the caller's transaction."""
        keep(
            batch.workspace,
            [
                Told(event, batch.number, number)
                for event, number in zip(batch.events, batch.numbers, strict=True)
                if event.name in NAMES and event.form == "own"
            ],
        )

    def forget(self, workspace: int) -> None:
        """Drops what was derived; gatherings, first check-ins and what was told stay."""
        for table in _TABLES:
            forget(table, workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest of the registrations and of what happened to them."""
        return {table: fingerprint(table, columns, workspace) for table, columns in _TABLES.items()}
