"""The demo's campaign: codes at stands, a landing page and a form, a gathering and a survey, and generated visits of
the shop's people by them.

Made once; what is there already stays as it is, and the visits are the same each time.
"""

import random
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from lianyi.assembly.demo.fair import Scanned, make_gathering, make_survey, told_of
from lianyi.assembly.demo.loading import generated, record_generated
from lianyi.campaigns.campaigns.actions import create_campaign
from lianyi.campaigns.campaigns.queries import ids_of_keys
from lianyi.campaigns.campaigns.schemas import Draft as Campaign
from lianyi.events.intake.own import OwnEvent
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.growth.forms.actions import create_form, publish_form
from lianyi.growth.forms.definitions import read as read_form
from lianyi.growth.forms.lines import Form
from lianyi.growth.pages.actions import create_page, publish_page
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.reading import read as read_page
from lianyi.kernel.addresses import Reach
from lianyi.kernel.clock import MINUTE, SECOND, system_clock, to_micros
from lianyi.links.actions import make_links
from lianyi.links.drafts import Draft, LinkLine
from lianyi.links.queries import links_of, our_addresses

CAMPAIGN = "spring-fair"
STANDS = ("一号展位 Booth 1", "二号展位 Booth 2", "三号展位 Booth 3", "门店橱窗 Shop window")
CITIES = ("上海", "杭州", "广州", "成都")
VISITORS = 600  # of the shop, who are called user_0000 and so on
_OF = (CAMPAIGN,)
_HERE = Path(__file__).parent
_FIRST = to_micros(datetime(2024, 1, 15, 8, tzinfo=UTC))
_DEVICES = ("phone", "phone", "phone", "tablet", "desktop")


@transaction.atomic
def make_campaign(workspace: Workspace, address: str, reach: Reach) -> bool:
    """Makes it with its visits; False where it was made before. `address` is where the
    installation is reached, `reach` where its links may lead.
    """
    if ids_of_keys(workspace.pk, [CAMPAIGN]):
        return False
    now = system_clock()
    create_campaign(workspace.pk, Campaign("春季展会 Spring fair", CAMPAIGN), now)
    form = create_form(workspace.pk, "预约试用 Book a trial", read_form((_HERE / "form.json").read_bytes()), now)
    form = publish_form(workspace.pk, form.id, now)
    draft = (_HERE / "page.json").read_text("utf-8").replace("FORM", form.address)
    page = create_page(workspace.pk, f"fair-{workspace.slug}", "春季展会 Spring fair", read_page(draft), now)
    page = publish_page(workspace.pk, page.id, now)
    ours = our_addresses(address, reach)
    target = f"{address.rstrip('/')}/p/{page.slug}"
    drafts = [
        Draft(target=target, kind="code", name=stand, channel="offline", medium="poster", campaign=CAMPAIGN,
              code=f"fair-{place}", holder_kind="stand", holder=stand)
        for place, stand in enumerate(STANDS, 1)
    ]  # fmt: skip
    codes = links_of(workspace.pk, make_links(workspace.pk, drafts, now, ours))
    events = _visits(codes, page, form)
    scanned = [Scanned(one.who[0][2], one.at) for one in events if one.name == "code.scanned"]
    gathering, survey = make_gathering(workspace), make_survey(workspace, now)
    events += [*_exposures(), *told_of(gathering, survey, scanned, _OF)]
    record_generated(workspace, sorted(events, key=lambda one: one.at))
    return True


def _exposures() -> list[OwnEvent]:
    """A post about the fair, which half of the shop's visitors saw in the week before it began."""
    chance = random.Random("post")  # noqa: S311
    post = ("wechat", "post", CAMPAIGN, "")
    found = []
    for number in range(VISITORS):
        at = _FIRST - chance.randrange(1, 7 * 24 * 60) * MINUTE
        if chance.random() < 0.5:
            found.append(generated("post.seen", f"user_{number:04}", at, _OF, {"title": "春季展会"}, post))
    return found


def _visits(codes: list[LinkLine], page: Page, form: Form) -> list[OwnEvent]:
    """About every third visitor of the shop scans a code some day, most of them see the page, and some fill in the
    form.
    """
    chance = random.Random(CAMPAIGN)  # noqa: S311
    found = []
    for number in range(VISITORS):
        user, at = f"user_{number:04}", _FIRST + chance.randrange(120 * 24 * 60) * MINUTE
        code, device, city = chance.choice(codes).link, chance.choice(_DEVICES), chance.choice(CITIES)
        scans, sees, fills = (chance.random() < share for share in (0.35, 0.85, 0.4))
        if not scans:
            continue
        where = {"country": "CN", "city": city, "device": device}
        found.append(generated("code.scanned", user, at, _OF, code.facts | where, code.source))
        if sees:
            shown = {"page": page.id, "slug": page.slug, "version": 1, "language": "zh", "variant": "a"}
            found.append(generated("page.reached", user, at + 2 * SECOND, _OF, shown | {"device": device}, code.source))
        if sees and fills:
            said = {"form": form.id, "version": 1, "language": "zh", "answers": {"city": city}}
            found.append(generated("form.submitted", user, at + 75 * SECOND, _OF, said))
    return found
