"""What WeChat's server pushes to a running edge: what is recorded, of whom, from where, and what is refused."""

import json
import random
import time
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from pytest_django.fixtures import Settings
from tests.edge.edges import Said, Shop, address_of_test_database, shop_of, until
from tests.loops import in_a_loop

from lianyi.assembly.pipeline import Pipeline
from lianyi.campaigns.campaigns.models import Campaign
from lianyi.channels.accounts.actions import connect, disconnect, renew_secrets
from lianyi.channels.accounts.queries import account
from lianyi.channels.accounts.schemas import AccountLine
from lianyi.connectors.port.receiving import Call
from lianyi.connectors.wechat.fake import Attempt, FakeWeChat, Mode
from lianyi.edge.appender import Appender
from lianyi.edge.http import Receive
from lianyi.edge.lookups import Database
from lianyi.edge.pushes import Pushes
from lianyi.edge.recording import Recorder
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.events.schemas import Claim, Source
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.insight.results.queries import campaign_results
from lianyi.insight.results.schemas import Count, Step
from lianyi.kernel.clock import system_clock
from lianyi.links.models import ShortLink
from lianyi.people.profiles.queries import newest_people

WHO = "oSample0000000000000000000A1"
UNION = "oUnion000000000000000000000U1"
SITE = ("cookie", "default", "visitor-of-the-site", False)
ORIGINAL = "gh_0123456789ab"
_numbers = count()


def openid(line: "Line") -> tuple[str, str, str, bool]:
    return ("openid", line.appid, WHO, True)


class Line:
    """An account of a shop, and WeChat's server for it."""

    def __init__(self, shop: Shop, mode: Mode = Mode.SAFE, appid: str = "wx0123456789abcdef") -> None:
        self.shop, self.appid = shop, appid
        told = {"original": ORIGINAL, "mode": "plain" if mode is Mode.PLAIN else "sealed"}
        self.number, made = connect(shop.workspace.pk, "wechat", appid, system_clock(), settings=told)
        self.fake = FakeWeChat(appid, ORIGINAL, made["token"], made["key"], random.Random(3), mode)

    @property
    def kept(self) -> AccountLine:
        return account(self.shop.workspace.pk, self.number)

    @property
    def url(self) -> str:
        return self.shop.edge.url + self.kept.path

    def push(self, *messages: bytes) -> list[list[Attempt]]:
        url = self.url

        async def pushed() -> list[list[Attempt]]:
            async with httpx.AsyncClient(trust_env=False) as client:
                return [await self.fake.push(client, url, xml, now()) for xml in messages]

        return in_a_loop(pushed())

    def verified(self) -> bool:
        url = self.url

        async def asked() -> bool:
            async with httpx.AsyncClient(trust_env=False) as client:
                return await self.fake.verify(client, url, now())

        return in_a_loop(asked())

    def send(self, call: Call, path: str = "") -> Said:
        """One call as it is, without trying again."""
        address = f"{path or self.kept.path}?{urlencode(call.query)}"
        return self.shop.edge.ask(call.method, address, call.body, dict(call.headers))

    def link(self, code: str, **fields: object) -> ShortLink:
        told = {
            "slug": f"in{next(_numbers)}",
            "kind": "code",
            "name": "Booth 3",
            "target": "https://a.cn/",
            "code": code,
        }
        return ShortLink.objects.create(workspace=self.shop.workspace.pk, created_at=0, **{**told, **fields})


def now() -> int:
    return time.time_ns() // 1000


@pytest.fixture
def line(shop: Shop, settings: Settings) -> Line:
    settings.SECRET_KEY = shop.edge.environment.secret_key()
    return Line(shop)


def other_shop(shop: Shop) -> Shop:
    return shop_of(shop.edge, create_workspace(f"other-{next(_numbers)}", "Other"))


def project() -> None:
    pipeline = Pipeline(1, system_clock, None)
    pipeline.start()
    while pipeline.step():
        pass


