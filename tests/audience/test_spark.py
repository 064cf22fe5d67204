"""A Spark cluster, asked over the lake's files what DuckDB is asked, names the same people."""

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pyroaring import BitMap
from tests.audience.behaviour.living import living
from tests.audience.stories import story
from tests.audience.test_law import answers, at, trees
from tests.rules.behaviours import NAMES, ODD, PROPERTIES, TEXTS, Done
from tests.rules.behaviours import leaves as behaviours

from lianyi.audience.behaviour.answering import BehaviourAnswers
from lianyi.audience.behaviour.queries import everybody_who, waiting
from lianyi.audience.behaviour.store import reach
from lianyi.events.lake import queries as lake
from lianyi.kernel.clock import DAY, HOUR
from lianyi.people.identity.queries import moved_map
from lianyi.rules.answering import Answers
from lianyi.rules.compiling import compile
from lianyi.rules.holding import holds
from lianyi.rules.nodes import Behaviour, Did, DidSum, DidThen, DidWhen, Leaf, Pattern, Rule, Where, Within
from lianyi.rules.person import Moment
from lianyi.rules.values import Contains, Dates, Equals, FromToday, Known, OneOf, Range, StartsWith

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.needs("openjdk-17-jre-headless"),
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark comes with `make slow`"),
]

NOW = Moment(1_774_746_000_000_000, ZoneInfo("Europe/Berlin"))  # an hour after the clocks have changed
PEOPLE = 40
EVENTS = 4_000
NUMBERS = (5, 0.1, 0.2, -0.0, -3, 1e12, 1e308, 2**70, 123456789.0000005)
TOTAL = PROPERTIES[0]


def where(test: Any, named: str = TOTAL) -> tuple[Where, ...]:
    return (Where(**{"property": named, "is": test}),)


TESTS = [
    Known(),
    Equals(value="aBÉİß"),
    Equals(value="5"),
    Equals(value=5),
    Equals(value=0),
    Equals(value=0.1),
    Equals(value=True),
    Equals(value=False),
    Equals(value='A"B\\'),
    Equals(value="İ’s"),
    OneOf(values=("NAN", 5.0, 2.0**70)),
    Contains(text="BÉİ"),
    Contains(text="%"),
    StartsWith(text="ZÜ"),
    StartsWith(text="zÜ"),
    Range(at_least=5, at_most=1e12),
    Range(more_than=5, less_than=1e12),
    Range(at_most=-0.0),
]
DAY_OF_CHANGE = date(2026, 3, 29)
LEAVES: list[Behaviour] = [
    *(Did(event="*", where=where(test)) for test in TESTS),
    *(Did(event=NAMES[1], where=where(Equals(value=5), named)) for named in PROPERTIES),
    Did(event=NAMES[0], at_least=30, at_most=40),
    Did(event=NAMES[2], at_least=2, during=Within(days=1)),
    Did(event="*", at_least=4, during=Dates(from_on=DAY_OF_CHANGE, to_on=DAY_OF_CHANGE)),
    DidWhen(**{"event": NAMES[2], "which": "last", "is": FromToday(from_days=0, to_days=0)}),
    DidWhen(**{"event": NAMES[1], "which": "first", "is": Dates(to_on=DAY_OF_CHANGE - timedelta(6))}),
    DidSum(event="*", property=TOTAL, at_least=1e12, at_most=3e13, during=Within(days=4)),
    DidSum(event=NAMES[0], property="é", at_most=0.3),
    DidThen(first=Pattern(event=NAMES[1]), then=Pattern(event=NAMES[2], where=where(Known())), within_days=1),
    DidThen(
        first=Pattern(event=NAMES[2], where=where(Equals(value=5))),
        then=Pattern(event="*", where=where(Equals(value=True))),
        within_days=1,
        happened=False,
        during=Within(days=5),
    ),
]


