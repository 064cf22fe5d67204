"""The projector `forms`: a row for each submission, and what is to be told of it. Rows stand under identities, so merge
and un-merge move none; what is owed already is not owed again, so a rebuild sends nothing.
"""

from lianyi.events.projection_tables import fingerprint, forget
from lianyi.events.schemas import Batch
from lianyi.growth.forms.letters import owe
from lianyi.growth.forms.storing import COLUMNS, FILES, TABLE, confirm, keep

SUBMITTED, CONFIRMED = "form.submitted", "form.confirmed"


class FormsProjector:
    """Only events of our own count: what a sender calls so is theirs."""

    name = "forms"

    def project(self, batch: Batch) -> None:
        """Applies a batch whose numbers are filled, in the caller's transaction."""
        own = [
            (event, number) for event, number in zip(batch.events, batch.numbers, strict=True) if event.form == "own"
        ]
        sent = [(event, number) for event, number in own if event.name == SUBMITTED]
        keep(batch.workspace, sent)
        owe(batch.workspace, [event for event, _ in sent])
        confirm(batch.workspace, [event for event, _ in own if event.name == CONFIRMED])

    def forget(self, workspace: int) -> None:
        """Drops what was derived; forms, what was published of them and what was told of submissions stay."""
        forget(TABLE, workspace)
        forget(FILES, workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest of the submissions."""
        return {
            TABLE: fingerprint(TABLE, (*COLUMNS, "confirmed_at"), workspace),
            FILES: fingerprint(FILES, ("file", "event"), workspace),
        }
