"""The receiving side of the official account: the suite of all receivers in each mode, and what is WeChat's own."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.connectors.receivers import NOW, ReceiverSuite, only, without
from tests.connectors.wechat.accounts import account_of, server
from wechatpy import parse_message

from lianyi.connectors import wechat
from lianyi.connectors.port.receiving import Account, Call, CallRefused, Kind
from lianyi.connectors.wechat.fake import Mode

SAMPLES = Path(wechat.__file__).parent / "samples"
RECEIVER = wechat.PLATFORM.receiver
LONG = b"o" * 129
WHO = "oSample0000000000000000000A1"
BOMB = (
    b"""<!DOCTYPE xml [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>"""
    b"""<xml><FromUserName>&b;</FromUserName></xml>"""
)
FILE = b"""<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><FromUserName>&f;</FromUserName></xml>"""


class _InMode(ReceiverSuite):
    platform = "wechat"
    mode: Mode

    def account(self) -> Account:
        return account_of(server(self.mode))

    def another(self) -> Account:
        return account_of(server(self.mode, appid="wxfedcba9876543210", token="another0123", key="Z" * 43))

    def push(self, at: int, *, what: int = 0, account: Account | None = None) -> Call:
        fake = server(self.mode)
        if account is not None:
            secrets = {name: secret.reveal() for name, secret in account.secrets.items()}
            fake = server(self.mode, appid=account.external, **secrets)
        return fake.call(fake.follow(f"{WHO}{what}", NOW, f"booth{what}"), at)

    def malformed(self) -> Sequence[bytes]:
        head = b"<xml><FromUserName><![CDATA[oA]]></FromUserName>"
        return [
            b"", b"{}", b"\xff\xfe", b"<xml>", b"<html></html>", BOMB, FILE, b"<xml></xml>", head + b"</xml>",
            b"<xml>" + b"<a>" * 20_000 + b"</a>" * 20_000 + b"</xml>",
            b"<xml>" + b"<a></a>" * 5_000 + b"</xml>",
            head + b"<CreateTime>soon</CreateTime><MsgType>text</MsgType></xml>",
            head + b"<CreateTime>" + b"9" * 40 + b"</CreateTime><MsgType>text</MsgType></xml>",
            b"<xml><MsgType>a</MsgType><CreateTime>1</CreateTime><FromUserName>" + LONG + b"</FromUserName></xml>",
        ]  # fmt: skip

    def signed(self, body: bytes, at: int) -> list[Call]:
        plain, sealing = server(Mode.PLAIN), server(Mode.SAFE)
        marked = b"<xml><FromUserName><![CDATA[oA]]></FromUserName></xml>"
        if self.mode is Mode.PLAIN:
            return [plain.call(marked, at)._replace(body=body)]
        return [sealing.call(body + b"<!-- <FromUserName><![CDATA[oA]]> -->", at)]


class TestPlain(_InMode):
    mode = Mode.PLAIN

    def test_a_changed_body_is_refused(self) -> None:
        """WeChat's signature does not cover what is sent unsealed: it is taken in plain mode only."""
        good = self.push(NOW, what=7)
        changed = good._replace(body=good.body.replace(b"booth7", b"booth8"))
        assert only(RECEIVER, changed, self.account()).scene == "booth8"
        assert self.refusal(changed, account_of(server(Mode.SAFE))).code == "seal.missing"


class TestSafe(_InMode):
    mode = Mode.SAFE


class TestCompatible(_InMode):
    mode = Mode.COMPATIBLE


@pytest.mark.parametrize("mode", Mode)
def test_the_address_is_verified(mode: Mode) -> None:
    fake = server(mode)
    asked = fake.verifying(NOW, "7421839<script>")
    received = RECEIVER.receive(asked, account_of(fake), NOW)
    assert received.inbound == ()
    assert (received.reply.body, received.reply.content_type) == (b"7421839<script>", "text/plain; charset=utf-8")
    with pytest.raises(CallRefused, match=r"signature\.wrong"):
        RECEIVER.receive(asked._replace(query={**asked.query, "nonce": "1"}), account_of(fake), NOW)
    with pytest.raises(CallRefused, match=r"signature\.missing"):
        RECEIVER.receive(asked._replace(query=without(asked.query, "timestamp")), account_of(fake), NOW)


@pytest.mark.parametrize(
    ("name", "kind", "scene", "text", "key"),
    [
        ("subscribe", Kind.FOLLOWED, "", "", f"event:{WHO}:1795852800:subscribe:"),
        ("subscribe_by_code", Kind.FOLLOWED, "booth3", "", f"event:{WHO}:1795852800:subscribe:qrscene_booth3"),
        ("subscribe_after_payment", Kind.FOLLOWED, "", "", None),
        ("unsubscribe", Kind.UNFOLLOWED, "", "", f"event:{WHO}:1795852800:unsubscribe:"),
        ("scan", Kind.SCANNED, "123123", "", f"event:{WHO}:1795852800:SCAN:123123"),
        ("click", Kind.MENU, "", "", f"event:{WHO}:1795852800:CLICK:MENU_TRIAL"),
        ("view", Kind.MENU, "", "", f"event:{WHO}:1795852800:VIEW:https://example.com/trial"),
        ("place", Kind.OTHER, "", "", f"event:{WHO}:1795852800:LOCATION:"),
        ("text", Kind.MESSAGE, "", "请问有试用装吗？", "message:24000000000000001"),
        ("image", Kind.MESSAGE, "", "", "message:24000000000000002"),
        ("voice", Kind.MESSAGE, "", "几点关门", "message:24000000000000003"),
        ("video", Kind.MESSAGE, "", "", "message:24000000000000004"),
        ("link", Kind.MESSAGE, "", "春季新品", "message:24000000000000005"),
        ("location", Kind.MESSAGE, "", "体育西路", "message:24000000000000006"),
        ("article_published", Kind.OTHER, "", "", f"event:{WHO}:1795852800:PUBLISHJOBFINISH:"),
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_each_sample_is_understood(mode: Mode, name: str, kind: Kind, scene: str, text: str, key: str | None) -> None:
    fake = server(mode)
    inbound = only(RECEIVER, fake.call((SAMPLES / f"{name}.xml").read_bytes().strip(), NOW), account_of(fake))
    assert (inbound.kind, inbound.who, inbound.at) == (kind, WHO, 1_795_852_800_000_000)
    assert (inbound.scene, inbound.text) == (scene, text)
    assert key is None or inbound.key == key


@pytest.mark.parametrize("scene", ["booth3", "123123", "4294967295", "展位三"])
def test_wechatpy_reads_the_same_scene(scene: str) -> None:
    fake = server()
    for xml in (fake.follow(WHO, NOW, scene), fake.scan(WHO, NOW, scene)):
        theirs = parse_message(xml)
        ours = only(RECEIVER, fake.call(xml, NOW), account_of(fake))
        assert (theirs.scene_id, theirs.source) == (ours.scene, ours.who) == (scene, WHO)
        assert theirs.event in ("subscribe_scan", "scan")


def test_every_sample_is_looked_at() -> None:
    assert len(list(SAMPLES.glob("*.xml"))) == 15


def test_an_account_that_seals_takes_nothing_plain() -> None:
    fake = server(Mode.PLAIN)
    forged = fake.call(fake.follow(WHO, NOW, "booth3"), NOW)
    account = account_of(server(Mode.SAFE))
    with pytest.raises(CallRefused, match=r"seal\.missing"):
        RECEIVER.receive(forged, account, NOW)


def test_an_account_in_plain_mode_takes_sealed_ones_too() -> None:
    fake = server(Mode.SAFE)
    inbound = only(RECEIVER, fake.call(fake.follow(WHO, NOW, "booth3"), NOW), account_of(server(Mode.PLAIN)))
    assert inbound.scene == "booth3"


def test_the_plain_copy_beside_the_seal_is_not_read() -> None:
    fake = server(Mode.COMPATIBLE)
    call = fake.call(fake.follow(WHO, NOW, "booth3"), NOW)
    forged = call._replace(body=call.body.replace(b"qrscene_booth3", b"qrscene_booth9"))
    assert b"qrscene_booth9" in forged.body
    assert only(RECEIVER, forged, account_of(fake)).scene == "booth3"


def test_a_message_for_another_original_id_is_refused() -> None:
    fake = server()
    other = account_of(fake)._replace(settings={"original": "gh_ffffffffffff"})
    with pytest.raises(CallRefused, match=r"account\.other"):
        RECEIVER.receive(fake.call(fake.follow(WHO, NOW), NOW), other, NOW)


def test_a_moment_to_come_counts_as_now() -> None:
    fake = server()
    inbound = only(RECEIVER, fake.call(fake.follow(WHO, NOW + 3_600_000_000), NOW), account_of(fake))
    assert inbound.at == NOW


def test_two_buttons_in_one_second_are_two() -> None:
    fake = server()
    calls = [fake.call(fake.event(WHO, NOW, "CLICK", EventKey=key), NOW) for key in ("A", "B")]
    assert len({only(RECEIVER, call, account_of(fake)).key for call in calls}) == 2
