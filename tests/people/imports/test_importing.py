"""Imports into the database: counted before, recorded once, gone on with after a crash."""

import csv
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests.emptying import empty_log
from tests.people.imports.builders import file

from lianyi.assembly.pipeline import Pipeline
from lianyi.events.log.queries import tail_events
from lianyi.events.schemas import Claim, Event
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity import actions as people
from lianyi.people.identity import queries as identity
from lianyi.people.imports import actions
from lianyi.people.imports.actions import import_file, prepare, try_file
from lianyi.people.imports.mapping import parse_mapping
from lianyi.people.imports.models import ImportJob
from lianyi.people.imports.schemas import Result
from lianyi.people.profiles import queries as profiles

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDERS = "order,price,quantity,customer_id,date\n"


class Brand:
    """A workspace that files are imported into."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder = folder
        self.workspace = workspace
        self.now = NOW
        self._pipeline: Pipeline | None = None

    def dry(self, kind: str, path: Path, mapping: str | None = None) -> Result:
        said = None if mapping is None else parse_mapping(mapping, kind)
        return try_file(self.workspace, prepare(self.workspace, path, kind, said), self.now, lambda _: None)

    def real(self, kind: str, path: Path, mapping: str | None = None, *, min_free: int = 0) -> Result:
        said = None if mapping is None else parse_mapping(mapping, kind)
        prepared = prepare(self.workspace, path, kind, said)
        place = self.folder / "imports"
        return import_file(self.workspace, prepared, lambda: self.now, lambda _: None, folder=place, min_free=min_free)

    def both(self, kind: str, path: Path, mapping: str | None = None) -> tuple[int, ...]:
        """Rows, new, updated, same and refused; the dry run says the same and changes nothing."""
        before = state()
        tried = self.dry(kind, path, mapping)
        assert state() == before
        assert not (self.folder / "imports").exists() or tried.refused_file is None
        done = self.real(kind, path, mapping)
        assert tried[:5] == done[:5]
        assert (tried.codes, tried.ignored, tried.left_out) == (done.codes, done.ignored, done.left_out)
        return done[:5]

    def settle(self) -> None:
        """Lets the pipeline do everything that waits, down to the lake."""
        if self._pipeline is None:
            self._pipeline = Pipeline(1, lambda: self.now)
            self._pipeline.start()
        while self._pipeline.step():
            pass
        self._pipeline.flush(all_of_it=True)

    def events(self) -> list[Event]:
        """What was imported, in order."""
        self.settle()
        batches = list(tail_events(self.workspace.pk, 0))
        return [event for batch in batches for event in batch.events if event.origin.startswith("import:")]


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Brand]:
    empty_log()
    workspace = create_workspace("brand", "Brand", zone="UTC")
    yield Brand(tmp_path, workspace)
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{workspace.pk}", ignore_errors=True)


def state() -> list[Any]:
    """Whatever an import could change."""
    with connection.cursor() as cursor:
        tables = ("log", "import_job", "audit_line")
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))
        return list(cursor.fetchone())


def test_orders(brand: Brand) -> None:
    path = file(
        brand.folder, ORDERS + "A,5,1,7,2024-01-01\nA,2.5,2,7,2024-01-01\nB,1,1,,2024-01-02\nB,x,1,,2024-01-02\n"
    )
    assert brand.both("orders", path) == (4, 2, 1, 0, 1)
    brand.settle()
    totals = profiles.order_totals(brand.workspace.pk)
    assert (totals.orders, totals.anonymous, totals.lines, totals.net) == (2, 1, 3, 11)
    assert brand.both("orders", path) == (4, 0, 0, 3, 1)
    brand.settle()
    assert profiles.order_totals(brand.workspace.pk) == totals


def test_an_order_that_is_known_is_updated(brand: Brand) -> None:
    brand.real("orders", file(brand.folder, ORDERS + "A,5,1,7,2024-01-01\n"))
    brand.settle()
    more = file(brand.folder, ORDERS + "A,5,1,7,2024-01-01\nA,9,1,7,2024-01-01\nC,9,1,7,2024-01-01\n")
    assert brand.both("orders", more) == (3, 1, 1, 1, 0)
    other = "system: till\norder: order\nprice: price\nquantity: quantity\ntime: date\n"
    assert brand.both("orders", more, other) == (3, 2, 1, 0, 0)  # another system numbers its own orders


def test_equal_rows_are_real(brand: Brand) -> None:
    row = "A,5,1,7,2024-01-01\n"
    assert brand.both("orders", file(brand.folder, ORDERS + row * 3)) == (3, 1, 2, 0, 0)
    assert len({event.id for event in brand.events()}) == 3
    assert brand.both("orders", file(brand.folder, ORDERS + row * 3)) == (3, 0, 0, 3, 0)
    assert brand.both("orders", file(brand.folder, ORDERS + row * 5)) == (5, 0, 2, 3, 0)
    brand.settle()
    assert profiles.order_totals(brand.workspace.pk).lines == 5


def test_neither_name_nor_order_nor_kind_of_file_matters(brand: Brand) -> None:
    lines = [f"A{n},5,{n},7,2024-01-01\n" for n in range(1, 50)] * 2
    assert brand.both("orders", file(brand.folder, ORDERS + "".join(lines), "a.csv"))[1:4] == (49, 49, 0)
    turned = ORDERS.replace(",", ";") + "".join(reversed(lines)).replace(",", ";")
    assert brand.both("orders", file(brand.folder, turned, "b.txt", packed=True))[1:4] == (0, 0, 98)
    brand.settle()
    assert brand.both("orders", file(brand.folder, turned, "c.csv"))[1:4] == (0, 0, 98)  # from the lake this time


def test_a_file_without_times_changes_nothing_a_year_later(brand: Brand) -> None:
    path = file(brand.folder, "customer_id,name\n7,Anna\n8,Bob\n")
    assert brand.both("people", path) == (2, 2, 0, 0, 0)
    assert [event.occurred_at for event in brand.events()] == [to_micros(NOW)] * 2
    brand.now = NOW + timedelta(days=365)
    assert brand.both("people", path) == (2, 0, 0, 2, 0)
    assert len(brand.events()) == 2


def test_people(brand: Brand) -> None:
    head = "customer_id,name,phone,email\n"
    first = head + "7,Anna,13912345670,anna@example.cn\n8,Bob,无,\n,Carl,13912345671,\n"
    assert brand.both("people", file(brand.folder, first)) == (3, 3, 0, 0, 0)
    brand.settle()
    assert identity.counts(brand.workspace.pk).persons == 3
    second = head + (
        "7,Anna B,,\n"  # a known number
        ",Bobby,,bob@example.cn\n"  # new
        "9,Eve,139 1234 5670,\n"  # a new number beside a phone of number 7: somebody else
        "10,Carl C,+8613912345671,\n"  # a new number beside a phone that no number holds
        ",Anna,,ANNA@example.cn\n"  # only a hint
        ",,,\n"
        ",X,12345678901,\n"  # no phone of anybody
    )
    assert brand.both("people", file(brand.folder, second)) == (6, 2, 3, 0, 1)
    brand.settle()
    assert identity.counts(brand.workspace.pk).persons == 5


def test_people_within_one_file(brand: Brand) -> None:
    content = (
        "customer_id,name,phone\n7,Anna,13912345670\n7,Anna B,\n9,Eve,139-1234-5670\n"
        ",Carl,13912345671\n10,Carl,13912345671\n"
    )
    assert brand.both("people", file(brand.folder, content)) == (5, 3, 2, 0, 0)
    brand.settle()
    assert identity.counts(brand.workspace.pk).persons == 3


def test_what_is_known_of_an_imported_person(brand: Brand) -> None:
    mapping = (
        "crm_id: id\nphone: {column: phone, verified: true}\ntraits: {name: name}\ntags: [{column: tags, split: /}]\n"
        "consent: [{column: news, channel: email}]\ntime: updated\nsource: {channel: {value: fair}}\n"
    )
    content = "id,name,phone,tags,news,updated\n7,张三,13912345670,vip/茶,yes,2024-05-01\n"
    assert brand.both("people", file(brand.folder, content), mapping) == (1, 1, 0, 0, 0)
    events = brand.events()
    assert [event.name for event in events] == ["person.identified", "tag.added", "tag.added", "consent.given"]
    assert {event.origin for event in events} == {"import:crm"}
    assert len({event.id for event in events}) == 4
    claim = Claim("phone", "", "+8613912345670", True)
    person = identity.find(brand.workspace.pk, [claim])[claim]
    assert list(profiles.trait_values(brand.workspace.pk, ["name"])) == [
        (identity.persons_of(brand.workspace.pk, [person])[person], {"name": "张三"})
    ]
    assert len(profiles.tagged_people(brand.workspace.pk, profiles.Dimension.ATTRIBUTE, "茶", to_micros(NOW))) == 1
    assert len(profiles.consented_people(brand.workspace.pk, "email", "marketing")) == 1
    assert brand.both("people", file(brand.folder, content), mapping) == (1, 0, 0, 1, 0)
    assert len(brand.events()) == 4


def test_events(brand: Brand) -> None:
    content = "user_id,event,timestamp\nu1,home,2024-01-01 10:00:00\nu1,home,2024-01-01 10:00:00\nu2,a.b,2024-01-01\n"
    assert brand.both("events", file(brand.folder, content)) == (3, 2, 0, 0, 1)
    assert brand.both("events", file(brand.folder, content)) == (3, 0, 0, 2, 1)


def test_a_person_who_is_merged_while_being_imported(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events carry identities, never persons: it makes no difference when the merge comes."""
    monkeypatch.setattr(actions, "EVENTS_IN_A_ROW", 2)
    head = "customer_id,name\n"
    brand.real("people", file(brand.folder, head + "7,Anna\n8,Anna\n"))
    brand.settle()
    workspace = brand.workspace.pk
    numbers = identity.find(workspace, [Claim("crm_id", "crm", "7", True), Claim("crm_id", "crm", "8", True)])
    a, b = sorted(numbers.values())
    recorded = actions.record_own

    def merging(*arguments: Any, **named: Any) -> None:
        recorded(*arguments, **named)
        if not merges:
            merges.append(people.merge(workspace, a, b, NOW))

    merges: list[str] = []
    monkeypatch.setattr(actions, "record_own", merging)
    more = head + "7,Anna A\n8,Anna B\n7,Anna C\n8,Anna D\n"
    assert brand.real("people", file(brand.folder, more))[:5] == (4, 0, 4, 0, 0)
    brand.settle()
    assert identity.counts(workspace).persons == 1
    assert {event.claims for event in brand.events() if event.name == "person.identified"} == {
        (Claim("crm_id", "crm", "7", True),),
        (Claim("crm_id", "crm", "8", True),),
    }


