"""The address of a page is taken once, also by two workspaces at the same moment."""

import threading
import time

import pytest
from django.db import connection, transaction
from tests.growth.pages.pages import NOW, hero, page

from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.growth.pages import actions
from lianyi.growth.pages.models import PageRow
from lianyi.kernel.errors import Refused


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_an_address_at_once_the_second_is_told() -> None:
    one, two = (create_workspace(f"at-once-{number}", "Brand").pk for number in range(2))
    codes: list[str] = []

    def take() -> None:
        try:
            actions.create_page(two, "at-once", "Fair", page(hero()), NOW)
        except Refused as refused:
            codes.append(refused.code)
        finally:
            connection.close()

    other = threading.Thread(target=take)
    with transaction.atomic():
        actions.create_page(one, "at-once", "Fair", page(hero()), NOW)
        other.start()
        _until_somebody_waits()
    other.join()
    assert codes == ["page.taken"]
    assert list(PageRow.objects.values_list("workspace", flat=True)) == [one]


def _until_somebody_waits() -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            (waiting,) = cursor.fetchone() or (0,)
        if waiting:
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits for the address")
