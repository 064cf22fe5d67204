"""What holds of every connector to which a platform pushes: a test of one subclasses `ReceiverSuite` and says how its
platform's fake makes calls.
"""

import logging
import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianyi.connectors.platforms import PLATFORMS
from lianyi.connectors.port.receiving import Account, Call, CallRefused, Inbound, Receives
from lianyi.kernel.clock import DAY, HOUR, MINUTE

NOW = 1_795_852_800_000_000  # 2026-11-28 08:00 UTC


class ReceiverSuite:
    """`platform` is its name; the rest is said by a subclass."""

    platform: str

    def account(self) -> Account:
        """An account of it, complete."""
        raise NotImplementedError

    def another(self) -> Account:
        """Another one, with other secrets."""
        raise NotImplementedError

    def push(self, at: int, *, what: int = 0, account: Account | None = None) -> Call:
        """A good call at this moment of a thing that has the number `what`, made anew each time."""
        raise NotImplementedError

    def signed(self, body: bytes, at: int) -> list[Call]:
        """Good calls, in every way there is, that hold this text."""
        raise NotImplementedError

    def malformed(self) -> Sequence[bytes]:
        """Texts that are none of the platform's: cut off, nested too deep, with entities, without who or when."""
        raise NotImplementedError

    @property
    def receiver(self) -> Receives:
        return PLATFORMS[self.platform].receiver

    def refusal(self, call: Call, account: Account | None = None, now: int = NOW) -> CallRefused:
        with pytest.raises(CallRefused) as refused:
            self.receiver.receive(call, account or self.account(), now)
        return refused.value

    def test_a_good_call_is_taken_and_answered(self) -> None:
        received = self.receiver.receive(self.push(NOW), self.account(), NOW)
        assert len(received.inbound) == 1
        assert received.inbound[0].who
        assert received.reply.status == 200

    def test_the_same_push_three_times_is_one(self) -> None:
        def keys(what: int) -> set[str]:
            pushes = [self.push(NOW + wait, what=what) for wait in (0, 5_000_000, 10_000_000)]
            found = [self.receiver.receive(one, self.account(), NOW + 10_000_000) for one in pushes]
            return {one.key for each in found for one in each.inbound}

        assert len(keys(1)) == 1
        assert len(keys(1) | keys(2) | keys(3)) == 3

    def test_a_changed_signature_is_refused(self) -> None:
        good = self.push(NOW)
        for name in good.query:
            if "sign" in name and not self._still_taken(good, name):
                changed = good._replace(query={**good.query, name: "0" * len(good.query[name])})
                assert self.refusal(changed).code == "signature.wrong"
                missing = good._replace(query={key: value for key, value in good.query.items() if key != name})
                assert self.refusal(missing).code == "signature.missing"
                break
        else:
            pytest.fail("no part of the call signs it")

    def _still_taken(self, good: Call, name: str) -> bool:
        """Whether this is a signature that a stronger one stands beside."""
        changed = good._replace(query={**good.query, name: "0" * 40})
        try:
            self.receiver.receive(changed, self.account(), NOW)
        except CallRefused:
            return False
        return True

    def test_a_changed_body_is_refused(self) -> None:
        good = self.push(NOW)
        middle = len(good.body) // 2
        changed = good.body[:middle] + bytes([good.body[middle] ^ 1]) + good.body[middle + 1 :]
        assert self.refusal(good._replace(body=changed)).status in (400, 401)

    def test_a_call_of_another_account_is_refused(self) -> None:
        assert self.refusal(self.push(NOW, account=self.another())).status == 401

    @pytest.mark.parametrize("late", [HOUR, DAY, 365 * DAY, -HOUR], ids=["hour", "day", "year", "ahead"])
    def test_an_old_call_is_refused_however_good(self, late: int) -> None:
        assert self.refusal(self.push(NOW), now=NOW + late).code == "signature.old"

    def test_a_call_within_minutes_is_taken(self) -> None:
        assert self.receiver.receive(self.push(NOW), self.account(), NOW + MINUTE).reply.status == 200
        assert self.receiver.receive(self.push(NOW), self.account(), NOW - MINUTE).reply.status == 200

    def test_a_large_body_is_refused(self) -> None:
        large = self.push(NOW)._replace(body=b"x" * (self.receiver.largest + 1))
        assert (self.refusal(large).code, self.refusal(large).status) == ("body.too_large", 413)

    def test_other_methods_are_refused(self) -> None:
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", ""):
            assert self.refusal(self.push(NOW)._replace(method=method)).code == "method.not_allowed"

    def test_malformed_texts_are_refused_however_well_signed(self) -> None:
        for text in self.malformed():
            for call in self.signed(text, NOW):
                assert self.refusal(call).code == "body.malformed"

    def test_without_secrets_nothing_is_taken(self) -> None:
        assert self.refusal(self.push(NOW), self.account()._replace(secrets={})).code == "account.incomplete"

    def test_no_secret_is_printed(self, caplog: pytest.LogCaptureFixture) -> None:
        account = self.account()
        secrets = [secret.reveal() for secret in account.secrets.values()]
        with caplog.at_level(logging.DEBUG):
            said = [repr(account), str(account), repr(self.receiver), repr(PLATFORMS[self.platform])]
            received = self.receiver.receive(self.push(NOW), account, NOW)
            said += [repr(received), repr(self.push(NOW))]
            refused = self.refusal(self.push(NOW, account=self.another()))
            said += [repr(refused), str(refused), repr(refused.__dict__)]
        printed = "\n".join([*said, caplog.text])
        assert [secret for secret in secrets if secret in printed] == []
        assert received.inbound[0].who not in printed
        with pytest.raises(TypeError):
            pickle.dumps(account)

    @settings(suppress_health_check=[HealthCheck.differing_executors])  # the classes keep nothing
    @given(
        body=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        query=st.dictionaries(
            st.sampled_from(["signature", "timestamp", "nonce", "echostr", "encrypt_type", "msg_signature", "openid"])
            | st.text(max_size=10),
            st.text(max_size=50) | st.sampled_from(["aes", "raw", str(NOW // 1_000_000)]),
        ),
        method=st.sampled_from(["GET", "POST", "HEAD"]),
    )
    def test_random_calls_raise_nothing_but_the_refusal(self, body: bytes, query: dict[str, str], method: str) -> None:
        with pytest.raises(CallRefused):
            self.receiver.receive(Call(method, query, {}, body), self.account(), NOW)

    @settings(suppress_health_check=[HealthCheck.differing_executors])
    @given(body=st.binary(max_size=300))
    def test_random_texts_raise_nothing_but_the_refusal(self, body: bytes) -> None:
        for call in self.signed(body, NOW):
            self.refusal(call)


def only(receiver: Receives, call: Call, account: Account, now: int = NOW) -> Inbound:
    """The one thing in a call."""
    [inbound] = receiver.receive(call, account, now).inbound
    return inbound


def without(query: Mapping[str, str], *names: str) -> dict[str, Any]:
    """The parameters but these."""
    return {name: value for name, value in query.items() if name not in names}