def test_a_day_that_does_not_exist_costs_the_value_and_not_the_customer(brand: Brand) -> None:
    path = file(brand.folder, "customer_id,name,birthday\n7,Anna,1992-02-30\n8,Bob,1990-03-12\n9,Cleo,soon\n")
    assert brand.both("people", path) == (3, 3, 0, 0, 0)
    assert brand.both("people", path) == (3, 0, 0, 3, 0)
    result = brand.real("people", path)
    assert (result.left_out, result.codes, result.refused_file) == ({"birthday": 2}, {}, None)
    assert [(row.number, row.problems[0].column) for row in result.left_out_examples] == [
        (2, "birthday"),
        (4, "birthday"),
    ]
    assert result.left_out_file is not None
    text = result.left_out_file.read_text(encoding="utf-8-sig")
    assert text.splitlines() == [
        "customer_id,name,birthday,row,column,code,reason",
        "7,Anna,1992-02-30,2,birthday,date.unreadable,'1992-02-30' is no date.",
        "9,Cleo,soon,4,birthday,date.unreadable,'soon' is no date.",
    ]
    brand.settle()
    corrected = file(brand.folder, text.replace("02-30", "02-29"), "corrected.csv")
    assert brand.both("people", corrected) == (2, 0, 1, 1, 0)
    traits = [event.traits for event in brand.events()]
    assert traits[0] == {"name": "Anna"}
    assert traits[-1] == {"name": "Anna", "birthday": "1992-02-29"}


