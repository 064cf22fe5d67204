"""Every operation, against every role and against another workspace's numbers; a new one is covered by being there."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from tests.api.conftest import NewBrand, Program, program
from tests.growth.gatherings.making import object_of as gathering_object
from tests.growth.gatherings.making import registered_there
from tests.web.conftest import Brand

from lianyi.api.app import description
from lianyi.api.describe import PLACE
from lianyi.api.operations import DECLARED, OCTETS, Declared
from lianyi.audience.learned.actions import create_model
from lianyi.foundation.access.schemas import ABILITIES, Ability, Role
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.workspaces.actions import create_write_key
from lianyi.foundation.workspaces.schemas import KeyKind
from lianyi.kernel.clock import system_clock
from lianyi.people.duplicates.actions import keep_found
from lianyi.people.duplicates.schemas import Suggestion, Suggestions
from lianyi.people.identity.queries import identities_of
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)

DESCRIBED = json.loads(description())
HOOK = {"url": "https://shop.example.com/hooks", "events": ["Order Completed"], "label": "ERP"}
_FIELD = re.compile(r"\{(\w+)\}")
# What a query must say, by operation.
QUERIES = {
    "find_person": "?kind=phone&value=13912345678",
    "remove_tag": "?dimension=state&name=a",
    "list_returns": "?from=2026-01-01&to=2026-01-31",
    "show_handover_pace": "?from=2026-01-01&to=2026-01-31",
    "give_file": "?name=people.csv",
    "upload_segment": "?name=L",
    "give_form_file": "?name=offer.pdf",
    "put_page_file": "?name=shop.jpg",
    "overlap_of_segments": "?segment=1&segment=2",
    "list_working_days": "?year=2026",
    "cross_survey": "?rows=nps&columns=nps",
    "list_segment_sizes": "?from=2026-01-01&to=2026-01-31",
}
ACCOUNT = {"platform": "wechat", "external": "wx0123456789abcdef"}
# A number of each kind that a path names, for an operation to be asked with.
NUMBERED = (
    "number",
    "letter",
    "key",
    "token",
    "account",
    "webhook",
    "delivery",
    "upload",
    "line",
    "task",
    "a",
    "b",
    "member",
    "invitation",
    "segment",
    "handover",
    "model",
    "experiment",
    "form",
    "survey",
    "note",
    "campaign",
    "link",
    "look",
    "sheet",
    "template",
    "domain",
    "gathering",
    "registration",
    "page",
)
HALVES = [{"name": "A"}, {"name": "B"}]
NAMED = {"merge": "0" * 32, "event": "0" * 32, "field": "card"}  # what is named otherwise
NOTHING = {**NAMED, "day": "2026-12-24", **dict.fromkeys(NUMBERED, "2000000")}


def asked(call: Program, one: Declared, **numbers: Any) -> Any:
    """The answer to the operation with the body of its example."""
    path = one.path.replace("{path:", "{")
    path = path.format(**{**NOTHING, "name": "shoe", **numbers}) + QUERIES.get(one.name, "")
    return call(one.method, path, one.body.encode() if one.takes == OCTETS else one.body, content_type=one.takes)


def test_the_description_is_committed_as_it_is() -> None:
    assert PLACE.read_text() == description(), "run make openapi"


def give(call: Program, content: str, name: str = "people.csv", **headers: str) -> Any:
    """Gives a file to import."""
    return call("POST", f"/imports?name={name}", content.encode(), content_type=OCTETS, **headers)


def spent(call: Program, line: dict[str, str]) -> int:
    """A line of spend, by its number."""
    assert call("POST", "/spend", {"lines": [line]}).json() == {"new": 1, "same": 0}
    return int(call.get("/spend?limit=1").json()["items"][0]["id"])


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DESCRIBED["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_is_described_with_examples_in_both_languages() -> None:
    found = {operation["operationId"] for _, _, operation in operations()}
    assert found == set(DECLARED)
    for _, _, operation in operations():
        name = operation["operationId"]
        assert operation["summary"], name
        english, _, chinese = operation["description"].partition("\n\n")
        assert english.isascii(), name
        assert any("一" <= sign <= "鿿" for sign in chinese), name
        assert len(operation["tags"]) == 1, name
        declared = DECLARED[name]
        for content in operation["responses"][str(declared.status)].get("content", {}).values():
            assert content["example"], name
        if "requestBody" in operation:
            assert operation["requestBody"]["content"][declared.takes]["example"], name


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_its_abilities_say(brand: Brand, role: Role) -> None:
    call = program(brand, role=role)
    for one in DECLARED.values():
        allowed = one.ability is None or one.ability in ABILITIES[role]
        status = asked(call, one).status_code
        assert (status == 403) != allowed, (one.name, status)
        assert status < 500, one.name


def test_a_scope_less_forbids_the_operation(brand: Brand) -> None:
    for ability in Ability:
        call = program(brand, set(Ability) - {ability})
        for one in DECLARED.values():
            assert (asked(call, one).status_code == 403) == (one.ability is ability), (ability, one.name)


def test_numbers_of_another_workspace_are_nothing(new_brand: NewBrand) -> None:
    mine, theirs = new_brand(), new_brand()
    phone = "13912345678"
    theirs.send(
        {"type": "identify", "userId": "u1", "traits": {"name": "王小明", "phone": phone}},
        {"type": "identify", "userId": "u2", "traits": {"name": "李小红"}},
        {"userId": "u1", "event": ""},
    )
    first, second = (search_people(theirs.workspace.pk, name)[0].number for name in ("王小明", "李小红"))
    key, _ = create_write_key(theirs.workspace, KeyKind.SERVER, "theirs")
    here, there = program(mine), program(theirs)
    alike = Suggestions((Suggestion(first, second, 0.9, ()),), 2, 1, -9.0, ())
    keep_found(theirs.workspace.pk, alike, system_clock())
    letter = there.get("/dead-letters").json()["items"][0]["id"]
    hook = there("POST", "/webhooks", HOOK).json()["id"]
    numbers = {
        "number": first,
        "key": key.pk,
        "token": there.token,
        "letter": letter,
        "account": there("POST", "/accounts", ACCOUNT).json()["id"],
        "webhook": hook,
        "delivery": there("POST", f"/webhooks/{hook}/test").json()["delivery"],
        "upload": give(there, "手机\n13800138000\n").json()["id"],
        "line": spent(there, {"channel": "wechat", "first_on": "2026-01-01", "amount": "5"}),
        "a": first,
        "b": second,
    }
    everybody = {"dimension": "state", "tag": "a", "everybody": True}
    numbers["task"] = there("POST", "/taggings", everybody).json()["id"]
    numbers["member"] = ensure_member(theirs.workspace, "theirs@example.com", Role.EDITOR).pk
    numbers["invitation"] = there("POST", "/invitations", {"email": "new@example.com", "role": "viewer"}).json()["id"]
    rule = {"kind": "identified", "by": "phone"}
    numbers["segment"] = there("POST", "/segments", {"name": "S", "rule": rule}).json()["id"]
    numbers["handover"] = there("POST", "/handovers", {"person": first}).json()["id"]
    numbers["model"] = create_model(theirs.workspace.pk, "M", "Bought", 30, system_clock()).id
    numbers["experiment"] = there("POST", "/experiments", {"name": "E", "arms": HALVES}).json()["id"]
    note = {"person": first, "held_on": "2026-01-02", "text": "x"}
    numbers["note"] = there("POST", "/interviews", note).json()["id"]
    numbers["survey"] = there("POST", "/surveys", {"name": "S", "definition": {}}).json()["id"]
    numbers["form"] = there("POST", "/forms", {"name": "F", "definition": {}}).json()["id"]
    numbers["campaign"] = there("POST", "/campaigns", {"key": "c", "name": "C"}).json()["id"]
    numbers["link"] = there("POST", "/links", {"target": "https://shop.example.com/"}).json()["id"]
    numbers["look"] = there("POST", "/codes/looks", {"name": "L"}).json()["id"]
    there("POST", "/links", {"target": "https://shop.example.com/", "kind": "code"})
    numbers["sheet"] = there("POST", "/codes/sheets", {}).json()["id"]
    numbers["template"] = there("POST", "/links/templates", {"name": "T"}).json()["id"]
    numbers["domain"] = there("POST", "/domains", {"host": "go.shop.example.com"}).json()["id"]
    body = {"slug": "theirs", "name": "G", "definition": gathering_object()}
    numbers["gathering"] = there("POST", "/gatherings", body).json()["id"]
    numbers["registration"] = registered_there(theirs.workspace.pk, numbers["gathering"])
    landing = {"slug": f"p{random.randrange(10**9)}", "name": "P", "template": "shop"}
    numbers["page"] = there("POST", "/pages", landing).json()["id"]
    assert set(numbers) == set(NUMBERED)
    assert there.get(f"/people/{first}").status_code == 200
    others = ("{path:", "{day}")  # a name or a day is nobody's
    with_numbers = [
        one for one in DECLARED.values() if "{" in one.path and not any(field in one.path for field in others)
    ]
    assert {one.name for one in with_numbers} >= {"get_person", "erase_person", "stop_token", "drop_dead_letter"}
    assert {name for one in with_numbers for name in _FIELD.findall(one.path)} == {*NUMBERED, *NAMED}
    for one in with_numbers:
        assert asked(here, one, **numbers).status_code == 404, one.name
    assert there.get(f"/duplicates/{first}/{second}").status_code == 200
    for path in ("/identity-questions/undo", "/duplicates/undo"):
        assert here("POST", path, {"a": first, "b": second}).status_code == 404
    for path in ("/identity-questions/answer", "/duplicates/answer"):
        assert here("POST", path, {"a": first, "b": second, "said": "same"}).status_code == 404
    assert here.get(f"/people/by-identity?kind=phone&value={phone}").status_code == 404
    for path in (
        *("/people", "/events", "/dead-letters", "/people?q=王小明", "/events/catalogue", "/traits", "/tags"),
        *("/spend", "/imports", "/webhooks", "/accounts", "/duplicates", "/identity-questions", "/segments"),
        *(
            "/handovers",
            "/models",
            "/models/outcomes",
            "/experiments",
            "/worth/fits",
            "/forms",
            "/campaigns",
            "/links",
            "/gatherings",
        ),
        *("/handovers", "/models", "/models/outcomes", "/experiments", "/worth/fits", "/forms", "/campaigns", "/links"),
        "/pages",
    ):
        assert here.get(path).json() == {"items": [], "next": None}, path
    assert there.get(f"/people/{first}").json()["name"] == "王小明"
    assert there.get("/me").status_code == 200


def test_a_cursor_of_another_workspace_or_list_is_none(new_brand: NewBrand) -> None:
    mine, theirs = new_brand(), new_brand()
    theirs.send(*({"type": "identify", "userId": f"u{i}"} for i in range(3)))
    there, here = program(theirs), program(mine)
    cursor = there.get("/people?limit=1").json()["next"]
    assert len(there.get(f"/people?cursor={cursor}").json()["items"]) == 2
    assert here.get(f"/people?cursor={cursor}").json()["code"] == "cursor.invalid"
    assert there.get(f"/events?cursor={cursor}").json()["code"] == "cursor.invalid"
    assert there.get(f"/people?stage=intent&cursor={cursor}").json()["code"] == "cursor.invalid"


def test_lists_follow_their_cursors_to_the_end(brand: Brand, call: Program) -> None:
    brand.send(
        *({"userId": "u", "event": f"Seen {i}"} for i in range(7)),
        *({"type": "identify", "userId": f"u{i}", "traits": {f"t{i}": i}} for i in range(5)),
    )
    brand.send(*({"userId": "u", "event": f"Later {i}"} for i in range(4)))
    for i in range(4):
        create_write_key(brand.workspace, KeyKind.SERVER, f"k{i}")
    number = call.get("/people/by-identity?kind=user_id&scope=default&value=u").json()["person"]
    paths = ("/people", "/events", f"/people/{number}/events", "/traits", "/write-keys", "/audit")
    for path in paths:
        whole = call.get(f"{path}?limit=200").json()
        parts: list[Any] = []
        cursor, steps = None, 0
        while steps == 0 or cursor:
            page = call.get(f"{path}?limit=3" + (f"&cursor={cursor}" if cursor else "")).json()
            parts += page["items"]
            cursor, steps = page["next"], steps + 1
        assert whole["next"] is None, path
        assert parts == whole["items"], path
        assert steps == -(-len(parts) // 3), path
        assert len(parts) > 3, path


def test_what_is_said_of_a_person_takes_effect(brand: Brand, call: Program) -> None:
    brand.send({"type": "identify", "userId": "u", "traits": {"name": "王小明"}}, {"userId": "v", "event": "cart"})
    number = call.get("/people?q=王小明").json()["items"][0]["number"]
    assert call("PATCH", f"/people/{number}/traits", {"traits": {"city": "杭州"}}).status_code == 202
    tag = {"dimension": "preference", "name": "咖啡", "expires_at": "2099-01-31T08:00:00Z"}
    assert call("POST", f"/people/{number}/tags", tag).status_code == 202
    consent = {"channel": "sms", "purpose": "marketing", "given": True, "how": "paper form"}
    assert call("POST", f"/people/{number}/consents", consent).status_code == 202
    brand.project()
    whole = call.get(f"/people/{number}").json()
    city = next(one for one in whole["traits"] if one["name"] == "city")
    assert (city["value"], city["origin"]) == ("杭州", f"token:{call.token}")
    assert [(one["name"], one["expires_at"]) for one in whole["tags"]] == [("咖啡", "2099-01-31T08:00:00Z")]
    assert [(one["channel"], one["given"]) for one in whole["consents"]] == [("sms", True)]
    lines = call.get(f"/people/{number}/export").getvalue().splitlines()
    assert json.loads(lines[0])["person"] == number
    assert len(lines) == 1 + len(call.get(f"/people/{number}/events").json()["items"])
    assert call("DELETE", f"/people/{number}/tags?dimension=preference&name=咖啡").status_code == 202
    brand.project()
    assert call.get(f"/people/{number}").json()["tags"] == []


def test_people_are_merged_split_and_erased(brand: Brand, call: Program) -> None:
    brand.send(*({"type": "identify", "userId": f"u{i}", "traits": {"name": f"王{i}"}} for i in range(2)))
    one, other = sorted(row["number"] for row in call.get("/people").json()["items"])
    merge = call("POST", f"/people/{one}/merge", {"other": other}).json()["event"]
    brand.project()
    gone = call.get(f"/people/{other}").json()
    assert (gone["code"], gone["detail"]) == ("person.merged", f"Person {other} is a part of person {one}.")
    assert [row["event"] for row in call.get(f"/people/{one}").json()["merges"]] == [merge]
    assert call("POST", f"/merges/{merge}/undo").status_code == 202
    brand.project()
    assert call("POST", f"/merges/{merge}/undo").status_code == 409
    assert call("POST", f"/people/{one}/merge", {"other": one}).status_code == 409
    assert [row.number for row in identities_of(brand.workspace.pk, other)] == [other]
    erased = call("DELETE", f"/people/{other}")
    assert (erased.status_code, erased.json()["identities"]) == (200, 1)
    assert call.get(f"/people/{other}").status_code == 404
    assert call("DELETE", f"/people/{other}").status_code == 404


def test_settings_are_read_and_changed(call: Program) -> None:
    trait = {"kind": "number", "strategy": "first", "label_zh": "鞋码", "label_en": "Shoe size"}
    made = call("PUT", "/traits/shoe/size", trait).json()
    assert made == {"name": "shoe/size", "sensitive": False, **trait}
    assert call.get("/traits/shoe/size").json() == made
    assert call("PUT", "/traits/shoe/size", {"kind": "text"}).json()["code"] == "trait.type"
    rule = {"signals": ["cart"], "days_until_dormant": 30}
    assert call("PUT", "/lifecycle", rule).json() == {**rule, "replay_needed": True}
    assert call.get("/lifecycle").json() == rule
    name = f"visited {random.randrange(10**6)}"
    steps = call("PATCH", "/funnel/steps", {"event": name, "step": "interest"}).json()["steps"]
    assert steps[name] == "interest"
    assert name not in call("DELETE", "/funnel/steps").json()["steps"]
    assert call.get("/funnel?from=2026-02-01&to=2026-01-01").json()["code"] == "funnel.period"
    assert call.get("/funnel?from=2026-01-01").json()["total"]["attention"] == 0
    steps = [{"event": "Product Viewed"}, {"event": name, "where": [{"property": "a", "is": {"test": "known"}}]}]
    assert call("POST", "/funnel/ordered", {"steps": steps}).json() == {"people": [0, 0]}
    period = {"steps": steps, "from": "2026-01-01", "to": "2026-02-01"}
    assert call("POST", "/funnel/ordered", period).json() == {"people": [0, 0]}
    wrong = call("POST", "/funnel/ordered", {"steps": [*steps, {"event": ""}]})
    assert (wrong.status_code, [one["place"] for one in wrong.json()["errors"]]) == (422, ["body.steps[2].event"])
    assert call("POST", "/funnel/ordered", {"steps": steps[:1]}).status_code == 422


def test_a_stopped_key_or_token_is_shown_as_stopped(brand: Brand, call: Program) -> None:
    made = call("POST", "/write-keys", {"kind": "browser", "label": "site"}).json()
    assert made["write_key"].startswith("lyb_")
    assert call("DELETE", f"/write-keys/{made['id']}").status_code == 204
    assert call.get("/write-keys").json()["items"][0]["revoked_at"] is not None
    other = program(brand)
    assert call("DELETE", f"/tokens/{other.token}").status_code == 204
    assert call.get("/tokens").json()["items"][0]["revoked_at"] is not None
    assert other.get("/me").status_code == 401
    assert other.secret not in call.get("/tokens").text


def test_the_workspace_is_changed_as_it_was_seen(call: Program) -> None:
    seen = call.get("/workspace")
    told = {name: said for name, said in seen.json().items() if name not in ("slug", "second_factor", "created_at")}
    changed = call("PUT", "/workspace", {**told, "zone": "Europe/Paris"}, if_match=seen["ETag"]).json()
    assert changed == {**seen.json(), "zone": "Europe/Paris"}
    assert call("PUT", "/workspace", told, if_match=seen["ETag"]).json()["code"] == "state.changed"
    assert call("PUT", "/workspace", {**told, "zone": "Mars"}).json()["code"] == "workspace.zone"
    assert call.get("/workspace").json() == changed


def test_no_two_shapes_have_one_name() -> None:
    """The description calls shapes by their names, so of two of one name one would be described as the other."""
    names = Counter(one.__name__ for one in shapes_under(BaseModel) if one.__module__.startswith("lianyi.api."))
    assert names["FormShown"] == 1
    assert [name for name, count in names.items() if count > 1] == []


def shapes_under(kind: type[BaseModel]) -> set[type[BaseModel]]:
    """All that are of this kind."""
    return {one for child in kind.__subclasses__() for one in (child, *shapes_under(child))}
