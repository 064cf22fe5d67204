"""Calls of WeChat's server, judged: is it WeChat, is it now, is it for this account; then what it says.

Promises to take a sealed message only when its own signature covers it, and to take unsealed ones only where the
account says so, since the signature of those does not cover the body. What WeChat repeats has the same key.
"""

from collections.abc import Mapping

from lianyi.connectors.port.receiving import Account, Call, CallRefused, Received, Reply
from lianyi.connectors.wechat.messages import inbound_of
from lianyi.connectors.wechat.sealing import SealBroken, opened, signed_by
from lianyi.connectors.wechat.xml import Malformed, texts_in
from lianyi.kernel.clock import MINUTE, SECOND
from lianyi.kernel.secret import Secret

LARGEST = 256_000  # bytes; a message in compatible mode has a few thousand
FRESH_FOR = 10 * MINUTE  # and as much ahead, for clocks that differ
SEALED, PLAIN = "sealed", "plain"  # what an account takes; compatible mode brings both and counts as sealed
TAKEN = Reply(200, b"success")


class Receiver:
    """The receiving side of an official account."""

    largest = LARGEST

    def receive(self, call: Call, account: Account, now: int) -> Received:
        """What a call holds: nothing, with the text to echo, when WeChat asks whether the address is ours."""
        if call.method not in ("GET", "POST"):
            raise CallRefused("method.not_allowed")
        if len(call.body) > LARGEST:
            raise CallRefused("body.too_large")
        token = _secret(account, "token")
        _fresh(call.query, now)
        if call.method == "GET":
            _check(token, call.query, "signature")
            return Received((), Reply(200, call.query.get("echostr", "").encode("utf-8", "replace")))
        said = self._said(call, account, token)
        found = inbound_of(said, now)
        original = account.settings.get("original", "")
        if original and said.get("ToUserName") != original:
            raise CallRefused("account.other")
        return Received((found,), TAKEN)

    def _said(self, call: Call, account: Account, token: Secret) -> Mapping[str, str]:
        sealed = call.query.get("encrypt_type", "raw") == "aes"
        if not sealed:
            _check(token, call.query, "signature")
            if account.settings.get("mode", SEALED) != PLAIN:
                raise CallRefused("seal.missing")
            return _texts(call.body)
        if not call.query.get("msg_signature"):
            raise CallRefused("signature.missing")
        envelope = _texts(call.body).get("Encrypt", "")
        _check(token, call.query, "msg_signature", envelope)
        try:
            return _texts(opened(envelope, account.external, _secret(account, "key")))
        except SealBroken:
            raise CallRefused("seal.wrong") from None


def _secret(account: Account, name: str) -> Secret:
    secret = account.secrets.get(name)
    if secret is None or not secret.reveal():
        raise CallRefused("account.incomplete")
    return secret


def _fresh(query: Mapping[str, str], now: int) -> None:
    said = query.get("timestamp", "")
    if not said:
        raise CallRefused("signature.missing")
    if not (said.isascii() and said.isdigit() and len(said) <= 12):
        raise CallRefused("signature.wrong")
    if abs(now - int(said) * SECOND) > FRESH_FOR:
        raise CallRefused("signature.old")


def _check(token: Secret, query: Mapping[str, str], name: str, *more: str) -> None:
    given = query.get(name, "")
    if not given:
        raise CallRefused("signature.missing")
    if not signed_by(token, given, query.get("timestamp", ""), query.get("nonce", ""), *more):
        raise CallRefused("signature.wrong")


def _texts(body: bytes) -> dict[str, str]:
    try:
        return texts_in(body)
    except Malformed:
        raise CallRefused("body.malformed") from None
