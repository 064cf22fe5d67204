"""Links: made one by one and by the thousand, changed, archived, found again; each in its workspace only."""

from datetime import UTC, datetime

import pytest

from lianyi.campaigns.campaigns.actions import create_campaign
from lianyi.campaigns.campaigns.schemas import Draft as CampaignDraft
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.domains.actions import add_domain, remove_domain
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.errors import Refused
from lianyi.links.actions import (
    archive_link,
    change_link,
    create_link,
    delete_template,
    make_links,
    restore_link,
    save_template,
)
from lianyi.links.checking import Ours
from lianyi.links.drafts import Draft, Template
from lianyi.links.models import ShortLink
from lianyi.links.passwords import opens
from lianyi.links.queries import Wanted, every_link, link_at, link_of, links, links_of, templates
from lianyi.links.reading import read_links
from lianyi.links.schemas import Route

pytestmark = pytest.mark.django_db
HOME = "https://lianyi.example"
OURS = Ours(HOME)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = "https://shop.example/spring"


@pytest.fixture
def brand() -> int:
    return Workspace.objects.create(slug="brand", name="Brand").pk


def refused(work: object) -> str:
    with pytest.raises(Refused) as found:
        work()  # type: ignore[operator]
    return found.value.code


def test_all_faulty_rows_of_a_file_are_told_at_once_and_nothing_is_made(brand: int) -> None:
    create_link(brand, Draft(target=PAGE, slug="there"), NOW, OURS)
    content = (
        "name,target,slug,campaign\n"
        '"two\nlines",https://a.example/,,\n'
        "three,javascript:alert(1),,\n"
        "\n"
        "five,https://a.example/,there,\n"
        "six,https://a.example/,,nowhere\n"
        "seven,https://a.example/,twice,\n"
        "eight,https://a.example/,twice,\n"
        "nine,https://a.example/,,,,\n"
        "ten,http://10.0.0.1/,,,more\n"
    )
    with pytest.raises(Refused) as told:
        make_links(brand, read_links("a.csv", content.encode()), NOW, OURS)
    assert told.value.code == "link.row"
    assert str(told.value) == (
        "Row 3: A link leads to a web address, not to javascript:. Row 5: 'there' is another link's already. "
        "Row 6: There is no campaign with the key 'nowhere'. Row 8: 'twice' is another link's already. "
        "Row 10: The row has 5 cells where there are 4 columns. "
        "Nothing was made: mend these rows and give the file again."
    )
    assert ShortLink.objects.filter(workspace=brand).count() == 1


def test_of_very_many_faulty_rows_the_first_are_told(brand: int) -> None:
    content = "target\n" + "ftp://a.example/\n" * 30
    with pytest.raises(Refused) as told:
        make_links(brand, read_links("a.csv", content.encode()), NOW, OURS)
    said = str(told.value)
    assert "Row 21: " in said
    assert "Row 22: " not in said
    assert "And 10 rows more." in said
    one = "target\nhttps://a.example/\nftp://a.example/\n"
    with pytest.raises(
        Refused, match=r"^Row 3: A link leads to a web address, not to ftp:\. Begin it with https://\.$"
    ):
        make_links(brand, read_links("a.csv", one.encode()), NOW, OURS)
    assert ShortLink.objects.filter(workspace=brand).count() == 0


def test_a_link_needs_nothing_but_a_target(brand: int) -> None:
    made = create_link(brand, Draft(target=PAGE), NOW, OURS)
    assert len(made.link.slug) == 7
    assert made.link.code == made.link.slug
    assert made.link.source == ("code", "", "", made.link.slug)
    assert made.address(HOME) == f"https://lianyi.example/l/{made.link.slug}"
    assert link_at(None, made.link.slug.upper()) == made.link
    assert [(one.action, one.detail) for one in AuditLine.objects.all()] == [("link.created", {"link": made.id})]