def history(seed: int) -> list[Done]:
    rng = random.Random(seed)
    values = (*TEXTS, "İ’s", *NUMBERS, *ODD)
    found = []
    for _ in range(EVENTS):
        stated = [(rng.choice((TOTAL, *PROPERTIES)), rng.choice(values)) for _ in range(rng.randrange(3))]
        escaped = rng.random() < 0.5
        said = ",".join(f"{json.dumps(named)}: {json.dumps(value, ensure_ascii=escaped)}" for named, value in stated)
        found.append(
            Done(
                identity=rng.randrange(1, PEOPLE + 1),
                name=rng.choice(NAMES),
                at=NOW.now - rng.randrange(8) * DAY + rng.choice((-HOUR, -1, 0, 1, HOUR, 3 * HOUR)),
                machine=rng.random() < 0.05,
                raw=f'{{"total":7,"properties":{{{said}}},"messageId":"1"}}'.encode(),
            )
        )
    return found


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of one master and two workers, each a process."""
    import pyspark

    home = Path(pyspark.__file__).parent
    folder = tmp_path_factory.mktemp("spark")
    variables = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder),
        "SPARK_DAEMON_MEMORY": "256m",
    }
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        address = f"spark://127.0.0.1:{free.getsockname()[1]}"
    run = [str(home / "bin" / "spark-class")]
    port = address.rpartition(":")[2]
    here = ["--host", "127.0.0.1", "--webui-port", "0"]
    worker = ["org.apache.spark.deploy.worker.Worker", *here, "--cores", "1", "--memory", "600m", address]
    with ExitStack() as stack, (folder / "log").open("wb") as log:
        for arguments in (
            ["org.apache.spark.deploy.master.Master", *here, "--port", port],
            worker,
            worker,
        ):
            process = stack.enter_context(subprocess.Popen([*run, *arguments], env=variables, stdout=log, stderr=log))
            stack.callback(process.terminate)
        deadline = time.monotonic() + 120
        while (folder / "log").read_text().count("Registering worker") < 2:
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.2)
        yield address


def asked(master: str, workspace: int, leaves: Sequence[Behaviour], moment: Moment) -> dict[str, Any]:
    numbers, persons = moved_map(workspace)
    question = {
        "master": master,
        "files": lake.ask(
            settings.ENVIRONMENT.lake,
            workspace,
            lambda listed, _: [listed.place.address(f.path) for f in listed.files],
        ),
        "moved": list(zip(numbers.tolist(), persons.tolist(), strict=True)),
        "leaves": [TypeAdapter(Rule).dump_json(leaf, by_alias=True).decode() for leaf in leaves],
        "now": moment.now,
        "zone": str(moment.zone),
    }
    script = Path(__file__).with_name("spark_asks.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_spark_names_the_people_that_duckdb_names(master: str) -> None:
    with living(NOW) as one:
        done = history(7)
        for first in range(0, EVENTS, 1_000):
            one.tell(done[first : first + 1_000], into_lake=True)
        one.merge(1, 2, 3)
        one.merge(7, 9)
        one.pipeline.flush(all_of_it=True)
        told = asked(master, one.workspace, LEAVES, NOW)
        assert told["executors"] == 2
        to, moved = reach(one.workspace), moved_map(one.workspace)
        for leaf, people in zip(LEAVES, told["people"], strict=True):
            by_duckdb = everybody_who(one.workspace, leaf, NOW, moved, to, waiting(one.workspace, to))
            assert people == sorted(by_duckdb.tolist()), leaf
            assert people == list(BehaviourAnswers(one.workspace, NOW, LEAVES).answer(leaf)), leaf
            assert people, leaf


class BySpark:
    """What Spark answered of behaviour, and `rest` of all else."""

    def __init__(self, told: dict[Behaviour, BitMap], rest: Answers) -> None:
        self._told, self._rest = told, rest

    def everybody(self) -> BitMap:
        return self._rest.everybody()

    def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
        if not isinstance(leaf, Behaviour):
            return self._rest.answer(leaf, within)
        found = self._told[leaf] & self.everybody()
        return found if within is None else found & within

    def moved_by_time(self, leaf: Leaf, since: int, until: int) -> BitMap:
        return self._rest.moved_by_time(leaf, since, until)


def drawn(leaves: st.SearchStrategy[Behaviour], times: int) -> list[Behaviour]:
    found: list[Behaviour] = []

    @hypothesis_settings(max_examples=times, phases=[Phase.generate], database=None, deadline=None)
    @given(leaves)
    def take(leaf: Behaviour) -> None:
        found.append(leaf)

    take()
    return list(dict.fromkeys(found))


def test_ten_thousand_trees_over_what_spark_answers_name_those_for_whom_they_hold(master: str) -> None:
    moment = at("Europe/Berlin", 2026, 10, 25, 12)  # a day of 25 hours
    with story(moment, seed=11, rounds=30) as one:
        one.to_lake()
        pool = drawn(behaviours(moment), 100)
        told = asked(master, one.workspace, pool, moment)
        by_leaf = {leaf: BitMap(people) for leaf, people in zip(pool, told["people"], strict=True)}
        people = one.plainly()
        asking = BySpark(by_leaf, answers(one, live=True))
        named = 0

        @hypothesis_settings(max_examples=10_000, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(trees(moment, st.sampled_from(pool)))
        def each(rule: Any) -> None:
            nonlocal named
            wanted = {person for person, known in people.items() if holds(rule, known, moment)}
            assert set(compile(rule, asking)) == wanted
            named += 0 < len(wanted) < len(people)

        each()
        assert named > 3_000
        assert told["executors"] == 2
