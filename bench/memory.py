"""Group `memory`: what an installation takes when nothing happens. PSS over all processes, PostgreSQL included."""

import time
import urllib.request

from bench.installation import installation
from bench.rows import Row, row


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements; memory under load is measured where the load is."""
    del size, peers
    with installation() as running:
        with urllib.request.urlopen(f"{running.ready['url']}sign-in", timeout=30) as answer:  # a page was served once
            answer.read()
        time.sleep(5)
        at_rest = running.memory()
    return [
        row(
            "memory of `up` at rest",
            "memory",
            at_rest / 1e6,
            "MB",
            size="an empty workspace",
            limit=400,
            better="lower",
        )
    ]
