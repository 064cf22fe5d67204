"""The projector `forms`: a row for each submission. Rows stand under identities, so merge and un-merge move none."""

from lianyi.events.projection_tables import fingerprint, forget
from lianyi.events.schemas import Batch
from lianyi.growth.forms.storing import COLUMNS, TABLE, keep

SUBMITTED = "form.submitted"


class FormsProjector:
    """Only events of our own count: what a sender calls so is theirs."""

    name = "forms"

    def project(self, batch: Batch) -> None:
        """Applies a batch whose numbers are filled, in the caller's transaction."""
        keep(
            batch.workspace,
            [
                (event, number)
                for event, number in zip(batch.events, batch.numbers, strict=True)
                if event.name == SUBMITTED and event.form == "own"
            ],
        )

    def forget(self, workspace: int) -> None:
        """Drops what was derived; forms and what was published of them stay."""
        forget(TABLE, workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest of the submissions."""
        return {TABLE: fingerprint(TABLE, COLUMNS, workspace)}
