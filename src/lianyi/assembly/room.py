"""Whether the disk has room for more: below LIANYI_MIN_FREE the worker pauses."""

import shutil

from django.conf import settings


def has_room() -> bool:
    """Whether the home's disk has more than LIANYI_MIN_FREE left."""
    return shutil.disk_usage(settings.ENVIRONMENT.home).free >= settings.ENVIRONMENT.min_free
