"""A workspace, and a clock that stands where it is put."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from tests.foundation.webhooks.receiving import Receiver, receiver

from lianyi.foundation.workspaces.actions import create_workspace

_slugs = count(1)


class Standing:
    """A clock."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Standing:
    return Standing()


@pytest.fixture
def workspace(db: None) -> int:
    return create_workspace(f"webhooks-{next(_slugs)}", "Webhooks").pk


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made
