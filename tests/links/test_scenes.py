"""WeChat's parametric codes: bound to a connected account, one of each scene, at no address of ours."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.errors import Refused
from lianyi.links.actions import archive_link, change_link, create_link, make_links
from lianyi.links.checking import Ours
from lianyi.links.codes.sheets import Item
from lianyi.links.drafts import Draft
from lianyi.links.looking_up import FIND_SCENE, link_in
from lianyi.links.models import ShortLink
from lianyi.links.printing import Chosen, codes_to_print
from lianyi.links.queries import Wanted, link_at, links
from lianyi.links.reading import as_file, read_links
from lianyi.links.scenes import checked_picture, checked_scene

pytestmark = pytest.mark.django_db
APPID, OTHER = "wx0123456789abcdef", "wxfedcba9876543210"
PICTURE = "http://weixin.qq.com/q/02AbC-9_xyzEE10000g03w"
HOME = "https://lianyi.example"
OURS = Ours(HOME, accounts=frozenset({APPID, OTHER}))
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def brand() -> int:
    return Workspace.objects.create(slug="brand", name="Brand").pk


def code(scene: str = "hall-3", **more: str) -> Draft:
    return Draft(**{"kind": "wechat", "account": APPID, "scene": scene, **more})  # type: ignore[arg-type]


def refused(work: object) -> str:
    with pytest.raises(Refused) as found:
        work()  # type: ignore[operator]
    return found.value.code


def found(workspace: int, account: str, scene: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(FIND_SCENE, {"workspace": workspace, "account": account, "scene": scene})
        row = cursor.fetchone()
    return None if row is None else link_in(row).number


def test_a_code_is_bound_to_an_account_and_stands_at_no_address(brand: int) -> None:
    made = create_link(brand, code(picture=PICTURE, target="ignored:", slug="x", password="p"), NOW, OURS)
    link = made.link
    assert (link.kind, link.account, link.scene, link.picture) == ("wechat", APPID, "hall-3", PICTURE)
    assert (link.target, link.password, link.domain, link.expires_at) == ("", "", None, None)
    assert link.source == ("wechat", "", "", "hall-3")
    assert link.event == "code.scanned"
    assert made.address(HOME) == PICTURE
    assert link_at(None, link.slug) is None
    assert codes_to_print(brand, HOME, Chosen()) == [Item(PICTURE, "hall-3", "", "")]


def test_without_its_picture_a_code_is_counted_and_not_printed(brand: int) -> None:
    made = create_link(brand, code("7", code="hall-7", channel="Offline", name="七号"), NOW, OURS)
    assert made.link.source == ("offline", "", "", "hall-7")
    assert made.address(HOME) == ""
    assert codes_to_print(brand, HOME, Chosen()) == []
    changed = change_link(brand, made.id, Draft(picture=PICTURE, name="七号展位"), OURS)
    assert (changed.link.picture, changed.link.code, changed.link.scene) == (PICTURE, "hall-7", "7")
    assert codes_to_print(brand, HOME, Chosen()) == [Item(PICTURE, "七号展位", "", "")]
    gone = change_link(brand, made.id, Draft(picture=PICTURE), Ours(HOME))  # the account is connected no more
    assert gone.link.account == APPID


def test_what_is_no_code_is_refused_and_nothing_is_made(brand: int) -> None:
    for draft, why in (
        (code(account="wx1111111111111111"), "link.account"),
        (code(account=""), "link.account"),
        (code(""), "link.scene"),
        (code("x" * 65), "link.scene"),
        (code("a\x07b"), "link.scene"),
        (code(picture="https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=x"), "link.picture"),
        (code(picture="http://weixin.qq.com.evil.example/q/1"), "link.picture"),
        (code(picture="javascript:alert(1)"), "link.picture"),
        (Draft(target="https://a.example/", scene="hall-3"), "link.no_scene"),
        (Draft(kind="else"), "link.kind"),
    ):
        assert refused(lambda draft=draft: create_link(brand, draft, NOW, OURS)) == why
    assert not ShortLink.objects.exists()
    assert checked_scene(" qrscene_hall ") == "hall"
    assert checked_picture("") == ""


def test_a_scene_is_one_codes_of_its_account_for_ever(brand: int) -> None:
    made = create_link(brand, code(), NOW, OURS)
    archive_link(brand, made.id, NOW)
    assert refused(lambda: create_link(brand, code(), NOW, OURS)) == "link.scene_taken"
    assert refused(lambda: make_links(brand, [code("a"), code("b"), code("a")], NOW, OURS)) == "link.row"
    assert [one.link.scene for one in links(brand, 10, wanted=Wanted(archived="all"))] == ["hall-3"]
    create_link(brand, code(account=OTHER), NOW, OURS)
    other = Workspace.objects.create(slug="other", name="Other").pk
    create_link(other, code(), NOW, OURS)
    assert ShortLink.objects.filter(scene="hall-3").count() == 3
    assert refused(lambda: change_link(brand, made.id, Draft(scene="hall-4"), OURS)) == "link.fixed"
    assert refused(lambda: change_link(brand, made.id, Draft(account=OTHER), OURS)) == "link.fixed"


def test_a_scene_is_found_by_account_and_else_as_the_code_of_a_link(brand: int) -> None:
    plain = create_link(brand, Draft(target="https://a.example/", code="hall-3", kind="code"), NOW, OURS).id
    assert found(brand, APPID, "hall-3") == plain
    mine = create_link(brand, code(), NOW, OURS).id
    theirs = create_link(brand, code(account=OTHER, code="x"), NOW, OURS).id
    assert (found(brand, APPID, "hall-3"), found(brand, OTHER, "hall-3")) == (mine, theirs)
    assert found(brand, "wx1111111111111111", "hall-3") == plain
    assert found(brand, APPID, "x") is None  # the code of a WeChat code is no scene
    assert found(brand + 1, APPID, "hall-3") is None


def test_many_come_by_file_and_go_out_again(brand: int) -> None:
    content = (
        f"名称,公众号,场景值,二维码内容,持有人类型,持有人\n一号,{APPID},1,{PICTURE},门店,一号店\n二号,{APPID},2,,,\n"
    )
    drafts = read_links("codes.csv", content.encode()).drafts
    assert [(one.kind, one.scene, one.picture, one.holder) for one in drafts] == [
        ("wechat", "1", PICTURE, "一号店"), ("wechat", "2", "", ""),
    ]  # fmt: skip
    make_links(brand, drafts, NOW, OURS)
    again = read_links("links.csv", b"".join(as_file(links(brand, 10), HOME))).drafts
    assert [(one.kind, one.account, one.scene, one.picture) for one in again] == [
        ("wechat", APPID, "2", ""), ("wechat", APPID, "1", PICTURE),
    ]  # fmt: skip