def test_refused_rows_are_handed_back_and_taken_when_corrected(brand: Brand) -> None:
    content = ORDERS + "A,5,1,7,2024-01-01\nB,x,-1,7,2024-01-01\nC,5,1\n=D,1e99,1,7,2024-13-01\n"
    result = brand.real("orders", file(brand.folder, content, "my orders.csv"))
    assert result[:5] == (4, 1, 0, 0, 3)
    assert result.codes == {"number.unreadable": 1, "row.ragged": 1, "date.unreadable": 1, "money.range": 1}
    assert result.refused_file is not None
    assert result.refused_file.parent == brand.folder / "imports"
    assert result.refused_file.name.startswith("my_orders-")
    with result.refused_file.open(encoding="utf-8-sig", newline="") as lines:
        refused = list(csv.reader(lines))
    assert refused == [
        ["order", "price", "quantity", "customer_id", "date", "row", "column", "code", "reason"],
        ["B", "x", "'-1", "7", "2024-01-01", "3", "price", "number.unreadable", 
         "'x' is no number with a decimal point."],
        ["C", "5", "1", "", "", "4", "", "row.ragged", "The row has 3 cells where there are 5 columns."],
        ["'=D", "1e99", "1", "7", "2024-13-01", "5", "date | price", "date.unreadable | money.range",
         "'2024-13-01' is no date. | 1E+99 is no amount of money."],
    ]  # fmt: skip
    text = (
        result.refused_file.read_text(encoding="utf-8-sig")
        .replace("B,x", "B,4")
        .replace("1e99", "9")
        .replace("-13-", "-12-")
    )
    corrected = brand.real("orders", file(brand.folder, text, "corrected.csv"))
    assert corrected[:5] == (3, 2, 0, 0, 1)
    assert [event.properties["order"] for event in brand.events()] == ["A", "B", "=D"]
    assert brand.events()[1].properties["quantity"] == -1


