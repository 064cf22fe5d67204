"""Identity conflicts: the list, one of them with its reason in words, answers and their undo, and who may."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import ABILITIES, Ability, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.members.models import Membership
from lianyi.people.identity.queries import answered_questions, keeping_apart, numbers_of, person_exists, questions

pytestmark = pytest.mark.django_db(transaction=True)
NewBrand = Callable[[], Brand]


def vouched(user: str, phone: str) -> dict[str, Any]:
    """A server says that this user has this phone, and that both are verified."""
    return {
        "type": "identify",
        "userId": user,
        "traits": {"name": user.upper(), "phone": phone, "phone_verified": True},
    }


@pytest.fixture
def torn(brand: Brand) -> Brand:
    """Ann and Bob, each with a user id and a phone of an own; Bob is said to have Ann's phone."""
    brand.send(vouched("ann", "13912345670"), vouched("bob", "13912345671"))
    brand.send(vouched("bob", "13912345670"))
    assert asked(brand), "the phone is vouched for"
    return brand


def asked(brand: Brand) -> list[tuple[int, int]]:
    return [(one.a, one.b) for one in questions(brand.workspace.pk)]


def place(brand: Brand) -> str:
    ((a, b),) = asked(brand)
    return f"/people/conflicts/{a}/{b}"


def test_the_list_says_who_and_why_in_both_languages(torn: Brand) -> None:
    page = torn.visitor().get("/people/conflicts").text
    for words in ("ANN", "BOB", "+8613912345670", "Each has a confirmed one of their own: Phone, User id."):
        assert words in page
    assert "双方各有经确认的手机号、用户 ID" in torn.visitor("zh-hans").get("/people/conflicts").text
    one = torn.visitor().get(place(torn))
    assert (one.context["sides"].left.name, one.context["sides"].right.name) == ("ANN", "BOB")
    assert "Merge all the same" in one.text
    assert place(torn) in torn.visitor().get("/people/1").text


def test_merged_all_the_same_and_undone(torn: Brand) -> None:
    workspace, client, at = torn.workspace.pk, torn.visitor(), place(torn)
    one, other = (
        numbers_of(workspace, row.number)
        for row in (client.get(at).context["sides"].left, client.get(at).context["sides"].right)
    )
    assert client.post(f"{at}/answer", {"said": "same"})["Location"] == "/people/conflicts"
    assert asked(torn) == []
    torn.project()
    assert numbers_of(workspace, one[0]) == sorted([*one, *other])
    assert torn.owner.email in client.get("/people/conflicts?state=same").text
    assert "Merged" in client.get(at).text
    client.post(f"{at}/undo")
    torn.project()
    assert (numbers_of(workspace, one[0]), numbers_of(workspace, other[0])) == (one, other)
    assert keeping_apart(workspace, one[0], other[0]) == []
    assert place(torn) == at


def test_kept_apart_and_undone(torn: Brand) -> None:
    workspace, client, at = torn.workspace.pk, torn.visitor(), place(torn)
    client.post(f"{at}/answer", {"said": "different"})
    torn.project()
    assert asked(torn) == []
    assert [one.said for one in answered_questions(workspace, "different")] == ["different"]
    assert "Kept apart" in client.get("/people/conflicts?state=different").text
    client.post(f"{at}/undo")
    torn.project()
    assert place(torn) == at
    assert answered_questions(workspace, "different") == []


def test_put_off_until_it_is_undone(torn: Brand) -> None:
    client, at = torn.visitor(), place(torn)
    client.post(f"{at}/answer", {"said": "later"})
    torn.send(vouched("bob", "13912345670"))
    assert asked(torn) == []
    assert "BOB" in client.get("/people/conflicts?state=later").text
    client.post(f"{at}/undo")
    assert place(torn) == at
    assert "Nobody" not in client.get("/people/conflicts").text


def test_of_two_who_answer_at_once_one_is_refused(torn: Brand) -> None:
    other = ensure_member(torn.workspace, "second@example.com", Role.EDITOR)
    clients = [torn.visitor(), Brand(torn.workspace, other, torn.key).visitor()]
    at, together, answers = place(torn), threading.Barrier(2), {}

    def decide(who: int, said: str) -> None:
        together.wait()
        answers[said] = clients[who].post(f"{at}/answer", {"said": said})["Location"]
        connection.close()

    threads = [threading.Thread(target=decide, args=one) for one in enumerate(("same", "different"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers.values()) == ["/people/conflicts", at]
    torn.project()
    merged = answers["same"] == "/people/conflicts"
    written = AuditLine.objects.filter(workspace=torn.workspace.pk, action__in=("people.merged", "people.kept_apart"))
    assert [line.action for line in written] == ["people.merged" if merged else "people.kept_apart"]
    assert "Somebody answered this meanwhile." in clients[1 if merged else 0].get(at).text


def test_the_next_conflict_comes(brand: Brand) -> None:
    brand.send(*(vouched(f"u{n}", f"1391234567{n}") for n in range(4)))
    brand.send(vouched("u1", "13912345670"), vouched("u3", "13912345672"))
    (first, second), client = asked(brand), brand.visitor()
    answer = client.post(f"/people/conflicts/{first[0]}/{first[1]}/answer", {"said": "later"})
    assert answer["Location"] == f"/people/conflicts/{second[0]}/{second[1]}?decided={first[0]}-{first[1]}"
    assert f"/people/conflicts/{first[0]}/{first[1]}/undo" in client.get(answer["Location"]).text


def test_pages_follow_one_another(brand: Brand) -> None:
    brand.send(*(vouched(f"u{n}", f"{13912340000 + n}") for n in range(66)))
    brand.send(*(vouched(f"u{n + 1}", f"{13912340000 + n}") for n in range(0, 65, 2)))
    whole, client = asked(brand), brand.visitor()
    assert len(whole) == 33
    first = client.get("/people/conflicts")
    more = client.get(f"/people/conflicts?after={first.context['further']}", headers={"hx-request": "true"})
    found = [(one.a, one.b) for page in (first, more) for one, *_ in page.context["conflicts"]]
    assert (found, more.context["further"], "<html" in more.text) == (whole, "", False)
    for a, b in whole:
        client.post(f"/people/conflicts/{a}/{b}/answer", {"said": "later"})
    first = client.get("/people/conflicts?state=later")
    more = client.get(f"/people/conflicts?state=later&after={first.context['further']}")
    found = [(one.a, one.b) for page in (first, more) for one, *_ in page.context["conflicts"]]
    assert found == whole[::-1]


def test_conflicts_of_others_and_members_who_may_not(torn: Brand, new_brand: NewBrand) -> None:
    at, stranger = place(torn), new_brand().visitor()
    assert stranger.get(at).status_code == 404
    for act in ("answer", "undo"):
        assert stranger.post(f"{at}/{act}", {"said": "same"}).status_code == 404
    client = torn.visitor()
    for nobody in ("1/1", "0/2", f"1/{2**31}", f"1/{2**70}"):
        assert client.get(f"/people/conflicts/{nobody}").status_code == 404
    assert client.post(f"{at}/answer", {"said": "not_same"}).status_code == 404
    for role in Role:
        Membership.objects.filter(member=torn.owner).update(role=role)
        assert client.get("/people/conflicts").status_code == 200
        may = Ability.EDIT_PEOPLE in ABILITIES[role]
        assert ("Merge all the same" in client.get(at).text) == may
        if not may:
            for act in ("answer", "undo"):
                assert client.post(f"{at}/{act}", {"said": "same"}).status_code == 403
    assert place(torn) == at
    assert person_exists(torn.workspace.pk, 1)
