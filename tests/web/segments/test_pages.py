"""Pages of segments: the list, one of them, its people, why somebody is in, overlap, and what is done with one."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.api.conftest import program
from tests.web.conftest import Brand

from lianyi.audience.handover.actions import set_assignment
from lianyi.audience.handover.schemas import Assignment, AssignmentRule, Way
from lianyi.audience.segments import actions, queries, storing, upkeep
from lianyi.audience.segments.models import SegmentRow
from lianyi.audience.segments.schemas import Kind, State
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.profiles.queries import search_people
from lianyi.rules.reading import read

pytestmark = pytest.mark.django_db(transaction=True)


def people(brand: Brand, *names: str, **traits: Any) -> None:
    brand.send(*({"type": "identify", "userId": name, "traits": {"name": name, **traits}} for name in names))


def made(brand: Brand, name: str, rule: dict[str, Any], kind: Kind = Kind.LIVE) -> int:
    number = actions.create_segment(brand.workspace.pk, name, read(rule), system_clock(), kind=kind)
    upkeep.build(brand.workspace.pk, to_micros(system_clock()))
    return number


def named(*names: str) -> dict[str, Any]:
    return {"kind": "trait", "trait": "name", "is": {"test": "one_of", "values": list(names)}}


def test_an_empty_list_says_what_to_do_and_a_full_one_can_be_searched(brand: Brand) -> None:
    client = brand.visitor()
    assert "No segment yet." in client.get("/segments").text
    people(brand, "Ann", "Bob")
    inner = made(brand, "Anns", named("Ann"))
    made(brand, "Others", {"kind": "not", "rule": {"kind": "in_segment", "segment": inner}})
    page = client.get("/segments")
    assert [(one.name, one.size, used) for one, _, _, used in page.context["segments"]] == [
        ("Anns", 1, ["Others"]),
        ("Others", 1, []),
    ]
    assert [one.name for one, *_ in client.get("/segments", {"q": "oth"}).context["segments"]] == ["Others"]
    assert "No segment has this" in client.get("/segments", {"q": "zzz"}).text


def test_the_list_pages_by_name(brand: Brand) -> None:
    for number in range(60):
        actions.create_list(brand.workspace.pk, f"s{number:02}", [], system_clock())
    client = brand.visitor()
    first = client.get("/segments")
    assert first.context["further"] == "s49"
    rest = client.get("/segments", {"after": "s49"}, headers={"HX-Request": "true", "HX-Target": "more"})
    assert [one.name for one, *_ in rest.context["segments"]] == [f"s{number}" for number in range(50, 60)]


def test_a_segment_tells_its_rule_its_size_by_day_its_changes_and_its_users(brand: Brand) -> None:
    people(brand, "Ann", "Bob", "Cid")
    inner = made(brand, "Inner", named("Ann", "Bob"))
    made(brand, "Outer", {"kind": "in_segment", "segment": inner})
    asking = {"kind": "in_segment", "segment": inner}
    rule = AssignmentRule("North", Way.MEMBER, asking, (brand.owner.pk,))
    set_assignment(brand.workspace.pk, Assignment(rules=(rule,)))
    page = brand.visitor().get(f"/segments/{inner}")
    assert "Name is &#x27;Ann&#x27; or &#x27;Bob&#x27;" in page.text
    assert page.context["chart"]["series"][0]["values"] == [0, 0, 0, 0, 0, 0, 2]
    assert [(len(change.entered), str(cause)) for change, cause in page.context["changes"]] == [(2, "The rule")]
    assert [one.name for one in page.context["used_by"]] == ["Outer", "North"]
    assert 'href="/settings/handover">North</a>' in page.text
    refused = brand.visitor().post(f"/segments/{inner}/delete", follow=True)
    assert "the segment &#x27;Outer&#x27;, the rule of hand-over &#x27;North&#x27;" in refused.text
    assert "姓名是" in brand.visitor("zh-hans").get(f"/segments/{inner}").text


def test_people_of_a_segment_come_page_by_page_the_newest_first(brand: Brand) -> None:
    people(brand, *(f"u{number}" for number in range(60)))
    number = made(brand, "All", {"kind": "not", "rule": {"kind": "tagged", "tag": "none"}})
    client, everybody = brand.visitor(), list(queries.members(brand.workspace.pk, number))
    first = client.get(f"/segments/{number}/members")
    assert [row.number for row, *_ in first.context["shown"]] == everybody[:9:-1]
    rest = client.get(f"/segments/{number}/members", {"after": first.context["further"]})
    assert [row.number for row, *_ in rest.context["shown"]] == everybody[9::-1]
    assert rest.context["further"] is None
    assert 'name="number"' not in first.text  # nobody is ticked here


def test_why_somebody_is_in_or_out(brand: Brand) -> None:
    people(brand, "Ann", "Anna", city="上海")
    number = made(brand, "S", {"kind": "all_of", "rules": [named("Ann"), {"kind": "identified", "by": "phone"}]})
    client = brand.visitor()
    assert [row.name for row in client.get(f"/segments/{number}/why", {"who": "Ann"}).context["alike"]] == [
        "Ann",
        "Anna",
    ]
    (anna,) = search_people(brand.workspace.pk, "Anna")
    page = client.get(f"/segments/{number}/why", {"who": f"#{anna.number}"})
    assert (page.context["inside"], page.context["differs"]) == (False, False)
    assert [(depth, part.holds) for depth, part in page.context["parts"]] == [(0, False), (1, False), (1, False)]
    assert "Nobody is called so." in client.get(f"/segments/{number}/why", {"who": "zzz"}).text


def test_overlap_of_four(brand: Brand) -> None:
    people(brand, *"abcdef")
    one, two = made(brand, "1", named("a", "b", "c")), made(brand, "2", named("b", "c", "d"))
    three, four = made(brand, "3", named("c", "d", "e")), made(brand, "4", named("f"))
    client = brand.visitor()
    page = client.get(f"/segments/{one}/overlap", {"with": [two, three, four, "nonsense", "999999"]})
    counted = {tuple(inside): people for inside, people in page.context["parts"]}
    assert {key: many for key, many in counted.items() if many} == {
        (True, True, True, False): 1,
        (True, True, False, False): 1,
        (False, True, True, False): 1,
        (True, False, False, False): 1,
        (False, False, True, False): 1,
        (False, False, False, True): 1,
    }
    assert (len(counted), page.context["all"]) == (15, 6)
    assert page.text.count("<ellipse") == 4
    assert len({(one.x, one.y) for one in page.context["venn"].counts}) == 15
    assert "Choose one to three" in client.get(f"/segments/{one}/overlap").text


def test_a_segment_is_renamed_kept_exported_and_deleted(brand: Brand) -> None:
    people(brand, "Ann", "=Bob")
    number = made(brand, "Inner", named("Ann", "=Bob"))
    outer = made(brand, "Outer", {"kind": "in_segment", "segment": number})
    client = brand.visitor()
    assert client.post(f"/segments/{number}/rename", {"name": "Both", "note": "two"}).status_code == 302
    assert client.post(f"/segments/{number}/rename", {"name": "Outer", "note": ""}, follow=True).text.count("already")
    assert queries.segment(brand.workspace.pk, number).name == "Both"
    kept = client.post(f"/segments/{number}/snapshot", {"name": "Kept"})
    upkeep.build(brand.workspace.pk, to_micros(system_clock()))
    shown = client.get(kept["Location"]).context["segment"]
    assert (shown.kind, shown.state, shown.size) == (Kind.SNAPSHOT, State.CURRENT, 2)
    rows = b"".join(client.post(f"/segments/{number}/export.csv")).decode("utf-8-sig").splitlines()  # type: ignore[call-overload]
    assert [row.split(",")[1] for row in rows] == ["Name", "Ann", "'=Bob"]
    assert AuditLine.objects.filter(workspace=brand.workspace.pk, action="segment.exported").count() == 1
    assert "Rules ask for" in client.post(f"/segments/{number}/delete", follow=True).text
    assert client.post(f"/segments/{outer}/delete").status_code == 302
    assert client.post(f"/segments/{number}/delete")["Location"] == "/segments"
    assert client.get(f"/segments/{number}").status_code == 404


def test_who_may_only_look_sees_no_buttons(brand: Brand) -> None:
    from django.test import Client

    from lianyi.foundation.members.actions import ensure_member, issue_sign_in_link

    number = actions.create_list(brand.workspace.pk, "L", [], system_clock())
    member = ensure_member(brand.workspace, "viewer@example.com", Role.VIEWER)
    client = Client(headers={"accept-language": "en"})
    client.post(f"/sign-in/{issue_sign_in_link(member, system_clock())}")
    page = client.get(f"/segments/{number}")
    assert page.status_code == 200
    for button in ("export.csv", "rename", "snapshot", "delete"):
        assert f"/segments/{number}/{button}" not in page.text
        assert client.post(f"/segments/{number}/{button}").status_code == 403


def test_a_segment_of_another_workspace_is_no_choice_to_compare_with(new_brand: Callable[[], Brand]) -> None:
    mine, other = new_brand(), new_brand()
    number = actions.create_list(mine.workspace.pk, "M", [], system_clock())
    actions.create_list(other.workspace.pk, "T", [], system_clock())
    theirs = actions.create_list(other.workspace.pk, "U", [], system_clock())
    page = mine.visitor().get(f"/segments/{number}/overlap", {"with": theirs})
    assert "venn" not in page.context


def test_one_whose_rule_a_newer_version_wrote_says_so_and_the_others_are_shown(brand: Brand) -> None:
    people(brand, "Ann", "Bob")
    number = made(brand, "Anns", named("Ann"))
    other = made(brand, "Others", {"kind": "not", "rule": {"kind": "in_segment", "segment": number}})
    newer = {"version": 99, "rule": {"kind": "horoscope"}}
    SegmentRow.objects.filter(workspace=brand.workspace.pk, number=number).update(rule=newer)
    storing.stamp(brand.workspace.pk)
    client = brand.visitor()
    page = client.get(f"/segments/{number}").text
    assert (
        "This version of Lianyi cannot read the rule, which a newer one wrote; its people are those of before." in page
    )
    assert f"/segments/{number}/edit" not in page
    assert "当前版本无法读取" in brand.visitor("zh-hans").get(f"/segments/{number}").text
    shown = {one.name: (one.state, one.size) for one, *_ in client.get("/segments").context["segments"]}
    assert shown == {"Anns": (State.BROKEN, 1), "Others": (State.CURRENT, 1)}
    for place in ("members", "why?who=%231", "changes", f"overlap?with={other}", "edit"):
        assert client.get(f"/segments/{number}/{place}").status_code in (200, 302, 404), place
    assert program(brand).get(f"/segments/{number}").json()["problem"].startswith("This version of Lianyi cannot read")
    people(brand, "Cid")
    assert client.get(f"/segments/{other}").context["segment"].size == 2
