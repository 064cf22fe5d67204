"""The 2,357 customers of CDNOW whose purchases the papers were fitted to: below LIANYI_DATA, else in the PyPI package
Lifetimes, which carries the same files.
"""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from bench.public_people import data_folder

Floats = npt.NDArray[np.float64]
END = date(1997, 9, 30)  # of the 39 weeks


class Summary(NamedTuple):
    """Repeat purchases, the last one's and the present week, and the mean amount, of each customer."""

    x: Floats
    t_x: Floats
    T: Floats
    z: Floats


class Purchase(NamedTuple):
    """One purchase as the shop noted it."""

    customer: str
    day: date
    dollars: str


def summary() -> Summary:
    """The summary that the papers start from."""
    with public_file("cdnow_customers_summary_with_transactions.csv").open(newline="") as file:
        rows = [[float(row[name]) for name in ("x", "t_x", "T", "zbar")] for row in csv.DictReader(file)]
    return Summary(*np.array(rows).T)


def purchases() -> Iterator[Purchase]:
    """The purchases that the summary is of, and those of the 39 weeks after."""
    for line in public_file("CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        yield Purchase(customer, date(int(day[:4]), int(day[4:6]), int(day[6:])), dollars)


def public_file(name: str) -> Path:
    """Where a file of these data is; skips the test where it is nowhere."""
    folder = data_folder()
    if folder is not None and (folder / "cdnow" / name).is_file():
        return folder / "cdnow" / name
    spec = find_spec("lifetimes")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / "datasets" / name).is_file():
            return Path(place) / "datasets" / name
    pytest.skip(f"{name} is neither in LIANYI_DATA/cdnow nor in the package Lifetimes (make demo-data)")
