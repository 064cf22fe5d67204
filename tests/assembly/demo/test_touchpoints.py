"""The demo's campaign: what was made of it, and what its visits come to."""

import pytest
from tests.people.erasing.told import brand, identify

from lianyi.assembly.demo.fair import SEATS
from lianyi.assembly.demo.touchpoints import CAMPAIGN, STANDS, make_campaign
from lianyi.campaigns.campaigns.queries import ids_of_keys
from lianyi.foundation.workspaces.queries import workspace_of_id
from lianyi.growth.forms.queries import forms
from lianyi.growth.gatherings.queries import gatherings
from lianyi.growth.gatherings.telling import tell_missed, tell_registered
from lianyi.growth.pages.queries import pages
from lianyi.growth.surveys.queries import surveys
from lianyi.insight.results.queries import campaign_results
from lianyi.insight.results.schemas import Step
from lianyi.kernel.addresses import Reach
from lianyi.kernel.clock import system_clock

ADDRESS = "http://localhost:8000"


@pytest.mark.django_db(transaction=True)
def test_the_campaign_is_made_once_and_its_visits_are_counted_by_stand() -> None:
    with brand() as shop:
        shop.send(*(identify(f"user_{number:04}") for number in range(600)))
        workspace = workspace_of_id(shop.workspace)
        assert make_campaign(workspace, ADDRESS, Reach())
        assert not make_campaign(workspace, ADDRESS, Reach())
        shop.run()
        assert ids_of_keys(shop.workspace, [CAMPAIGN])
        (page,), (form,) = pages(shop.workspace, 10), forms(shop.workspace, 10)
        assert (page.slug, page.version) == (f"fair-{workspace.slug}", 1)
        found = campaign_results(shop.workspace, CAMPAIGN)
        codes = {f"fair-{place}" for place in range(1, len(STANDS) + 1)}
        assert {line.source.code for line in found.lines} == {*codes, ""}
        clicks, visits, leads = (found.total[list(Step).index(one)] for one in (Step.CLICK, Step.VISIT, Step.LEAD))
        assert clicks.people == clicks.events > visits.events > leads.events > 0
        assert form.submissions == leads.events


@pytest.mark.django_db(transaction=True)
def test_the_try_out_has_all_that_may_become_of_a_registration_and_each_step_has_somebody() -> None:
    with brand() as shop:
        shop.send(*(identify(f"user_{number:04}") for number in range(600)))
        workspace = workspace_of_id(shop.workspace)
        assert make_campaign(workspace, ADDRESS, Reach())
        shop.run()
        (gathering,) = gatherings(shop.workspace, 10)
        counts = gathering.counts
        assert (counts.seated, gathering.seats) == (SEATS, SEATS)
        assert min(counts.waiting, counts.cancelled, counts.came, counts.seated - counts.came) > 0
        missed = sum(body.count(b'"gathering.missed"') for body in shop.bodies())
        assert missed == counts.seated - counts.came
        assert tell_registered(shop.workspace, ADDRESS, system_clock()) == 0
        assert tell_missed(shop.workspace, system_clock()) == 1
        shop.run()
        total = dict(zip(Step, campaign_results(shop.workspace, CAMPAIGN).total, strict=True))
        assert all(total[step].people > 0 for step in Step if step is not Step.ORDER)
        assert (total[Step.REGISTRATION].events, total[Step.CHECK_IN].events) == (
            counts.seated + counts.waiting + counts.cancelled,
            counts.came,
        )
        (survey,) = surveys(shop.workspace, 10)
        assert 0 < survey.completed <= counts.came
