"""The completed responses of a survey as a table in memory, which is asked for whole columns at once.

They are read from the database in one stream and never looked at one by one here. Where one person answers once, the
first response of each person counts, whoever they have become by merges since.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from pyroaring import BitMap

from lianyi.growth.surveys.questions import Matrix, Multiple, Question, Ranking
from lianyi.people.profiles.queries import Act, CameFrom, came_from

_ROWS = """
COPY (SELECT coalesce(i.person, 0), r.identity, r.began_at, r.channel, r.campaign, r.code, r.answers::text
FROM survey_response r LEFT JOIN identity i ON i.workspace = r.workspace AND i.number = r.identity
WHERE r.workspace = %s AND r.survey = %s AND r.stage = 2 ORDER BY r.at, r.response) TO STDOUT (FORMAT csv)
"""
_READ = """
CREATE TABLE answered AS SELECT row_number() OVER () AS id, * FROM read_csv(?, auto_detect = false, header = false,
delim = ',', quote = '"', escape = '"', parallel = false, nullstr = '\\N',
columns = {'person': 'UINTEGER', 'identity': 'UINTEGER', 'began_at': 'BIGINT', 'channel': 'VARCHAR',
'campaign': 'VARCHAR', 'code': 'VARCHAR', 'answers': 'VARCHAR'})
"""
SOURCE = ("channel", "campaign", "code")
_AT_ONCE = 1_000  # responses whose source is asked for
_ONCE = """
DELETE FROM answered WHERE id IN (SELECT id FROM answered WHERE person > 0
QUALIFY row_number() OVER (PARTITION BY person ORDER BY id) > 1)
"""


class Side(NamedTuple):
    """A table of the sheet, (id, value): in which groups responses are; `many` of them at once, or one."""

    name: str
    many: bool


class Joined(NamedTuple):
    """(row, column, how many responses), how many are in each row and in each column, and how many in any."""

    cells: list[tuple[str, str, int]]
    per_row: dict[str, int]
    per_column: dict[str, int]
    base: int


class Sheet:
    """The table; `size` is how many responses count."""

    def __init__(self, workspace: int, database: Any) -> None:
        self._workspace, self._database, self._sides, self._attributed = workspace, database, 0, False
        (self.size,) = database.execute("SELECT count(*) FROM answered").fetchone()

    def asked(self, question: Question, row: str = "") -> Side:
        """The answers to a question, or to a row of a matrix."""
        pointer = "/" + "/".join(_escaped(one) for one in ((question.key, row) if row else (question.key,)))
        if isinstance(question, Multiple | Ranking):
            listed = "unnest(from_json(json_extract(answers, ?), '[\"VARCHAR\"]'))"
            return self._side(f"SELECT id, {listed} AS value FROM answered", [pointer], many=True)
        if isinstance(question, Matrix) and not row:
            raise ValueError("a matrix is asked row by row")
        return self._side(
            "SELECT * FROM (SELECT id, json_extract_string(answers, ?) AS value FROM answered) WHERE value IS NOT NULL",
            [pointer],
        )

    def places(self, question: Ranking) -> list[tuple[str, int, int]]:
        """(option, place, how often) of a ranking."""
        listed = "from_json(json_extract(answers, ?), '[\"VARCHAR\"]')"
        found: list[tuple[str, int, int]] = self._database.execute(
            f"SELECT l[n], n, count(*) FROM (SELECT l, unnest(range(1, len(l) + 1)) AS n FROM "
            f"(SELECT {listed} AS l FROM answered) WHERE l IS NOT NULL) GROUP BY 1, 2 ORDER BY 1, 2",
            [f"/{question.key}"],
        ).fetchall()
        return found

    def source(self, name: str) -> Side:
        """The channel, campaign or code of responses; who came by a source before they began has that one."""
        if name not in SOURCE:
            raise ValueError(name)
        if not self._attributed:
            self._attribute()
            self._attributed = True
        return self._side(f"SELECT id, {name} AS value FROM answered", [])

    def people(self) -> BitMap:
        """Who answered, as far as that is known."""
        found = self._database.execute("SELECT person FROM answered WHERE person > 0").fetchnumpy()["person"]
        return BitMap(np.asarray(found, np.uint32))

    def of_people(self, persons: Sequence[Any], values: Sequence[str]) -> Side:
        """Groups of people: the value at each place is that of the person there."""
        import pyarrow as pa

        told = pa.table({"person": pa.array(persons, pa.uint32()), "value": pa.array(values, pa.string())})
        self._database.register("told", told)
        side = self._side("SELECT id, value FROM answered JOIN told USING (person)", [])
        self._database.unregister("told")
        return side

    def counts(self, side: Side) -> list[tuple[str, int]]:
        """(value, how many responses), the most frequent first."""
        found: list[tuple[str, int]] = self._database.execute(
            f"SELECT value, count(*) FROM {side.name} GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        return found

    def answered(self, side: Side) -> int:
        """How many responses are in any group."""
        (found,) = self._database.execute(f"SELECT count(DISTINCT id) FROM {side.name}").fetchone()
        return int(found)

    def crossed(self, rows: Side, columns: Side) -> Joined:
        """Only the responses that are in both."""
        both = f"(SELECT DISTINCT id FROM {rows.name} INTERSECT SELECT DISTINCT id FROM {columns.name})"
        run = self._database.execute
        cells = run(
            f"SELECT r.value, c.value, count(*) FROM {rows.name} r JOIN {columns.name} c USING (id) GROUP BY 1, 2"
        ).fetchall()
        per = [
            dict(run(f"SELECT value, count(*) FROM {one.name} WHERE id IN {both} GROUP BY 1").fetchall())
            for one in (rows, columns)
        ]
        (base,) = run(f"SELECT count(*) FROM {both}").fetchone()
        return Joined(cells, per[0], per[1], int(base))

    def _attribute(self) -> None:
        import pyarrow as pa

        rows = self._database.execute("SELECT id, identity, began_at, channel, campaign, code FROM answered").fetchall()
        found: list[CameFrom] = []
        for first in range(0, len(rows), _AT_ONCE):
            found += came_from(self._workspace, [Act(*row[1:]) for row in rows[first : first + _AT_ONCE]])
        said = {name: pa.array([getattr(one, name) for one in found], pa.string()) for name in SOURCE}
        self._database.register("came", pa.table({"id": pa.array([row[0] for row in rows], pa.int64()), **said}))
        each = ", ".join(f"{name} = came.{name}" for name in SOURCE)
        self._database.execute(f"UPDATE answered SET {each} FROM came WHERE came.id = answered.id")
        self._database.unregister("came")

    def _side(self, query: str, parameters: list[Any], *, many: bool = False) -> Side:
        self._sides += 1
        name = f"side_{self._sides}"
        self._database.execute(f"CREATE TABLE {name} AS {query}", parameters)
        return Side(name, many)


@contextmanager
def sheet_of(workspace: int, survey: int, *, once: bool) -> Iterator[Sheet]:
    """The sheet, for as long as it is asked."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        with connection.cursor() as cursor, cursor.copy(_ROWS, [workspace, survey]) as copy:
            for part in copy:
                file.write(part)
        file.flush()
        import duckdb

        database = duckdb.connect(":memory:", config={"threads": 2, "autoinstall_known_extensions": False})
        try:
            database.execute(_READ, [file.name])
            if once:
                database.execute(_ONCE)
            yield Sheet(workspace, database)
        finally:
            database.close()


def _escaped(name: str) -> str:
    """As a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
