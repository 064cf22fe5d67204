"""A workspace whose people are and did everything that a rule can ask for, and each of them read plainly.

What happened came through the door, the pipeline and partly into the lake; people became one, one became two again, and
one was erased. `plainly` puts each person together from what other rooms keep, without columns, sets or engines.
"""

import json
import random
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.db import connection
from tests.audience.behaviour.living import happenings
from tests.emptying import empty_log
from tests.people.columns.builders import valued
from tests.rules.behaviours import NAMES, ODD, PROPERTIES, TEXTS

from lianyi.assembly.pipeline import Pipeline
from lianyi.audience.scoring import actions as scoring
from lianyi.audience.scoring import upkeep as scored
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.scoring.schemas import GRADES, Settings, Weight
from lianyi.audience.segments import actions as segments
from lianyi.audience.segments import upkeep
from lianyi.events.intake import segment
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.models import Workspace
from lianyi.foundation.workspaces.schemas import KeyKind
from lianyi.kernel.clock import DAY, HOUR, from_micros, local_day, system_clock, to_micros
from lianyi.people.erasing import actions as erasing
from lianyi.people.identity import actions as merging
from lianyi.people.identity import queries as identity
from lianyi.people.profiles import actions as profiles
from lianyi.people.profiles import queries
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.rules.happening import meets
from lianyi.rules.holding import holds
from lianyi.rules.nodes import ANYTHING, NO_DOING, Grade
from lianyi.rules.person import FOR_EVER, Came, Moment, Person
from lianyi.rules.reading import read

BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
USERS, COOKIES = "abcdefghij", ("k1", "k2", "k3", "k4", "k5", "k6")
# Processes share a lake, and remember it: the numbers behind each are those of other tests.
_WORKSPACES = count(1_000_000 * secrets.randbelow(2_000) + 1_000_000, 1_000)
TAGS = ("x", "y", "it's")
HALF_LIFE = 14  # days
SOURCES = (("wechat", "social", ""), ("google", "cpc", "spring"), ("weibo", "", "it's"))
VALUES: tuple[Any, ...] = (*TEXTS, 5, 5.0, 0.1, -3, 20, 1e12, 2**70, 123456789.0000005, *ODD)
CITIES = ("上海", "北京", "Paris", "PARIS", "O'Fallon", "100%_", 'a"b\\', None)
FIT = [
    {"rule": {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "paris"}}, "points": 50},
    {"rule": {"kind": "identified", "by": "phone"}, "points": 30},
    {"rule": {"kind": "not", "rule": {"kind": "tagged", "tag": "y", "dimension": "state"}}, "points": 15},
    {"rule": {"kind": "stage", "one_of": ["repeat", "first_purchase"]}, "points": -40},
]  # fmt: skip
WEIGHTS: list[dict[str, Any]] = [
    {"event": NAMES[0], "points": 7, "most_a_day": 1},
    {"event": NAMES[2], "points": 21, "most_a_day": 2,
     "where": [{"property": "total", "is": {"test": "range", "at_least": 0}}]},
    {"event": ANYTHING, "points": 2, "most_a_day": 3},
]  # fmt: skip
# Segments that rules ask for, by their place. What is recorded by members is received by the machine's clock, so these,
# and fit, are of what time does not move.
INNER: list[dict[str, Any]] = [
    {"kind": "trait", "trait": "city", "is": {"test": "one_of", "values": ["PARIS", "上海"]}},
    {"kind": "did", "event": NAMES[0], "at_least": 2},
    {"kind": "any_of", "rules": [{"kind": "in_segment", "segment": 2}, {"kind": "stage", "one_of": ["repeat"]}]},
]


