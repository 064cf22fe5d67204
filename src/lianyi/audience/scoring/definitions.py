"""The settings of a workspace as the pipeline sees them."""

from typing import NamedTuple

import msgspec
from django.db import connection

from lianyi.audience.scoring.fitting import needs_of
from lianyi.audience.scoring.models import ScoringRow
from lianyi.audience.scoring.schemas import Settings
from lianyi.rules.needing import Needs, needs
from lianyi.rules.nodes import AnyOf, Did


class Definition(NamedTuple):
    """How a workspace is to score, and how far it is. `current` are the settings by which people are scored now, which
    stay while everybody is scored anew.
    """

    edition: int
    settings: Settings
    current: Settings | None
    fit: Needs | None
    doing: Needs | None
    built: int = 0
    due: bool = False
    asked_at: int = 0
    version: int = 0


class Known:
    """Definitions by workspace; read again when their edition is another."""

    def __init__(self) -> None:
        self._read: dict[int, Definition] = {}

    def of(self, workspace: int) -> Definition | None:
        """That of now; None where nobody took any. One short question as long as it does not change."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT edition, built, due, asked_at, version FROM scoring WHERE workspace = %s", [workspace]
            )
            row = cursor.fetchone()
        if row is None:
            return None
        known = self._read.get(workspace)
        if known is None or (known.edition, known.built) != row[:2]:
            known = self._read[workspace] = _defined(workspace)
        return known._replace(due=row[2], asked_at=row[3], version=row[4])


def _defined(workspace: int) -> Definition:
    row = ScoringRow.objects.get(workspace=workspace)
    settings = read_settings(row.settings)
    events = [Did(event=weight.event) for weight in settings.weights]
    doing = needs(AnyOf.model_construct(rules=tuple(events))) if events else None
    current = None if row.current is None else read_settings(row.current)
    return Definition(row.edition, settings, current, needs_of(settings.fit), doing, row.built)


def read_settings(stored: object) -> Settings:
    """Settings as they are kept."""
    return Settings.model_validate_json(msgspec.json.encode(stored))


def stored_settings(settings: Settings) -> dict[str, object]:
    """How settings are kept."""
    return settings.model_dump(mode="json", by_alias=True, exclude_none=True)
