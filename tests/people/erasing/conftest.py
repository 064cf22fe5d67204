from collections.abc import Iterator

import pytest
from tests.people.erasing.told import Brand, brand


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Brand]:
    with brand() as made:
        yield made