class Story:
    """One workspace at the moment `moment`, told by lot: the same seed tells the same."""

    def __init__(self, moment: Moment, seed: int) -> None:
        self.moment, self.chance = moment, random.Random(seed)
        with connection.cursor() as cursor:  # what a process remembers of a workspace of another test is not this one's
            name = Workspace._meta.db_table
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [name, next(_WORKSPACES)])
        workspace = create_workspace(f"w{secrets.token_hex(8)}", "W", zone=str(moment.zone))
        made, _ = create_write_key(workspace, KeyKind.SERVER, "test")
        self.workspace = int(workspace.pk)
        self._key = segment.Key(made.pk, self.workspace, True, "default")
        self._sent = 0
        self._pipeline = Pipeline(1, system_clock)
        self._pipeline.start()
        self._times = [*self._edges()]

    def _edges(self) -> Iterator[int]:
        """Moments where days begin, where windows of days end, and their neighbours; none is later than now."""
        now, zone = self.moment
        for days in range(5):
            yield from (now - days * DAY - 1, now - days * DAY, min(now, now - days * DAY + 1))
            begins = to_micros(datetime.combine(self.moment.today - timedelta(days), datetime.min.time(), zone))
            yield from (
                at
                for at in (begins - HOUR, begins - 1, begins, begins + 1, begins + HOUR // 2, begins + HOUR)
                if at <= now
            )

    def send(self, messages: Sequence[dict[str, Any]]) -> None:
        """One body, that goes through the pipeline."""
        body = json.dumps({"batch": messages}).encode()
        taken = segment.accept(body, "segment", self._key, self.moment.now)
        assert taken.taken == len(messages), taken.refused
        day = day_of(to_micros(system_clock()))
        row = (day, self.workspace, self._key.id, "segment", self.moment.now, taken.taken, taken.ids, taken.body)
        append_row(NewRow(*row))
        self.step()

    def step(self) -> None:
        while self._pipeline.step():
            pass

    def to_lake(self) -> None:
        self._pipeline.flush(all_of_it=True)

    def tell(self, rounds: int) -> None:
        """So many batches by lot, and what members do in between."""
        for _ in range(rounds):
            self.send([self._message() for _ in range(12)])
            self._act()
            if self.chance.random() < 0.4:
                self.to_lake()

    def take_settings(self) -> None:
        """Scores and segments from now on."""
        now = self.moment.now
        scoring.change_settings(self.workspace, read_document({"fit": FIT, "weights": WEIGHTS}), from_micros(now))
        assert scored.build(self.workspace, now)
        for place, document in enumerate(INNER, 1):
            rule = read(document)
            assert segments.create_segment(self.workspace, f"s{place}", rule, from_micros(now)) == place
            assert upkeep.build(self.workspace, now) == 1

    def pass_to(self, now: int) -> None:
        """Time passes, and the worker looks at it; at first it scores anew where somebody was erased."""
        self.moment = self.moment._replace(now=now)
        if scored.build(self.workspace, now):
            upkeep.ask_anew(self.workspace, now)
        scored.look_at_time(self.workspace, now)
        upkeep.look_at_time(self.workspace, now)

    def persons(self) -> list[int]:
        return list(queries.everybody(self.workspace))

    def _message(self) -> dict[str, Any]:
        chance = self.chance
        self._sent += 1
        at = chance.choice(self._times) if chance.random() < 0.8 else self.moment.now - chance.randrange(9 * DAY)
        message: dict[str, Any] = {
            "messageId": str(self._sent),
            "timestamp": from_micros(at).isoformat(),
            "context": {"userAgent": BOT if chance.random() < 0.1 else "x"},
        }
        if chance.random() < 0.2:
            channel, medium, campaign = chance.choice(SOURCES)
            message["context"]["campaign"] = {"source": channel, "medium": medium, "name": campaign}
        user, cookie = chance.choice(USERS), chance.choice(COOKIES)
        if chance.random() < 0.3:
            message |= {"type": "identify", "userId": user, "traits": self._traits(user)}
            return message | ({"anonymousId": cookie} if chance.random() < 0.2 else {})
        message |= {"userId": user} if chance.random() < 0.7 else {"anonymousId": cookie}
        if chance.random() < 0.1:
            order = {"order_id": str(self._sent), "total": chance.randrange(1, 50), "currency": "CNY"}
            return message | {"type": "track", "event": "Order Completed", "properties": order}
        said = {chance.choice(("total", *PROPERTIES)): chance.choice(VALUES) for _ in range(chance.randrange(3))}
        name = chance.choice(NAMES[:3])  # what is no doing, Lianyi says by itself
        call = {"type": "page"} if name == "page.viewed" else {"type": "track", "event": name}
        return message | call | {"properties": said}

    def _traits(self, user: str) -> dict[str, Any]:
        chance, today = self.chance, self.moment.today
        day = today + timedelta(chance.randrange(-3, 4))
        near = from_micros(chance.choice(self._times))
        every: dict[str, Any] = {
            "city": chance.choice(CITIES),
            "points": chance.choice((1, 2.5, 10**17, -3, None)),
            "vip": chance.choice((True, False, None)),
            "born": chance.choice((f"1988-{day:%m-%d}" if (day.month, day.day) != (2, 29) else "1988-02-29", None)),
            "called": near.isoformat(),
            "likes": chance.choice((["tea", "Go"], ["go", 1, True], ["1", "it's"], [])),
            "phone": f"1380013800{USERS.index(user)}",
        }
        return {name: every[name] for name in chance.sample(sorted(every), 2)}

    def _act(self) -> None:
        chance, now = self.chance, from_micros(self.moment.now)
        persons = self.persons()
        if len(persons) < 3:
            return
        one, other = chance.sample(persons, 2)
        match chance.randrange(7):
            case 0:
                until = chance.choice((None, self.moment.now, self.moment.now + 1, self.moment.now + DAY))
                tag = chance.choice(TAGS)
                until = None if tag == "y" else until
                profiles.add_tag(self.workspace, one, Dimension.STATE, tag, now, expires_at=until)
            case 1:
                profiles.remove_tag(self.workspace, one, Dimension.STATE, "x", now)
            case 2:
                profiles.give_consent(self.workspace, one, "SMS", "marketing", now, how="form")
            case 3 | 4:
                merging.merge(self.workspace, one, other, now)
            case 5:
                some = [one for one in persons if len(identity.numbers_of(self.workspace, one)) > 1]
                if some:
                    _, *rest = identity.numbers_of(self.workspace, some[0])
                    merging.unmerge(self.workspace, some[0], [chance.choice(rest)], now)
            case 6 if chance.random() < 0.3:
                erasing.erase(self.workspace, one, system_clock)
        self.step()

    def plainly(self) -> dict[int, Person]:
        """Everybody, put together from what is kept of each."""
        persons, done = self.persons(), happenings(self.workspace)
        kinds = {trait.name: trait.kind.value for trait in queries.trait_catalogue(self.workspace)}
        stated = dict(queries.trait_values(self.workspace, sorted(kinds), queries.everybody(self.workspace)))
        found = {}
        for person in persons:
            page = queries.person_page(self.workspace, person, self.moment.now)
            ends = [page.row.first_source, page.row.last_source]
            came = [Came(*one[:4]) for one in (ends[0], *page.touches, ends[1]) if one is not None]
            profile = Person(
                traits={name: valued(value, kinds[name]) for name, value in stated.get(person, {}).items()},
                tags=self._tags(person),
                stage=queries.stage_of(self.workspace, person).value,
                consents=frozenset(
                    (channel, purpose)
                    for channel in ("sms", "email")
                    for purpose in ("marketing", "service")
                    if queries.consented(self.workspace, person, channel, purpose)
                ),
                touches=tuple(came),
                identities=frozenset(one.kind for one in identity.identities_of(self.workspace, person)),
                events=tuple(sorted(done.get(person, ()), key=lambda one: one.at)),
            )
            found[person] = self._in_segments(scored_plainly(profile, self.moment))
        return found

    def _tags(self, person: int) -> dict[tuple[str, str], int]:
        now, state = self.moment.now, Dimension.STATE
        held = [tag for tag in TAGS if person in queries.tagged_people(self.workspace, state, tag, now)]
        return {("state", tag): FOR_EVER for tag in held}

    def _in_segments(self, person: Person) -> Person:
        for place, document in enumerate(INNER, 1):
            if holds(read(document), person, self.moment):
                person = replace(person, segments=person.segments | {place})
        return person


def scored_plainly(person: Person, moment: Moment) -> Person:
    """The person with the scores that follow from what they are and did."""
    scale = Settings(fit=(), weights=())
    fit = min(max(sum(one["points"] for one in FIT if holds(read(one["rule"]), person, moment)), 0), 100)
    total = sum(points_left(Weight.model_validate_json(json.dumps(one)), person, moment) for one in WEIGHTS)
    grades = {"fit": _grade(fit, scale.fit_grades.least), "engagement": _grade(total, scale.engagement_grades.least)}
    place = 4 * GRADES.index(grades["fit"]) + GRADES.index(grades["engagement"])
    scores = {"fit": float(fit), "engagement": min(total, 100.0)}
    return replace(person, scores=scores, grades=grades, warm=scale.matrix[place])


def points_left(weight: Weight, person: Person, moment: Moment) -> float:
    """What is left now of the points for what the person did, the first so many of each local day."""
    days: Counter[date] = Counter()
    total = 0.0
    for one in person.events:
        counts = one.name == weight.event or (weight.event == ANYTHING and one.name not in NO_DOING)
        if not counts or not meets(one.properties, weight.where):
            continue
        day = local_day(one.at, moment.zone)
        days[day] += 1
        if weight.most_a_day is None or days[day] <= weight.most_a_day:
            total += weight.points * 2 ** ((one.at - moment.now) / (HALF_LIFE * DAY))
    return total


def _grade(score: float, least: Sequence[float]) -> Grade:
    return next((name for name, one in zip(GRADES, least, strict=False) if score >= one), GRADES[-1])


@contextmanager
def story(moment: Moment, seed: int, rounds: int = 10) -> Iterator[Story]:
    """A fresh one over an empty log, told; nothing of it stays."""
    empty_log()
    made = Story(moment, seed)
    made.tell(rounds // 2)
    made.take_settings()
    made.tell(rounds - rounds // 2)
    made.pass_to(moment.now)
    yield made
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{made.workspace}", ignore_errors=True)
