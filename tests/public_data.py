"""Public files that tests read: below LIANYI_DATA, else in the PyPI packages that carry them, else generated.

What is known of a public file is checked only where it is that file; the end of a run says which was read.
"""

import os
from functools import cache
from pathlib import Path

from bench.public_people import data_folder
from tests.session import HOME

from lianyi.assembly.demo.data import DemoFile, demo_files

GENERATED = "generated"


@cache
def files() -> dict[str, DemoFile]:
    """The demo's three files by what they hold: people, events, orders."""
    return {one.kind: one for one in demo_files(data_folder(), HOME / f"generated-{os.getpid()}")}


def phone_numbers() -> Path | None:
    """The published example numbers; without the file the library that they come from has them."""
    folder = data_folder()
    path = folder / "contact_formats/phone_vectors_libphonenumber.csv" if folder else None
    return path if path and path.is_file() else None


def told() -> str:
    """Which files this run reads, in one line."""
    parts = [f"{one.path.name} ({one.origin})" for one in files().values()]
    numbers = "LIANYI_DATA" if phone_numbers() else "PyPI package phonenumbers"
    return f"Public data: {', '.join([*parts, f'phone numbers ({numbers})'])}."
