"""Files go when they are not needed any more, and when somebody is erased who may be in them."""

from datetime import datetime, timedelta

from lianyi.kernel.clock import to_micros
from lianyi.people.imports.models import ImportUpload
from lianyi.people.imports.uploads import keeping


def sweep(now: datetime) -> int:
    """Removes files that waited for too long, and what nobody knows; how many rows lost theirs."""
    before = to_micros(now - timedelta(seconds=keeping.KEPT_FOR))
    gone = _drop(ImportUpload.objects.filter(created_at__lt=before).exclude(stored="").exclude(state="running"))
    known = set(ImportUpload.objects.exclude(stored="").values_list("stored", flat=True))
    keeping.drop_forgotten(known)
    return gone


def forget_files(workspace: int) -> int:
    """Removes every file of the workspace that waits, since whoever is being erased may be in it; how many. One that is
    being imported goes when that is done, and brings back nothing from before.
    """
    return _drop(ImportUpload.objects.filter(workspace=workspace).exclude(stored="").exclude(state="running"))


def _drop(rows: object) -> int:
    found = list(rows)  # type: ignore[call-overload]
    for row in found:
        keeping.drop(row.stored)
    return ImportUpload.objects.filter(pk__in=[row.pk for row in found]).update(stored="")
