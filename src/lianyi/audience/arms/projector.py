"""The projector `arms`: keeps the first exposure of each identity to each test."""

from lianyi.audience.arms.storing import Exposure, keep
from lianyi.events.projection_tables import fingerprint, forget
from lianyi.events.schemas import Batch

EXPOSED = "arm.exposed"


class ArmsProjector:
    """Only events of our own count: what a sender calls so is theirs."""

    name = "arms"

    def project(self, batch: Batch) -> None:
        """Applies a batch whose numbers are filled, in the caller's transaction."""
        seen: dict[tuple[int, int], Exposure] = {}
        for event, number in zip(batch.events, batch.numbers, strict=True):
            if event.name != EXPOSED or event.form != "own" or not number:
                continue
            key = (int(event.properties["test"]), number)
            one = Exposure(event.occurred_at, event.id, str(event.properties["arm"]))
            seen[key] = min(one, seen.get(key, one))
        keep(batch.workspace, seen)

    def forget(self, workspace: int) -> None:
        """Drops what was derived; tests stay."""
        forget("arm_exposure", workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest of the exposures."""
        return {"arm_exposure": fingerprint("arm_exposure", ("test", "identity", "at", "event", "arm"), workspace)}
