"""Pages of experiments: drafts, running ones with who saw which arm, and ended ones."""

import pytest
from pyroaring import BitMap
from tests.web.conftest import Brand

from lianyi.audience.arms import actions, queries
from lianyi.audience.arms.judging import chance_of
from lianyi.audience.arms.schemas import Arm, Draft, Exposures
from lianyi.insight.kept.keeping import settle
from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)
HALVES = Draft("Button", "s", (Arm("Green"), Arm("Red", 3)))


def test_a_draft_is_made_changed_and_deleted(brand: Brand) -> None:
    client = brand.visitor()
    assert "No experiment yet." in client.get("/experiments").text
    form = client.get("/experiments/new")
    assert [arm.name for arm in form.context["arms"]] == ["A", "B"]
    seed = form.context["draft"].seed
    more = client.post(
        "/experiments/new", {"do": "more", "name": "B", "seed": seed, "arm": ["A", "B"], "weight": ["1", "2"]}
    )
    assert [(arm.name, arm.weight) for arm in more.context["arms"]] == [("A", 1), ("B", 2), ("", 1), ("", 1)]
    typed = {"do": "save", "name": "Button", "seed": seed, "arm": ["Green", "", "Red"], "weight": ["1", "", "3"]}
    for wrong, said in (
        ({"name": ""}, "A name is missing"),
        ({"arm": ["Green"]}, "An experiment has 2 to 20 arms."),
        ({"arm": ["Red", "", "Red"]}, "Two arms have the same name."),
        ({"weight": ["1", "", "0"]}, "A weight is no whole number from 1 to 10000."),
    ):
        answer = client.post("/experiments/new", typed | wrong)
        assert answer.status_code == 422
        assert said in answer.text
    assert queries.newest_tests(brand.workspace.pk) == []
    place = client.post("/experiments/new", typed)["Location"]
    (made,) = queries.newest_tests(brand.workspace.pk)
    assert place == f"/experiments/{made.id}"
    assert (made.name, made.seed, made.arms) == ("Button", seed, (Arm("Green", 1), Arm("Red", 3)))
    page = client.get(place)
    assert [(one.name, one.due, one.people, one.share) for one in page.context["seen"]] == [
        *(("Green", 0.25, 0, None), ("Red", 0.75, 0, None))
    ]
    assert client.post("/experiments/new", typed).status_code == 422  # the name is taken
    client.post(f"{place}/edit", typed | {"name": "Colour"})
    assert queries.test_of(brand.workspace.pk, made.id).name == "Colour"
    assert "Edit Colour" in client.get(f"{place}/edit").text
    assert client.post(f"{place}/nothing").status_code == 404
    assert client.post(f"{place}/delete")["Location"] == "/experiments"
    assert client.get(place).status_code == 404


def test_who_saw_which_arm_is_counted_and_looked_up(brand: Brand) -> None:
    workspace = brand.workspace.pk
    brand.send(*({"type": "identify", "userId": f"u{number}", "traits": {"name": "N"}} for number in range(40)))
    everybody = [row.number for row in search_people(workspace, "N", 50)]
    test = actions.create_test(workspace, HALVES, system_clock()).id
    client = brand.visitor()
    client.post(f"/experiments/{test}/start")
    shown = actions.expose(workspace, test, BitMap(everybody[:30]), system_clock())
    brand.project()
    assert "fixed from now on" in client.get(f"/experiments/{test}").text
    settle()
    page = client.get(f"/experiments/{test}")
    seen = {one.name: one.people for one in page.context["seen"]}
    assert seen == {arm: len(some) for arm, some in shown.arms.items()}
    assert sum(seen.values()) == 30
    assert not page.context["off"]
    first, last = everybody[0], everybody[-1]
    mine = client.get(f"/experiments/{test}?person=%23{first}")
    assert first in shown.arms[mine.context["given"].arm]
    assert mine.context["given"].exposed_at is not None
    assert "not seen yet" in client.get(f"/experiments/{test}?person={last}").text
    assert "There is no such person." in client.get(f"/experiments/{test}?person=2000000").text
    assert "arms and weights are fixed" in client.post(
        f"/experiments/{test}/edit", {"do": "save", "name": "X", "seed": "s", "arm": ["A", "B"], "weight": ["1", "1"]}
    ).text  # fmt: skip
    assert "was shown to people and stays" in client.post(f"/experiments/{test}/delete", follow=True).text
    assert "实验已结束" in brand.visitor("zh-hans").post(f"/experiments/{test}/end", follow=True).text
    assert queries.test_of(workspace, test).state == "ended"


def test_a_split_that_chance_does_not_make_is_told() -> None:
    def seen(*people: int) -> list[Exposures]:
        return [Exposures(arm, many, None, None) for arm, many in zip(HALVES.arms, people, strict=True)]

    assert chance_of(seen(4, 12)) is None  # one in four of sixteen is four
    assert chance_of(seen(250, 750)) == 1.0
    assert chance_of(seen(280, 720)) == pytest.approx(0.02846, abs=1e-5)  # chi-square of 4.8 with one degree
    assert chance_of(seen(320, 680)) == pytest.approx(3.2e-7, rel=0.02)


def test_the_list_pages_from_the_newest(brand: Brand) -> None:
    for number in range(55):
        actions.create_test(brand.workspace.pk, HALVES._replace(name=f"e{number:02}"), system_clock())
    client = brand.visitor()
    first = client.get("/experiments")
    assert [one.name for one, _, _ in first.context["experiments"]][::49] == ["e54", "e05"]
    rest = client.get(
        "/experiments", {"before": first.context["further"]}, headers={"HX-Request": "true", "HX-Target": "more"}
    )
    assert [one.name for one, _, _ in rest.context["experiments"]] == ["e04", "e03", "e02", "e01", "e00"]
