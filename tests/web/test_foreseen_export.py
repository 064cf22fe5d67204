"""Files of what models foresee and of experiments: who is in them and in which order, no formulas, and only for who may
take people out.
"""

import csv
import io
from typing import Any

import numpy as np
import pytest
from pyroaring import BitMap
from tests.audience.learned.reports import learned
from tests.web.conftest import Brand
from tests.web.scores.test_matrix import as_one
from tests.web.test_worth import fitted_by, shop

from lianyi.audience.arms.actions import create_test, expose, start_test
from lianyi.audience.arms.schemas import Arm, Draft
from lianyi.audience.worth import queries
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.clock import system_clock
from lianyi.web import foreseen_export

pytestmark = pytest.mark.django_db(transaction=True)


def rows(answer: Any) -> list[list[str]]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.streaming
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def noted(brand: Brand, action: str) -> list[dict[str, Any]]:
    return [line.detail for line in AuditLine.objects.filter(workspace=brand.workspace.pk, action=action)]


def test_people_of_a_model_come_by_their_likelihood(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreseen_export, "_AT_ONCE", 2)
    names = {"a": "=1+1", "b": "Bo", "c": "Cy", "d": "Di"}
    brand.send(*({"type": "identify", "userId": user, "traits": {"name": name}} for user, name in names.items()))
    number = learned(brand.workspace.pk, scores={1: 0.125, 2: 0.9, 3: 0.125, 4: 0.5, 999: 0.7})
    client = brand.visitor()
    assert f'action="/models/{number}/export.csv"' in client.get(f"/models/{number}").text
    answer = client.post(f"/models/{number}/export.csv")
    assert f'filename="model-{number}-' in answer["Content-Disposition"]
    assert rows(answer) == [
        ["Number", "Name", "Likelihood, %"],
        ["2", "Bo", "90.0"],
        ["4", "Di", "50.0"],
        ["1", "'=1+1", "12.5"],
        ["3", "Cy", "12.5"],
    ]
    assert rows(brand.visitor("zh-hans").post(f"/models/{number}/export.csv"))[0] == ["编号", "姓名", "可能性（%）"]
    assert noted(brand, "learned.exported") == [{"model": number}] * 2
    nothing = learned(brand.workspace.pk, "Nothing")
    assert rows(client.post(f"/models/{nothing}/export.csv"))[1:] == []
    assert client.post("/models/999/export.csv").status_code == 404


def test_buyers_come_by_what_they_are_worth(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreseen_export, "_AT_ONCE", 100)
    assert brand.visitor().post("/worth/export.csv")["Location"] == "/worth"
    shop(brand)
    client = fitted_by(brand)
    assert '<input type="hidden" name="days" value="90">' in client.get("/worth?days=90").text
    head, *found = rows(client.post("/worth/export.csv", {"days": "90"}))
    assert (head[0], head[-1]) == ("Number", "The next so many days")
    said = queries.worths(brand.workspace.pk, 90, queries.today_of(brand.workspace.pk, system_clock()))
    assert said.value is not None
    order = np.lexsort((said.persons, -said.value))
    assert [int(one[0]) for one in found] == said.persons[order].tolist()
    assert len(found) == 230
    for place in (0, 99, 100, 229):
        at = order[place]
        assert float(found[place][2]) == pytest.approx(100 * said.alive[at], abs=0.01)
        assert float(found[place][3]) == pytest.approx(said.purchases[at], abs=0.001)
        assert float(found[place][4]) == pytest.approx(said.value[at], abs=0.01)
        assert found[place][5:] == ["CNY", "90"]
    assert noted(brand, "worth.exported") == [{"days": 90}]


def test_the_result_of_an_experiment_has_a_line_for_each_arm(brand: Brand) -> None:
    workspace, now = brand.workspace.pk, system_clock()
    brand.send(*({"type": "identify", "userId": user, "traits": {"name": user}} for user in "abcd"))
    made = create_test(workspace, Draft("=Button", "spring", (Arm("@plain", 1), Arm("red", 3))), now)
    client = brand.visitor()
    assert "/export.csv" not in client.get(f"/experiments/{made.id}").text
    start_test(workspace, made.id, now)
    assert f'action="/experiments/{made.id}/export.csv"' in client.get(f"/experiments/{made.id}").text
    expose(workspace, made.id, BitMap([1, 2, 3, 4]), now)
    brand.project()
    head, plain, red = rows(client.post(f"/experiments/{made.id}/export.csv"))
    assert head[:4] == ["Experiment", "Arm", "Weight", "Share by weight, %"]
    assert (plain[:4], red[:4]) == (["'=Button", "'@plain", "1", "25.0"], ["'=Button", "red", "3", "75.0"])
    assert int(plain[4]) + int(red[4]) == 4
    assert float(plain[5]) + float(red[5]) == 100
    assert noted(brand, "arms.exported") == [{"test": made.id}]
    assert client.post("/experiments/999/export.csv").status_code == 404


def test_only_who_may_take_people_out_gets_them(brand: Brand) -> None:
    number = learned(brand.workspace.pk, scores={1: 0.5})
    made = create_test(brand.workspace.pk, Draft("B", "s", (Arm("x"), Arm("y"))), system_clock())
    start_test(brand.workspace.pk, made.id, system_clock())
    viewer = as_one(brand, Role.VIEWER)
    for place in (f"/models/{number}", f"/experiments/{made.id}"):
        assert "export.csv" not in viewer.get(place).text
        assert viewer.post(f"{place}/export.csv").status_code == 403
    assert viewer.post("/worth/export.csv").status_code == 403
    assert AuditLine.objects.filter(workspace=brand.workspace.pk, action__endswith=".exported").count() == 0
