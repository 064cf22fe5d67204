"""A website with the tracker in its pages, and the collector that it reports to."""

from collections.abc import Iterator

import pytest
from tests.browser.tracker.serving import TRACKER, Collector, Website


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Records what browsers send."""
    if not TRACKER.exists():
        pytest.fail(f"{TRACKER} is missing: build it with `npm ci` and `npm run build`.")
    with Collector() as server:
        yield server


@pytest.fixture
def website(collector: Collector) -> Iterator[Website]:
    """http://shop.test, a page for every path."""
    with Website(collector.url) as server:
        yield server
