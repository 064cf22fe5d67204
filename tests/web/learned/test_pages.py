"""Pages of learned models: the list, a new one, one of them, and what is done with it."""

import pytest
from tests.audience.learned.reports import REPORT, learned
from tests.web.conftest import Brand
from tests.web.learned.often import often

from lianyi.audience.learned import actions, queries
from lianyi.audience.learned.running import PIECES
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_list_says_what_to_do_and_what_each_model_is_worth(brand: Brand) -> None:
    client = brand.visitor()
    assert "There is nothing to learn from yet." in client.get("/models").text
    assert "There is nothing to learn from yet." in client.get("/models/new").text
    brand.send({"userId": "a", "event": "Order Completed"})
    assert "No model yet." in client.get("/models").text
    number = learned(brand.workspace.pk, scores={1: 0.5})
    actions.choose_model(brand.workspace.pk, number)
    page = client.get("/models").text
    assert "0.781" in page
    assert "2,400" in page
    assert "In use" in page
    assert "within 30 days" in page
    assert "在 30 天内" in brand.visitor("zh-hans").get("/models").text


def test_a_new_model_is_of_what_people_did(brand: Brand) -> None:
    brand.send({"userId": "a", "event": "Trial Started"}, {"type": "identify", "userId": "a", "traits": {"city": "x"}})
    client = brand.visitor()
    form = client.get("/models/new")
    assert [name for name, _ in form.context["events"]] == ["Trial Started"]
    for typed, said in (
        ({"event": "Nothing Such", "times": "1", "days": "30"}, "No outcome is chosen."),
        ({"event": "person.identified", "times": "1", "days": "30"}, "No outcome is chosen."),
        ({"event": "Trial Started", "times": "0", "days": "30"}, "no whole number from 1 to 1000"),
        ({"event": "Trial Started", "times": "1", "days": "366"}, "366 days are no window."),
        ({"event": "Trial Started", "times": "1", "days": ""}, "0 days are no window."),
    ):
        answer = client.post("/models/new", typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert queries.newest_models(brand.workspace.pk) == []
    asked = {"event": "Trial Started", "times": "2", "days": "14", "name": ""}
    answer = client.post("/models/new", asked)
    assert (answer.status_code, set(answer.context["wrong"])) == (422, {"event"})
    assert (
        " 0 people at the most can have had the outcome; it takes 200. Wait for more"
        in answer.context["wrong"]["event"]
    )
    assert '<select id="event" name="event" aria-invalid="true"' in answer.text
    often(brand, "Trial Started", 14, learned=400, tested=198)  # and one today
    answer = client.post("/models/new", asked)
    assert " 99 people at the most can have had the outcome; it takes 100." in answer.context["wrong"]["event"]
    assert queries.newest_models(brand.workspace.pk) == []
    brand.send({"userId": "b", "event": "Trial Started"})
    answer = client.post("/models/new", asked)
    (model,) = queries.newest_models(brand.workspace.pk)
    assert answer["Location"] == f"/models/{model.id}"
    assert (model.name, model.days) == ("Started a trial in 14 days", 14)
    assert "Waiting for its turn" in client.get(f"/models/{model.id}").text
    part = client.get(f"/models/{model.id}", headers={"HX-Request": "true", "HX-Target": "standing"})
    assert "progress" in part.text
    assert PIECES.claim("one") == model.id
    PIECES.run(model.id, "one", system_clock)
    part = client.get(f"/models/{model.id}", headers={"HX-Request": "true", "HX-Target": "standing"})
    assert part["HX-Refresh"] == "true"
    page = client.get(f"/models/{model.id}").text
    assert "Nothing was learned" in page
    assert "Of 0 people known 28 days ago, 0 had the outcome in the 14 days after; it takes 200" in page
    assert client.post(f"/models/{model.id}/learn")["Location"] == f"/models/{model.id}"
    assert queries.model_of(brand.workspace.pk, model.id).state == "running"


def test_a_model_says_how_good_it_is_what_it_rests_on_and_what_it_left_out(brand: Brand) -> None:
    number = learned(brand.workspace.pk)
    page = brand.visitor().get(f"/models/{number}")
    assert "It tells people apart well." in page.text
    assert "0.756 to 0.806 in 95 of 100 cases" in page.text
    assert [str(one.said) for one in page.context["causes"]] == [
        "how often 'Product Viewed' happened in the last 30 days",
        "'city' is 'Shanghai'",
        "how long ago they bought last",
        "how long they have been known",
    ]
    assert [one.more for one in page.context["causes"]] == [True, True, False, False]
    assert [round(one.share) for one in page.context["causes"]] == [100, 27, 16, 5]
    assert [str(one) for one in page.context["leaks"]] == [
        "For 98.5 in 100 of those who had the outcome, the trait 'contract' became known only with it or after it: it "
        "would give the outcome away.",
        "By the event 'Invoice Sent' alone nearly everybody is told apart (AUC 0.999), as only the outcome itself "
        "would do.",
    ]
    said, happened, people = (one["values"] for one in page.context["chart"]["series"])
    assert (said[0], happened[0], people[0]) == (2.0, 2.4, 120)
    assert (said[-1], happened[-1]) == (56.0, 56.4)
    assert "Sep 2 " in page.text
    chinese = brand.visitor("zh-hans").get(f"/models/{number}").text
    assert "最近 30 天“浏览商品”的次数" in chinese
    assert "仅凭事件“Invoice Sent”" in chinese


def test_one_that_predicts_nothing_says_so(brand: Brand) -> None:
    coin = learned(brand.workspace.pk, report=REPORT._replace(auc=0.51, auc_from=0.48, useful=False, leaks=()))
    client = brand.visitor()
    page = client.get(f"/models/{coin}").text
    assert "no better than a coin" in page
    assert "Use this model" not in page
    answer = client.post(f"/models/{coin}/choose", follow=True)
    assert "The model gives no scores." in answer.text
    assert queries.chosen(brand.workspace.pk) is None


def test_a_model_is_chosen_learned_anew_stopped_and_deleted(brand: Brand) -> None:
    workspace = brand.workspace.pk
    number = learned(workspace, scores={1: 0.9})
    client = brand.visitor()
    assert "Open as a segment" not in client.get(f"/models/{number}").text
    assert client.post(f"/models/{number}/choose")["Location"] == f"/models/{number}"
    page = client.get(f"/models/{number}").text
    assert "Open as a segment" in page
    assert queries.likelihood_of(workspace, 1) == 90.0
    assert queries.likelihood_of(workspace, 2) is None
    assert " 0 people at the most" in client.post(f"/models/{number}/learn", follow=True).text
    assert queries.model_of(workspace, number).state == "done"
    often(brand, "Order Completed", 30)
    client.post(f"/models/{number}/learn")
    assert queries.model_of(workspace, number).state == "running"
    client.post(f"/models/{number}/stop")
    assert queries.model_of(workspace, number).state == "stopped"
    assert "what it learned before stays" in client.get(f"/models/{number}").text
    client.post(f"/models/{number}/delete")
    assert queries.newest_models(workspace) == []
    assert client.get(f"/models/{number}").status_code == 404
    acts = AuditLine.objects.filter(workspace=workspace, action__startswith="learned.").order_by("id")
    assert [line.action for line in acts] == [
        *("learned.created", "learned.chosen", "learned.asked", "learned.stopped", "learned.deleted")
    ]
