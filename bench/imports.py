"""Group `import`: 541,909 order lines from a compressed file to orders of people."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.rows import Row, row

FILE = "online_retail/online_retail.csv.gz"
LINES = 541_909


def rows(size: str, *, peers: bool) -> list[Row]:
    """One process imports and works the pipeline off; nothing else runs but PostgreSQL."""
    del size, peers
    data = os.environ.get("LIANYI_DATA")
    path = Path(data) / FILE if data else None
    if path is None or not path.is_file():
        print(f"bench.imports needs LIANYI_DATA with {FILE}; left out", file=sys.stderr)
        return []
    mapping = Path(__file__).parents[1] / "src/lianyi/assembly/demo/retail_orders.yaml"
    with tempfile.TemporaryDirectory(prefix="lianyi-bench-") as home:
        variables = {**os.environ, "LIANYI_HOME": home}
        program = [sys.executable, "-m", "lianyi.assembly.main"]
        subprocess.run([*program, "doctor", "--json"], env=variables, stdout=subprocess.DEVNULL, timeout=300)
        began = time.perf_counter()
        for verb in (["import", "orders", str(path), "--map", str(mapping)], ["drain"]):
            subprocess.run(
                [*program, *verb, "--json"], env=variables, check=True, stdout=subprocess.DEVNULL, timeout=900
            )
        seconds = time.perf_counter() - began
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    said = f"{LINES:,} lines, import and pipeline"
    return [
        row("order lines imported", "import", seconds, "s", size=said, limit=45, better="lower"),
        row("order lines imported, largest process", "import", largest, "MiB", size=said, limit=1024, better="lower"),
    ]
