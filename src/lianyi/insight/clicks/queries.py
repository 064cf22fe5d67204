"""Reads of clicks: one question to the lake, and the tail that is not in it yet."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.conf import settings

from lianyi.events.lake import queries as lake
from lianyi.events.log.queries import lake_cursor
from lianyi.events.schemas import Event
from lianyi.foundation.workspaces.queries import zone_of
from lianyi.insight.clicks.counting import Clicked, Fact, by, clicks_of
from lianyi.insight.clicks.schemas import NAMES, Clicks, Counted
from lianyi.links.schemas import Link
from lianyi.people.identity.queries import moved_map, owners
from lianyi.people.identity.tail import numbered_tail, one_moment

_PLACES = ("country", "region", "city", "device")
_FOUND = """
CREATE OR REPLACE TEMP TABLE found AS
SELECT identity, occurred_at, machine, {facts}
FROM {rows} WHERE batch <= {until} AND name IN ({names}) AND {asked}
"""
_FACTS = f"SELECT DISTINCT {', '.join(Fact._fields)} FROM found"
_ROWS = f"""
SELECT found.identity, found.occurred_at, found.machine, facts.place
FROM found JOIN facts USING ({", ".join(Fact._fields)})
"""
_LINK = "coalesce(TRY_CAST(TRY(json_extract_string(raw, '$.properties.link')) AS BIGINT), 0)"


class _Asked:
    """Which clicks: as a condition of SQL with the tables that it names, and of an event of the tail."""

    def __init__(self, sql: str, tables: dict[str, Any], holds: Callable[[Event], bool], facts: Sequence[str]) -> None:
        self.sql, self.tables, self.holds = sql, tables, holds
        self.facts = facts

    def columns(self) -> str:
        """The facts in SQL; those that nobody asks for are empty."""
        told = {"link": _LINK if "link" in self.facts else "0::BIGINT"}
        for name in _PLACES:
            said = f"coalesce(TRY(json_extract_string(raw, '$.properties.{name}')), '')"
            told[name] = said if name in self.facts else "''"
        return ", ".join(f"{said} AS {name}" for name, said in told.items())

    def fact_of(self, event: Event) -> Fact:
        """The same of an event."""
        link = event.properties.get("link") if "link" in self.facts else 0
        places = (str(event.properties.get(name) or "") if name in self.facts else "" for name in _PLACES)
        return Fact(link if isinstance(link, int) else 0, *places)


def clicks_of_link(workspace: int, link: Link) -> Clicks:
    """What came of a link up to now: all that was acknowledged and projected."""
    return clicks_of(*_clicked(workspace, _of_links([link], ("link", *_PLACES))), zone_of(workspace))


def clicks_of_campaign(workspace: int, campaign: str) -> Clicks:
    """The same of all links whose source was the campaign of this key at the moment of the click."""
    asked = _Asked(
        "campaign IN (SELECT key FROM wanted)",
        {"wanted": {"key": np.array([campaign], object)}},
        lambda event: event.source is not None and event.source.campaign == campaign,
        _PLACES,
    )
    return clicks_of(*_clicked(workspace, asked), zone_of(workspace))


def counts_of_links(workspace: int, links: Sequence[Link]) -> dict[int, Counted]:
    """What came of each of these links, by its number; of one that nobody followed nothing."""
    if not links:
        return {}
    facts, clicked = _clicked(workspace, _of_links(links, ("link",)))
    people = by(facts, clicked.some(~clicked.machine), lambda one: one.link)
    machines = by(facts, clicked.some(clicked.machine), lambda one: one.link)
    return {
        link: Counted(*people.get(link, (0, 0)), machines.get(link, (0, 0))[0]) for link in sorted({*people, *machines})
    }


def _of_links(links: Sequence[Link], facts: Sequence[str]) -> _Asked:
    """By their codes, which are a column, and then by their numbers, which are not."""
    numbers, codes = {one.number for one in links}, {one.code for one in links}
    listed = ", ".join(str(int(number)) for number in sorted(numbers))
    return _Asked(
        f"code IN (SELECT key FROM wanted) AND {_LINK} IN ({listed})",
        {"wanted": {"key": np.array(sorted(codes), object)}},
        lambda event: event.properties.get("link") in numbers,
        facts,
    )


def _clicked(workspace: int, asked: _Asked) -> tuple[list[Fact], Clicked]:
    with one_moment():
        after = lake_cursor(workspace)
        facts, laked = _in_lake(workspace, after, asked)
        place_of = {one: place for place, one in enumerate(facts)}
        clicked = laked.and_then(_in_tail(workspace, after, asked, place_of))
        moved = moved_map(workspace)
    return list(place_of), clicked._replace(who=owners(clicked.who, moved))


def _in_lake(workspace: int, until: int, asked: _Asked) -> tuple[list[Fact], Clicked]:
    """The facts, and the clicks, by identity."""

    def question(listed: lake.Listed, duckdb: Any) -> tuple[list[Fact], Clicked]:
        files = [file for file in listed.files if file.first_batch <= until]
        for name, columns in asked.tables.items():
            duckdb.register(name, columns)
        names = ", ".join(f"'{name}'" for name in NAMES)
        rows = listed.relation(files)
        duckdb.execute(_FOUND.format(rows=rows, until=until, names=names, facts=asked.columns(), asked=asked.sql))
        facts = [Fact(*row) for row in duckdb.execute(_FACTS).fetchall()]
        told = {
            name: np.array([one[place] for one in facts], np.int64 if name == "link" else object)
            for place, name in enumerate(Fact._fields)
        }
        duckdb.register("facts", {**told, "place": np.arange(len(facts))})
        found = duckdb.execute(_ROWS).fetchnumpy()
        who, at, fact = (np.asarray(found[name], np.int64) for name in ("identity", "occurred_at", "place"))
        return facts, Clicked(who, at, fact, np.asarray(found["machine"], np.bool_))

    return lake.ask(settings.ENVIRONMENT.lake, workspace, question)


def _in_tail(workspace: int, after: int, asked: _Asked, place_of: dict[Fact, int]) -> Clicked:
    """The same of what the lake has not; facts that it brings are added."""
    rows: list[tuple[int, int, int, bool]] = []
    for batch in numbered_tail(workspace, after):
        for event, number in zip(batch.events, batch.numbers, strict=True):
            if event.name in NAMES and asked.holds(event):
                fact = place_of.setdefault(asked.fact_of(event), len(place_of))
                rows.append((number, event.occurred_at, fact, event.machine))
    whole = np.array(rows, np.int64).reshape(-1, 4)
    return Clicked(whole[:, 0], whole[:, 1], whole[:, 2], whole[:, 3].astype(np.bool_))