def test_all_that_a_link_may_have(brand: int) -> None:
    domain = add_domain(brand, "Go.Brand.example", "links", HOME)
    campaign = create_campaign(brand, CampaignDraft("春季", "spring"), NOW)
    draft = Draft(
        target=PAGE, kind="code", name="展会海报", domain="go.brand.example", slug="Fair", code="FAIR-1",
        channel="Offline", medium="Poster", campaign="spring", term="t", content="c",
        routes=(Route("https://cn.example/", 3, countries=("cn",), devices=("phone",)),), ios="weixin://dl/",
        android="https://app.example/", expires_at=10**15, expired_target="https://shop.example/late",
        password="open sesame", holder_kind="stand", holder="Booth 3",
    )  # fmt: skip
    made = create_link(brand, draft, NOW, OURS)
    link = made.link
    assert made.address(HOME) == "https://go.brand.example/fair"
    assert (link.slug, link.code, link.source) == ("fair", "FAIR-1", ("offline", "poster", "spring", "FAIR-1"))
    assert link.routes == (Route("https://cn.example/", 3, countries=("CN",), devices=("phone",)),)
    assert (link.expires_at, link.expired_target, link.holder) == (10**15, "https://shop.example/late", "Booth 3")
    assert opens(link.password, "open sesame")
    assert (made.name, made.campaign_name) == ("展会海报", "春季")
    assert link_at("go.brand.example", "fair") == link
    assert link_at(None, "fair") is None
    assert links(brand, 10, wanted=Wanted(campaign=campaign.id))[0] == made
    assert refused(lambda: remove_domain(brand, domain.id)) == "domain.used"


def test_a_slug_is_one_links_for_ever(brand: int) -> None:
    add_domain(brand, "go.brand.example", "links", HOME)
    first = create_link(brand, Draft(target=PAGE, slug="fair"), NOW, OURS)
    archive_link(brand, first.id, NOW)
    assert refused(lambda: create_link(brand, Draft(target=PAGE, slug="FAIR"), NOW, OURS)) == "link.taken"
    assert refused(lambda: create_link(brand + 1, Draft(target=PAGE, slug="fair"), NOW, OURS)) == "link.taken"
    create_link(brand, Draft(target=PAGE, slug="fair", domain="go.brand.example"), NOW, OURS)
    assert len(links(brand, 10, wanted=Wanted(archived="all"))) == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Draft(target="javascript:alert(1)"), "link.scheme"),
        (Draft(target=f"{HOME}/l/x"), "link.loop"),
        (Draft(target=PAGE, kind="page"), "link.kind"),
        (Draft(target=PAGE, domain="other.example"), "link.domain"),
        (Draft(target=PAGE, campaign="none"), "link.campaign"),
        (Draft(target=PAGE, term="x" * 4_000), "link.text"),
        (Draft(target=PAGE, slug="api"), "link.reserved"),
        (Draft(target=PAGE, holder_kind="dog"), "link.holder_kind"),
        (Draft(target=PAGE, expired_target="http://10.0.0.1/"), "link.private"),
        (Draft(target=PAGE, ios="javascript:x"), "link.app"),
        (Draft(target=PAGE, password="x" * 101), "link.password"),
        (Draft(target=PAGE, routes=(Route("data:,"),)), "link.scheme"),
        (Draft(target=PAGE, routes=(Route(f"{HOME}/l/x"),)), "link.loop"),
        (Draft(target=PAGE, routes=(Route(PAGE, -1),)), "link.route"),
        (Draft(target=PAGE, routes=(Route(PAGE, devices=("watch",)),)), "link.route"),
        (Draft(target=PAGE, routes=(Route(PAGE, countries=("China",)),)), "link.route"),
        (Draft(target=PAGE, routes=(Route(PAGE),) * 21), "link.routes"),
    ],
)
def test_what_is_refused_leaves_nothing(brand: int, wrong: Draft, code: str) -> None:
    assert refused(lambda: create_link(brand, wrong, NOW, OURS)) == code
    kept = create_link(brand, Draft(target=PAGE, password="p"), NOW, OURS)
    assert refused(lambda: change_link(brand, kept.id, wrong, OURS)) in (code, "link.fixed")
    assert list(every_link(brand)) == [kept]


def test_a_target_is_changed_and_what_is_printed_stays(brand: int) -> None:
    made = create_link(brand, Draft(target=PAGE, kind="code", slug="fair", password="p"), NOW, OURS)
    changed = change_link(brand, made.id, Draft(target="https://shop.example/b", name="B"), OURS)
    assert (changed.link.target, changed.name, changed.link.kind) == ("https://shop.example/b", "B", "code")
    assert (changed.link.slug, changed.link.code, changed.link.password) == ("fair", "fair", made.link.password)
    for other in (Draft(target=PAGE, slug="other"), Draft(target=PAGE, code="other")):
        assert refused(lambda other=other: change_link(brand, made.id, other, OURS)) == "link.fixed"
    assert change_link(brand, made.id, Draft(target=PAGE, password=""), OURS).link.password == ""
    assert refused(lambda: change_link(brand + 1, made.id, Draft(target=PAGE), OURS)) == "link.unknown"
    assert [one.action for one in AuditLine.objects.order_by("pk")] == ["link.created", "link.changed", "link.changed"]


