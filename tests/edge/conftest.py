"""One edge for the session, on the test's database, and a workspace of its own for each test."""

from collections.abc import Iterator
from itertools import count

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.edge.edges import Edge, Shop, address_of_test_database, running_edge, shop_of
from tests.emptying import empty_log

from lianyi.foundation.workspaces.actions import create_workspace

_numbers = count()


@pytest.fixture(scope="session")
def edge(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Edge]:
    """The edge's own process."""
    with django_db_blocker.unblock():
        database = address_of_test_database()
    with running_edge(tmp_path_factory.mktemp("edge"), DATABASE_URL=database) as running:
        yield running


@pytest.fixture
def shop(transactional_db: None, edge: Edge) -> Shop:
    """A workspace that sends to the edge."""
    empty_log()
    return shop_of(edge, create_workspace(f"shop-{next(_numbers)}", "Shop"))
