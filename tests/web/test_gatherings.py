"""The editor of a gathering, by two members at once."""

import re

import pytest
from django.test import Client
from tests.growth.gatherings.making import published
from tests.web.conftest import Brand

from lianyi.growth.gatherings.actions import change_gathering
from lianyi.growth.gatherings.queries import gathering_of
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)


def fields_in(client: Client, place: str) -> dict[str, str]:
    """What a browser sends of the editor, apart from what is chosen or written in larger boxes."""
    page = client.get(place).content.decode()
    return dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', page))


def test_nobody_writes_over_what_somebody_else_changed(brand: Brand) -> None:
    workspace, client = brand.workspace.pk, brand.visitor()
    one = published(workspace, "fair")
    place = f"/gatherings/{one.id}/edit"
    mine = fields_in(client, place) | {"name": "Mine", "language": one.draft.language, "zone": one.draft.zone}
    assert mine["seen"] == str(gathering_of(workspace, one.id).changed_at)
    theirs = change_gathering(workspace, one.id, "Theirs", one.draft, system_clock())
    page = client.post(place, mine)
    assert (page.status_code, b"Somebody else has changed this gathering meanwhile." in page.content) == (422, True)
    assert f'name="seen" value="{mine["seen"]}"' in page.content.decode()
    assert gathering_of(workspace, one.id) == theirs
    assert client.post(place, mine | {"seen": str(theirs.changed_at)}).status_code == 302
    assert gathering_of(workspace, one.id).name == "Mine"