def test_archived_and_restored(brand: int) -> None:
    made = create_link(brand, Draft(target=PAGE), NOW, OURS)
    gone = archive_link(brand, made.id, NOW)
    assert gone.link.over(0)
    assert archive_link(brand, made.id, datetime(2027, 1, 1, tzinfo=UTC)) == gone
    assert links(brand, 10) == []
    assert links(brand, 10, wanted=Wanted(archived="yes")) == [gone]
    assert restore_link(brand, made.id) == made
    for act in (lambda: archive_link(brand + 1, made.id, NOW), lambda: restore_link(brand + 1, made.id)):
        assert refused(act) == "link.unknown"


def test_lists_are_searched_and_read_page_by_page(brand: int) -> None:
    numbers = make_links(
        brand, [Draft(target=PAGE, name=f"Poster {i}", kind="code" if i % 2 else "link") for i in range(5)], NOW, OURS
    )
    create_link(brand + 1, Draft(target=PAGE, name="Poster of another"), NOW, OURS)
    assert [one.id for one in links(brand, 2)] == numbers[:2:-1]
    assert [one.id for one in links(brand, 10, before=numbers[2])] == [numbers[1], numbers[0]]
    assert [one.name for one in links(brand, 10, wanted=Wanted(words="poster 3"))] == ["Poster 3"]
    assert [one.name for one in links(brand, 10, wanted=Wanted(kind="code"))] == ["Poster 3", "Poster 1"]
    assert [one.id for one in links_of(brand, [numbers[3], 0, numbers[1]])] == [numbers[3], numbers[1]]
    assert len(list(every_link(brand, piece=2))) == 5


def test_many_are_made_all_or_none_and_the_row_is_named(brand: int) -> None:
    drafts = [Draft(target=PAGE, slug="one"), Draft(target=PAGE), Draft(target=PAGE, slug="ONE")]
    with pytest.raises(Refused, match=r"Row 3: 'one' is another link's already\."):
        make_links(brand, drafts, NOW, OURS)
    with pytest.raises(Refused, match=r"Row 2: A link leads to a web address, not to javascript:\."):
        make_links(brand, [Draft(target=PAGE), Draft(target="javascript:1")], NOW, OURS)
    with pytest.raises(Refused, match=r"Row 2: There is no campaign"):
        make_links(brand, [Draft(target=PAGE), Draft(target=PAGE, campaign="x")], NOW, OURS)
    assert refused(lambda: make_links(brand, [Draft(target=PAGE)] * 10_001, NOW, OURS)) == "link.many"
    assert list(every_link(brand)) == []
    assert make_links(brand, [], NOW, OURS) == []


def test_a_slug_that_is_there_is_made_anew(brand: int) -> None:
    create_link(brand, Draft(target=PAGE, slug="aaaaaaa"), NOW, OURS)
    made = iter(["aaaaaaa", "bbbbbbb", "bbbbbbb", "ccccccc"])
    numbers = make_links(brand, [Draft(target=PAGE), Draft(target=PAGE)], NOW, OURS, fresh=lambda: next(made))
    assert [link_of(brand, one).link.slug for one in numbers] == ["ccccccc", "bbbbbbb"]


def test_ten_thousand_codes_are_made_at_once(brand: int) -> None:
    drafts = [Draft(target=PAGE, kind="code", holder_kind="stand", holder=f"Booth {i}") for i in range(10_000)]
    numbers = make_links(brand, drafts, NOW, OURS)
    assert len(set(numbers)) == 10_000
    assert len({one.link.slug for one in every_link(brand)}) == 10_000
    assert link_of(brand, numbers[41]).link.holder == "Booth 41"


def test_who_may_not_edit_campaigns_is_denied(brand: int) -> None:
    with acting_as(Actor("member:1", brand, ABILITIES[Role.ANALYST])), pytest.raises(Denied):
        create_link(brand, Draft(target=PAGE), NOW, OURS)
    assert list(every_link(brand)) == []


def test_templates_are_kept_by_name(brand: int) -> None:
    first = save_template(brand, Template(0, "公众号推文", "WeChat", "Social", "Spring", "", "top"))
    assert first == Template(first.id, "公众号推文", "wechat", "social", "spring", "", "top")
    again = save_template(brand, Template(0, "公众号推文", "weibo", "", "", "", ""))
    assert templates(brand) == [again]
    assert again.id == first.id
    assert refused(lambda: save_template(brand, Template(0, " ", "", "", "", "", ""))) == "link.template_name"
    assert refused(lambda: delete_template(brand + 1, first.id)) == "link.template_unknown"
    delete_template(brand, first.id)
    assert templates(brand) == []
