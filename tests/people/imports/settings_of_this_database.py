"""Lianyi's settings with the database that a test session made, for processes that a test starts."""

import os

from lianyi.assembly.settings import *  # noqa: F403
from lianyi.assembly.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["LIANYI_TEST_DATABASE"]