def test_a_follow_through_a_code_is_one_person_with_its_source(line: Line) -> None:
    link = line.link("booth3", channel="offline", medium="poster", holder_kind="stand", holder="Booth 3")
    at = now() - 60_000_000
    follow = line.fake.follow(WHO, at, "booth3")
    attempts = line.push(follow, follow, follow)
    assert [[(one.status, one.body) for one in tries] for tries in attempts] == [[(200, b"success")]] * 3
    events = line.shop.wait_for(2)  # who follows through a code has scanned it
    assert [one.name for one in events] == ["code.scanned", "account.followed"]
    for event in events:
        assert (event.occurred_at, event.machine) == (at // 1_000_000 * 1_000_000, False)
        assert event.claims == (Claim("openid", line.appid, WHO, True),)
        assert event.source == Source("offline", "poster", "", "booth3")
        assert event.properties == {
            "account": line.appid, "scene": "booth3", "link": link.pk, "slug": link.slug, "holder_kind": "stand",
            "holder": "Booth 3",
        }  # fmt: skip
    line.push(line.fake.scan(WHO, at + 5_000_000, "booth4"), line.fake.unfollow(WHO, at + 9_000_000))
    names = [(one.name, one.source) for one in line.shop.wait_for(4)]
    assert names == [
        ("code.scanned", Source("offline", "poster", "", "booth3")),
        ("account.followed", Source("offline", "poster", "", "booth3")),
        ("code.scanned", Source("wechat", "", "", "booth4")),
        ("account.unfollowed", None),
    ]


def test_a_parametric_code_brings_the_person_whom_we_know_and_counts_once(line: Line) -> None:
    campaign = Campaign.objects.create(workspace=line.shop.workspace.pk, key="fair", name="Fair", created_at=0)
    told = {"kind": "wechat", "account": line.appid, "scene": "31", "target": "", "campaign": campaign}
    line.link("hall-31", channel="offline", medium="poster", **told)
    line.link("31", channel="weibo")  # a link whose code is the scene: the code of that scene goes first
    at = now() - 60_000_000
    record_own(
        line.shop.workspace.pk,
        [
            OwnEvent("a" * 32, "form.submitted", at - 9_000_000, [("unionid", "", UNION, True), SITE]),
            OwnEvent("b" * 32, "person.imported", at - 8_000_000, [("unionid", "", UNION, True), openid(line)]),
        ],
    )
    follow, scan = line.fake.follow(WHO, at, "31"), line.fake.scan(WHO, at + 5_000_000, "31")
    line.push(follow, follow, scan, follow, scan)
    project()
    (person,) = newest_people(line.shop.workspace.pk)
    assert person.last_source is not None
    assert person.last_source[:4] == ("offline", "poster", "fair", "hall-31")
    found = campaign_results(line.shop.workspace.pk, "fair")
    assert (found.of(Step.CLICK), found.of(Step.LEAD)) == (Count(1, 2), Count(1, 1))
    assert [one.source for one in found.lines] == [Source("offline", "poster", "fair", "hall-31")]


def test_who_follows_is_known_by_openid_and_first_source(line: Line) -> None:
    line.link("booth3", channel="offline", medium="poster")
    at = now() - 60_000_000
    follow = line.fake.follow(WHO, at, "booth3")
    line.push(follow, follow, line.fake.scan(WHO, at + 5_000_000, "booth4"))
    project()
    (person,) = newest_people(line.shop.workspace.pk)
    assert person.first_source is not None
    assert person.last_source is not None
    assert person.first_source[:4] == ("offline", "poster", "", "booth3")
    assert person.last_source[:4] == ("wechat", "", "", "booth4")


@pytest.mark.parametrize("mode", Mode)
def test_the_address_is_verified_and_pushed_to_in_each_mode(shop: Shop, settings: Settings, mode: Mode) -> None:
    settings.SECRET_KEY = shop.edge.environment.secret_key()
    line = Line(shop, mode)
    assert line.verified()
    [[attempt]] = line.push(line.fake.message(WHO, now(), "text", Content="请问有试用装吗？"))
    assert (attempt.status, attempt.body) == (200, b"success")
    (event,) = shop.wait_for(1)
    assert event.name == "message.received"
    assert event.source is None
    assert event.properties == {
        "account": line.appid, "text": "请问有试用装吗？", "type": "text", "message": "24000000000000001",
    }  # fmt: skip


def test_where_somebody_is_and_what_has_no_word_is_answered_and_not_kept(line: Line) -> None:
    place = line.fake.event(WHO, now(), "LOCATION", Latitude="23.137466", Longitude="113.352425")
    job = line.fake.event(WHO, now(), "TEMPLATESENDJOBFINISH", Status="success")
    assert [tries[0].body for tries in line.push(place, job)] == [b"success", b"success"]
    line.push(line.fake.event(WHO, now(), "CLICK", EventKey="TRIAL"))
    (event,) = line.shop.wait_for(1)
    assert (event.name, event.properties) == (
        "menu.clicked", {"account": line.appid, "button": "CLICK", "key": "TRIAL"},
    )  # fmt: skip


def test_a_scene_of_another_workspace_is_no_link_here(line: Line, shop: Shop) -> None:
    theirs = other_shop(shop)
    ShortLink.objects.create(
        workspace=theirs.workspace.pk, slug=f"x{next(_numbers)}", kind="code", name="x", target="https://b.cn/",
        code="booth9", channel="weibo", created_at=0,
    )  # fmt: skip
    line.push(line.fake.follow(WHO, now(), "booth9"))
    for event in line.shop.wait_for(2):
        assert event.source == Source("wechat", "", "", "booth9")
        assert event.properties == {"account": line.appid, "scene": "booth9"}
    assert theirs.accepted() == []


def test_one_account_never_reaches_anothers_workspace(line: Line, shop: Shop) -> None:
    theirs = Line(other_shop(shop), appid="wxfedcba9876543210")
    call = line.fake.call(line.fake.follow(WHO, now()), now())
    assert (line.send(call, theirs.kept.path).status, line.send(call, theirs.kept.path).code) == (
        401,
        "signature.wrong",
    )
    same = Line(other_shop(shop), appid=line.appid)  # the same account, connected there as well
    assert line.send(call, same.kept.path).status == 401
    same.push(same.fake.follow(WHO, now()))
    assert len(same.shop.wait_for(1)) == 1
    assert line.shop.accepted() == theirs.shop.accepted() == []


def test_nobodys_address_is_not_found(line: Line) -> None:
    call = line.fake.call(line.fake.follow(WHO, now()), now())
    for path in ("/in/wechat/none", "/in/wechat/", "/in/weibo/" + line.kept.address, "/in/", "/in/wechat/a%00b"):
        assert line.send(call, path).status == 404
    line.push(line.fake.follow(WHO, now()))
    disconnect(line.shop.workspace.pk, line.number)
    assert line.shop.edge.ask("GET", "/in/wechat/0123456789").status == 404
    assert len(line.shop.wait_for(1)) == 1


def test_bad_calls_are_refused_and_counted(line: Line) -> None:
    good = line.fake.call(line.fake.follow(WHO, now()), now())
    bad = good._replace(query={**good.query, "msg_signature": "0" * 40})
    old = line.fake.call(line.fake.follow(WHO, now()), now() - 3_600_000_000)
    large = good._replace(body=b"x" * 300_000)
    for call, status, code in (
        (bad, 401, "signature.wrong"),
        (old, 401, "signature.old"),
        (large, 413, "body.too_large"),
    ):
        said = line.send(call)
        assert (said.status, said.code) == (status, code)
    assert line.send(good._replace(method="DELETE", body=b"")).status == 405
    until(lambda: line.kept.refusals == 4, 20, lambda: str(line.kept.refusals))
    kept = line.kept
    assert (kept.state, kept.refused_why, kept.pushed_at) == ("refused", "method.not_allowed", None)
    assert line.shop.accepted() == []
    line.push(line.fake.follow(WHO, now()))
    until(lambda: line.kept.state == "receiving", 20, lambda: line.kept.state)
    assert line.kept.refusals == 4


def test_new_secrets_hold_at_once(line: Line) -> None:
    line.push(line.fake.follow(WHO, now()))
    made = renew_secrets(line.shop.workspace.pk, line.number, system_clock())
    time.sleep(2.1)
    assert [one.status for one in line.push(line.fake.follow(WHO, now()))[0]] == [401, 401, 401]
    line.fake.token, line.fake.key = made["token"], made["key"]
    assert [one.status for one in line.push(line.fake.unfollow(WHO, now()))[0]] == [200]


def test_secrets_that_do_not_open_are_said_to_be_missing(line: Line, settings: Settings) -> None:
    settings.SECRET_KEY = "another installation's" + "x" * 50
    renew_secrets(line.shop.workspace.pk, line.number, system_clock())
    said = line.send(line.fake.call(line.fake.follow(WHO, now()), now()))
    assert (said.status, said.code) == (503, "account.incomplete")


def test_random_calls_do_no_harm(line: Line) -> None:
    chance = random.Random(11)
    for _ in range(60):
        query = {
            chance.choice(["signature", "timestamp", "nonce", "encrypt_type", "x"]): chance.choice(["aes", "1", "é"])
        }
        said = line.send(Call(chance.choice(["GET", "POST"]), query, {}, chance.randbytes(chance.randrange(300))))
        assert said.status in (400, 401)
    assert line.shop.edge.alive()
    assert line.shop.accepted() == []


def test_a_full_disk_answers_503_and_still_verifies(line: Line) -> None:
    conninfo, secret = address_of_test_database(), line.shop.edge.environment.secret_key().encode()
    path = line.kept.path

    async def asked(*calls: Call) -> list[tuple[int, bytes]]:
        database = Database(conninfo)
        pushes = Pushes(database, secret, Recorder(Appender(conninfo)), lambda: False)
        try:
            return [
                (answer.status, answer.body) for call in calls if (answer := await pushes.receive(*_asgi(path, call)))
            ]
        finally:
            await pushes.close()
            await database.close()

    full, echoed = in_a_loop(
        asked(line.fake.call(line.fake.follow(WHO, now()), now()), line.fake.verifying(now(), "1"))
    )
    assert (full[0], json.loads(full[1])["code"]) == (503, "disk.full")
    assert echoed == (200, b"1")
    assert line.shop.accepted() == []
    assert (line.kept.pushed_at, line.kept.state) == (None, "verified")


def _asgi(path: str, call: Call) -> tuple[dict[str, Any], Receive]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": call.body, "more_body": False}

    query = urlencode(call.query).encode()
    return {"type": "http", "method": call.method, "path": path, "query_string": query, "headers": []}, receive
