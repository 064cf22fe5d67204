"""What a process holds before it is asked for anything: what is heavy comes with the first question that needs it."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import variables_of

HEAVY = {"deltalake", "duckdb", "fontTools", "ibis", "openpyxl", "pandas", "pyarrow", "pyspark", "scipy", "sklearn"}
EDGE = "import lianyi.edge.app"
WEB = """
import django; django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
"""
WORKER = """
import django; django.setup()
import lianyi.assembly.worker
"""


@pytest.mark.parametrize(
    ("process", "heavy"), [(EDGE, HEAVY | {"django", "icalendar", "numpy"}), (WEB, HEAVY), (WORKER, HEAVY)]
)
def test_a_process_begins_without_what_is_heavy(process: str, heavy: set[str], tmp_path: Path) -> None:
    script = f"import sys\n{process}\nprint(sorted({heavy} & sys.modules.keys()))"
    variables = {**variables_of(tmp_path), "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
