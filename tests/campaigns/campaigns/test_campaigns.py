"""Campaigns: a key for good, found and archived in their workspace only."""

from datetime import UTC, date, datetime

import pytest

from lianyi.campaigns.campaigns.actions import archive_campaign, change_campaign, create_campaign, restore_campaign
from lianyi.campaigns.campaigns.queries import campaign_of, campaigns, ids_of_keys
from lianyi.campaigns.campaigns.schemas import Draft
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SPRING = Draft("春季上新", "spring-2026", date(2026, 3, 1), date(2026, 3, 31), "新品")


def refused(work: object) -> str:
    with pytest.raises(Refused) as found:
        work()  # type: ignore[operator]
    return found.value.code


def test_a_campaign_is_made_changed_and_archived() -> None:
    made = create_campaign(1, SPRING, NOW)
    assert made[1:6] == ("spring-2026", "春季上新", date(2026, 3, 1), date(2026, 3, 31), "新品")
    changed = change_campaign(1, made.id, SPRING._replace(name=" Spring  sale ", ends_on=None))
    assert (changed.name, changed.ends_on) == ("Spring sale", None)
    assert refused(lambda: change_campaign(1, made.id, SPRING._replace(key="other"))) == "campaign.key_fixed"
    gone = archive_campaign(1, made.id, NOW)
    assert gone.archived_at == 1_772_323_200_000_000
    assert (campaigns(1, 10), campaigns(1, 10, archived="yes")) == ([], [gone])
    assert restore_campaign(1, made.id) == changed == campaign_of(1, made.id)
    assert [one.action for one in AuditLine.objects.order_by("pk")] == [
        "campaign.created", "campaign.changed", "campaign.archived", "campaign.restored"
    ]  # fmt: skip


def test_a_key_is_one_campaigns_in_its_workspace() -> None:
    made = create_campaign(1, SPRING, NOW)
    assert refused(lambda: create_campaign(1, SPRING._replace(key="SPRING-2026"), NOW)) == "campaign.there"
    other = create_campaign(2, SPRING, NOW)
    assert ids_of_keys(1, ["spring-2026", "none"]) == {"spring-2026": made.id}
    for act in (archive_campaign,):
        assert refused(lambda act=act: act(1, other.id, NOW)) == "campaign.unknown"
    assert refused(lambda: restore_campaign(1, other.id)) == "campaign.unknown"
    assert refused(lambda: change_campaign(1, other.id, SPRING)) == "campaign.unknown"
    assert refused(lambda: campaign_of(1, other.id)) == "campaign.unknown"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (SPRING._replace(name=" "), "campaign.name"),
        (SPRING._replace(name="x" * 201), "campaign.name"),
        (SPRING._replace(key="春"), "campaign.key"),
        (SPRING._replace(key="a b"), "campaign.key"),
        (SPRING._replace(key="x" * 65), "campaign.key"),
        (SPRING._replace(ends_on=date(2026, 2, 28)), "campaign.days"),
        (SPRING._replace(note="x" * 2001), "campaign.note"),
    ],
)
def test_what_means_nothing_is_refused(wrong: Draft, code: str) -> None:
    assert refused(lambda: create_campaign(1, wrong, NOW)) == code
    assert campaigns(1, 10) == []


def test_lists_are_searched_page_by_page() -> None:
    made = [create_campaign(1, Draft(f"Campaign {i}", f"key-{i}"), NOW).id for i in range(3)]
    assert [one.id for one in campaigns(1, 2)] == [made[2], made[1]]
    assert [one.id for one in campaigns(1, 2, before=made[1])] == [made[0]]
    assert [one.id for one in campaigns(1, 9, words="KEY-1")] == [made[1]]


def test_a_viewer_makes_none() -> None:
    with acting_as(Actor("member:1", 1, ABILITIES[Role.VIEWER])), pytest.raises(Denied):
        create_campaign(1, SPRING, NOW)
    assert campaigns(1, 10) == []
