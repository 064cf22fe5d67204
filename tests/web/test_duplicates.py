"""Likely duplicates: the list, a pair side by side, answers and their undo, the search, and who may."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import ABILITIES, Ability, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.members.models import Membership
from lianyi.kernel.clock import system_clock
from lianyi.people.duplicates.actions import keep_found
from lianyi.people.duplicates.models import DuplicateSuggestion
from lianyi.people.duplicates.queries import suggestions
from lianyi.people.duplicates.schemas import Reason, Suggestion, Suggestions
from lianyi.people.duplicates.searches.queries import run_of
from lianyi.people.duplicates.searches.running import PIECES
from lianyi.people.identity.queries import keeping_apart, numbers_of, person_exists

pytestmark = pytest.mark.django_db(transaction=True)
NewBrand = Callable[[], Brand]
NAMES = ("Annika", "Annica", "Bruno", "Brunno", "Carla")


def known(brand: Brand, *names: str) -> list[int]:
    """People of these names, each with a user id of their own; their numbers."""
    brand.send(
        *(
            {"type": "identify", "userId": f"u{place}", "traits": {"name": name, "city": "Bath"}}
            for place, name in enumerate(names)
        )
    )
    return list(range(1, len(names) + 1))


def suggest(brand: Brand, *pairs: tuple[int, int, float]) -> None:
    """Keeps what a search would find, without searching."""
    reasons = (Reason("surname", "same", 7.2), Reason("city", "same", 0.9), Reason("phone", "different", -2.0))
    found = tuple(Suggestion(a, b, probability, reasons) for a, b, probability in pairs)
    keep_found(brand.workspace.pk, Suggestions(found, 5, 10, -9.0, ()), system_clock())


@pytest.fixture
def pairs(brand: Brand) -> Brand:
    """Two pairs of look-alikes, and Carla."""
    assert known(brand, *NAMES) == [1, 2, 3, 4, 5]
    suggest(brand, (1, 2, 0.99), (3, 4, 0.8))
    return brand


def open_pairs(brand: Brand, state: Any = "open") -> list[tuple[int, int]]:
    return [(one.a, one.b) for one in suggestions(brand.workspace.pk, state=state)]


def test_the_list_shows_the_surest_first_with_reasons_in_words(pairs: Brand) -> None:
    page = pairs.visitor().get("/people/duplicates").text
    assert page.index("Annika") < page.index("Bruno")
    for words in ("99%", "80%", "Surname: the same", "strongly for", "Phone: different"):
        assert words in page
    assert "Carla" not in page
    chinese = pairs.visitor("zh-hans").get("/people/duplicates").text
    for words in ("疑似重复", "姓：相同", "强烈支持"):
        assert words in chinese


def test_a_pair_shows_both_and_what_agrees(pairs: Brand) -> None:
    answer = pairs.visitor().get("/people/duplicates/1/2")
    sides = answer.context["sides"]
    assert (sides.left.name, sides.right.name) == ("Annika", "Annica")
    assert [(line.left, line.right, line.mark) for line in sides.identities] == [(("u0",), ("u1",), "differs")]
    assert [(line.label, line.mark) for line in sides.traits] == [("City", "same"), ("Name", "differs")]
    for words in ("about 150 times as likely", "about 4 times less likely", "Merge them"):
        assert words in answer.text
    assert pairs.visitor().get("/people/duplicates/2/1").context["pair"].a == 1


def test_a_decision_brings_the_next_pair_and_can_be_undone(pairs: Brand) -> None:
    workspace, client = pairs.workspace.pk, pairs.visitor()
    answer = client.post("/people/duplicates/1/2/answer", {"said": "same"})
    assert (answer.status_code, answer["Location"]) == (302, "/people/duplicates/3/4?decided=1-2")
    assert "Your answer to the pair before" in client.get(answer["Location"]).text
    pairs.project()
    assert numbers_of(workspace, 1) == [1, 2]
    merged = client.get("/people/duplicates/1/2")
    assert merged.context["sides"].right is None
    assert pairs.owner.email in merged.text
    assert open_pairs(pairs, "same") == [(1, 2)]
    assert "Merged" in client.get("/people/duplicates?state=same").text
    client.post("/people/duplicates/1/2/undo")
    pairs.project()
    assert (numbers_of(workspace, 1), numbers_of(workspace, 2)) == ([1], [2])
    assert keeping_apart(workspace, 1, 2) == []
    assert open_pairs(pairs) == [(1, 2), (3, 4)]


def test_not_the_same_and_later_and_their_undo(pairs: Brand) -> None:
    workspace, client = pairs.workspace.pk, pairs.visitor()
    assert client.post("/people/duplicates/3/4/answer", {"said": "not_same"})["Location"].startswith(
        "/people/duplicates/1/2"
    )
    last = client.post("/people/duplicates/1/2/answer", {"said": "later"})
    assert last["Location"] == "/people/duplicates?state=open"
    pairs.project()
    assert len(keeping_apart(workspace, 3, 4)) == 1
    assert (open_pairs(pairs), open_pairs(pairs, "later"), open_pairs(pairs, "not_same")) == ([], [(1, 2)], [(3, 4)])
    suggest(pairs, (1, 2, 0.97), (3, 4, 0.5))
    assert [(one.a, one.probability) for one in suggestions(workspace, state="later")] == [(1, 0.97)]
    client.post("/people/duplicates/3/4/undo")
    client.post("/people/duplicates/1/2/undo")
    pairs.project()
    assert keeping_apart(workspace, 3, 4) == []
    assert open_pairs(pairs) == [(1, 2), (3, 4)]
    assert "Nobody answered" in client.post("/people/duplicates/1/2/undo", follow=True).text
    suggest(pairs)
    assert (open_pairs(pairs), open_pairs(pairs, "later")) == ([], [])


def test_undone_before_the_pipeline_came_to_it(pairs: Brand) -> None:
    client = pairs.visitor()
    client.post("/people/duplicates/1/2/answer", {"said": "same"})
    client.post("/people/duplicates/1/2/undo")
    pairs.project()
    assert person_exists(pairs.workspace.pk, 2)
    assert open_pairs(pairs) == [(1, 2), (3, 4)]


def test_of_two_who_decide_at_once_one_is_refused(pairs: Brand) -> None:
    other = ensure_member(pairs.workspace, "second@example.com", Role.EDITOR)
    clients = [pairs.visitor(), Brand(pairs.workspace, other, pairs.key).visitor()]
    together, answers = threading.Barrier(2), {}

    def decide(place: int, said: str) -> None:
        together.wait()
        answers[said] = clients[place].post("/people/duplicates/1/2/answer", {"said": said})["Location"]
        connection.close()

    threads = [threading.Thread(target=decide, args=one) for one in enumerate(("same", "not_same"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers.values()) == ["/people/duplicates/1/2", "/people/duplicates/3/4?decided=1-2"]
    (won,) = [said for said, place in answers.items() if "decided" in place]
    loser = clients[1 if won == "same" else 0]
    assert "Somebody answered this meanwhile." in loser.get("/people/duplicates/1/2").text
    pairs.project()
    assert person_exists(pairs.workspace.pk, 2) == (won == "not_same")
    written = AuditLine.objects.filter(workspace=pairs.workspace.pk, action__in=("people.merged", "people.kept_apart"))
    assert [line.action for line in written] == ["people.merged" if won == "same" else "people.kept_apart"]


def test_pages_follow_one_another_and_skip_what_is_settled_elsewhere(brand: Brand) -> None:
    known(brand, *(f"Person {place}" for place in range(75)))
    suggest(brand, *((a, a + 1, 0.9) for a in range(1, 75)))
    client = brand.visitor()
    first = client.get("/people/duplicates")
    assert [one.a for one, _, _ in first.context["pairs"]] == list(range(1, 31))
    second = client.get(f"/people/duplicates?after={first.context['further']}", headers={"hx-request": "true"})
    assert "<html" not in second.text
    assert [one.a for one, _, _ in second.context["pairs"]] == list(range(31, 61))
    third = client.get(f"/people/duplicates?after={second.context['further']}")
    assert ([one.a for one, _, _ in third.context["pairs"]], third.context["further"]) == (list(range(61, 75)), "")
    for wrong in ("x", "1_2", "nan_1_2", "0.5_0_1", "-1_1_2"):
        assert len(client.get(f"/people/duplicates?after={wrong}").context["pairs"]) == 30
    DuplicateSuggestion.objects.filter(workspace=brand.workspace.pk, a__gt=1).update(answered="later")
    assert client.get("/people/duplicates").context["further"] == ""


def test_a_person_s_page_names_likely_duplicates(pairs: Brand) -> None:
    client = pairs.visitor()
    assert "/people/duplicates/1/2" in client.get("/people/2").text
    assert "Possible duplicates" not in client.get("/people/5").text


def test_a_search_is_asked_for_once_seen_and_stopped(pairs: Brand) -> None:
    workspace, client = pairs.workspace.pk, pairs.visitor()
    assert client.post("/people/duplicates/search")["Location"] == "/people/duplicates"
    assert "Waiting for its turn" in client.get("/people/duplicates").text
    assert "being compared already" in client.post("/people/duplicates/search", follow=True).text
    assert PIECES.claim("one") == workspace
    PIECES.step(workspace, "one", 2)
    part = client.get("/people/duplicates/search/progress").text
    assert "Looking for pairs worth comparing" in part
    assert "2 / 5" in part
    client.post("/people/duplicates/search/stop")
    assert "It stops within seconds." in client.get("/people/duplicates/search/progress").text
    PIECES.settle(workspace, "one", system_clock)
    assert client.get("/people/duplicates/search/progress")["HX-Refresh"] == "true"
    assert "was stopped" in client.get("/people/duplicates").text
    client.post("/people/duplicates/search")
    assert PIECES.claim("one") == workspace
    PIECES.run(workspace, "one", system_clock)
    found = run_of(workspace)
    assert found is not None
    assert (found.state, found.step, found.actor) == ("done", 5, f"member:{pairs.owner.pk}")
    assert "Compared" in client.get("/people/duplicates").text


def test_pairs_of_others_and_members_who_may_not(pairs: Brand, new_brand: NewBrand) -> None:
    stranger = new_brand().visitor()
    assert stranger.get("/people/duplicates/1/2").status_code == 404
    for act in ("answer", "undo"):
        assert stranger.post(f"/people/duplicates/1/2/{act}", {"said": "same"}).status_code == 404
    client = pairs.visitor()
    for nobody in ("1/3", "1/1", "0/2", f"1/{2**31}", f"1/{2**70}"):
        assert client.get(f"/people/duplicates/{nobody}").status_code == 404
    assert client.post("/people/duplicates/1/2/answer", {"said": "maybe"}).status_code == 404
    for role in Role:
        Membership.objects.filter(member=pairs.owner).update(role=role)
        assert client.get("/people/duplicates").status_code == 200
        may = Ability.EDIT_PEOPLE in ABILITIES[role]
        assert ("Merge them" in client.get("/people/duplicates/1/2").text) == may
        if not may:
            for act in ("1/2/answer", "1/2/undo", "search", "search/stop"):
                assert client.post(f"/people/duplicates/{act}", {"said": "same"}).status_code == 403
    assert open_pairs(pairs) == [(1, 2), (3, 4)]
    assert run_of(pairs.workspace.pk) is None
    assert Client().get("/people/duplicates")["Location"] == "/sign-in"
