"""The projector `surveys`: a row for each response. Rows stand under identities, so merge and un-merge move none."""

from lianyi.events.projection_tables import fingerprint, forget
from lianyi.events.schemas import Batch
from lianyi.growth.surveys.storing import COLUMNS, STAGES, TABLE, keep


class SurveysProjector:
    """Only events of our own count: what a sender calls so is theirs."""

    name = "surveys"

    def project(self, batch: Batch) -> None:
        """Applies a batch whose numbers are filled, in the caller's transaction."""
        keep(
            batch.workspace,
            [
                (event, number)
                for event, number in zip(batch.events, batch.numbers, strict=True)
                if event.name in STAGES and event.form == "own" and not event.machine
            ],
        )

    def forget(self, workspace: int) -> None:
        """Drops what was derived; surveys and what was published of them stay."""
        forget(TABLE, workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest of the responses."""
        return {TABLE: fingerprint(TABLE, COLUMNS, workspace)}