def test_a_job_says_what_was_done(brand: Brand) -> None:
    path = file(brand.folder, ORDERS + "A,5,1,7,2024-01-01\nA,x,1,7,2024-01-01\n")
    brand.real("orders", path)
    job = ImportJob.objects.get()
    assert (job.kind, job.file_name, job.rows, job.new, job.updated, job.same, job.refused) == (
        "orders",
        "file.csv",
        2,
        1,
        0,
        0,
        1,
    )
    assert job.finished_at == job.started_at == to_micros(NOW)
    assert "order: order" in job.mapping
    assert list(
        AuditLine.objects.filter(action__startswith="import").order_by("pk").values_list("action", flat=True)
    ) == [
        "import.started",
        "import.finished",
    ]


def test_a_full_disk_stops_an_import_that_goes_on_later(brand: Brand) -> None:
    path = file(brand.folder, ORDERS + "A,5,1,7,2024-01-01\nB,x,1,7,2024-01-01\n")
    with pytest.raises(Refused) as refused:
        brand.real("orders", path, min_free=1 << 60)
    assert refused.value.code == "disk.low"
    assert brand.events() == []
    assert brand.real("orders", path)[:5] == (2, 1, 0, 0, 1)
    assert ImportJob.objects.count() == 1


def test_two_imports_of_one_file_at_once(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(brand.folder, ORDERS + "A,5,1,7,2024-01-01\n")
    recorded = actions.record_own

    def overtaken(*arguments: Any, **named: Any) -> None:
        recorded(*arguments, **named)
        ImportJob.objects.update(rows=7)

    monkeypatch.setattr(actions, "record_own", overtaken)
    with pytest.raises(Refused) as refused:
        brand.real("orders", path)
    assert refused.value.code == "import.elsewhere"
    assert brand.events() == []


@pytest.mark.parametrize("stop", [0, 1, 2, 3, 6, 7])
def test_an_import_that_was_cut_off_goes_on(brand: Brand, monkeypatch: pytest.MonkeyPatch, stop: int) -> None:
    """Whatever chunk it is cut off in: counts, refused rows and events are those of an import in one go."""
    monkeypatch.setattr(actions, "EVENTS_IN_A_ROW", 2)
    monkeypatch.setattr(actions, "_CHUNKS_AT_ONCE", 2)
    monkeypatch.setattr("lianyi.people.imports.delimited._read.__defaults__", (150,))
    lines = [f"{'AB'[n % 2]}{n // 4},{'x' if n % 7 == 3 else n},1,7,2024-01-01\n" for n in range(20)]
    path = file(brand.folder, ORDERS + "".join(lines) + lines[0] * 2)
    expected = brand.dry("orders", path)
    assert expected[:5] == (22, 10, 9, 0, 3)
    calls = 0
    advance = actions.jobs.advance

    def cut_off(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        advance(*arguments)
        if calls == stop:
            raise KeyboardInterrupt

    monkeypatch.setattr(actions.jobs, "advance", cut_off)
    if stop:
        with pytest.raises(KeyboardInterrupt):
            brand.real("orders", path)
        assert not list((brand.folder / "imports").glob("*"))
    brand.settle()
    calls = -100
    result = brand.real("orders", path)
    assert result[:5] == expected[:5]
    assert result.refused_file is not None
    assert len(result.refused_file.read_text().splitlines()) == 4
    events = brand.events()
    assert len(events) == len({event.id for event in events}) == 19
    assert ImportJob.objects.count() == 1
    assert brand.dry("orders", path)[:5] == (22, 0, 0, 19, 3)


IMPORTING = """
import sys, time
from pathlib import Path
import django
django.setup()
from lianyi.foundation.workspaces.queries import workspace_by_slug
from lianyi.kernel.clock import system_clock
from lianyi.people.imports.actions import import_file, prepare

def clock():  # long transactions, so that whoever watches sees each, however busy the machine is
    time.sleep(0.01)
    return system_clock()

workspace = workspace_by_slug("brand")
prepared = prepare(workspace, Path(sys.argv[1]), "orders", None)
print(import_file(workspace, prepared, clock, lambda _: None, folder=Path(sys.argv[2]), min_free=0)[:5])
"""


def _rows_done() -> int:
    return ImportJob.objects.values_list("rows", flat=True).first() or 0


def _finished() -> bool:
    return ImportJob.objects.filter(finished_at__isnull=False).exists()


@pytest.mark.crash
def test_kill_9_at_any_moment(brand: Brand) -> None:
    lines = [f"A{n // 3},{n % 90},1,7,2024-01-01\n" for n in range(45_000)]
    path = file(brand.folder, ORDERS + "".join(lines) + "".join(lines[:500]))
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.people.imports.settings_of_this_database",
        "LIANYI_TEST_DATABASE": connection.settings_dict["NAME"],
        "PYTHONPATH": os.pathsep.join(["src", "."]),
    }
    command = [sys.executable, "-c", IMPORTING, str(path), str(brand.folder / "imports")]
    kills, said = 0, ""
    while kills < 30 and not _finished():  # a kill may come between the end and what is said of it
        rows = _rows_done()
        with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
            while process.poll() is None:
                if _rows_done() > rows:
                    time.sleep(random.uniform(0, 0.1))
                    process.kill()
                    kills += 1
                    break
                time.sleep(0.002)
            said, _ = process.communicate(timeout=60)
    assert said in ("(45500, 15000, 30500, 0, 0)\n", "")
    counts = ("rows", "new", "updated", "same", "refused")
    assert list(ImportJob.objects.values_list(*counts)) == [(45_500, 15_000, 30_500, 0, 0)]
    assert kills >= 3
    events = brand.events()
    assert len(events) == len({event.id for event in events}) == 45_500
