"""Signatures and seals, against those of wechatpy, which others wrote."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.receivers import NOW, only
from tests.connectors.wechat.accounts import APPID, KEY, TOKEN, account_of, server
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

from lianyi.connectors import wechat
from lianyi.connectors.wechat.fake import Mode
from lianyi.connectors.wechat.sealing import SealBroken, opened, seal, signature, signed_by
from lianyi.kernel.secret import Secret

RECEIVER = wechat.PLATFORM.receiver
THEIRS = WeChatCrypto(TOKEN, KEY, APPID)
random_parts = st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30)


@given(st.binary(max_size=3_000), st.binary(min_size=16, max_size=16))
def test_what_is_sealed_opens(message: bytes, random: bytes) -> None:
    sealed = seal(message, APPID, Secret(KEY), random)
    assert opened(sealed, APPID, Secret(KEY)) == message
    assert len(base64.b64decode(sealed)) % 32 == 0


@given(st.text(max_size=500), st.binary(max_size=200))
def test_what_is_no_seal_does_not_open(text: str, raw: bytes) -> None:
    for sealed in (text, base64.b64encode(raw).decode(), base64.b64encode(raw.ljust(64, b"\0")).decode()):
        with pytest.raises(SealBroken):
            opened(sealed, APPID, Secret(KEY))


@given(st.text(max_size=100))
def test_a_key_that_is_none_opens_nothing(key: str) -> None:
    sealed = seal(b"<xml></xml>", APPID, Secret(KEY), bytes(16))
    with pytest.raises(SealBroken):
        opened(sealed, APPID, Secret(key))


def test_it_opens_for_its_own_account_only() -> None:
    sealed = seal(b"<xml></xml>", APPID, Secret(KEY), os.urandom(16))
    for appid in ("wxfedcba9876543210", APPID + "0", APPID[:-1], ""):
        with pytest.raises(SealBroken):
            opened(sealed, appid, Secret(KEY))


@given(random_parts, random_parts, random_parts)
def test_signatures_are_those_of_wechatpy(token: str, timestamp: str, nonce: str) -> None:
    ours = signature(Secret(token), timestamp, nonce)
    check_signature(token, ours, timestamp, nonce)
    assert signed_by(Secret(token), ours, timestamp, nonce)
    with pytest.raises(InvalidSignatureException):
        check_signature(token, ours, timestamp, nonce + "1")
    assert not signed_by(Secret(token), ours, timestamp, nonce + "1")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=300))
def test_wechatpy_opens_what_the_fake_sealed(text: str) -> None:
    fake = server()
    xml = fake.message("oA", NOW, "text", Content=text)
    call = fake.call(xml, NOW)
    query = call.query
    found = THEIRS.decrypt_message(call.body.decode(), query["msg_signature"], query["timestamp"], query["nonce"])
    assert (found if isinstance(found, bytes) else found.encode()) == xml


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=300))
def test_we_open_what_wechatpy_sealed(text: str) -> None:
    fake = server(Mode.SAFE)
    timestamp = str(NOW // 1_000_000)
    xml = fake.message("oA", NOW, "text", Content=text)
    body = THEIRS.encrypt_message(xml.decode(), "77", timestamp).encode()
    signed = body.split(b"<MsgSignature><![CDATA[")[1].split(b"]]>")[0].decode()
    good = fake.call(xml, NOW)
    query = {**good.query, "timestamp": timestamp, "nonce": "77", "msg_signature": signed}
    assert only(RECEIVER, good._replace(query=query, body=body), account_of(fake)).text == text.strip()
