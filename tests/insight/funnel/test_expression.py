"""The compiled question is the one that the expression asks."""

import duckdb
import numpy as np

from lianyi.insight.funnel import expression


def test_the_compiled_text_is_current() -> None:
    assert expression._COMPILED.read_text() == expression.compile_anew()


def test_bounds_are_in_the_text() -> None:
    text = expression.compiled(17, 23)
    assert '"t2"."occurred_at" >= 17' in text
    assert '"t2"."occurred_at" < 23' in text


def test_what_counts() -> None:
    database = duckdb.connect(config={"autoinstall_known_extensions": False})
    database.execute(
        """
        CREATE VIEW partly AS FROM (VALUES
            (1, 'a', 9, false), (1, 'b', 10, false), (1, 'b', 19, false), (1, 'c', 20, false),
            (2, 'a', 10, true), (0, 'a', 10, false), (3, 'x', 10, false), (4, 'c', 15, false)
        ) AS t (identity, name, occurred_at, machine)
        """
    )
    database.execute(
        """
        CREATE VIEW whole AS FROM (VALUES (4, 'a', 1, false), (5, 'b', 1, false), (5, 'b', 1, true))
        AS t (identity, name, occurred_at, machine)
        """
    )
    database.register("steps", {"name": np.array(["a", "b", "c"], dtype=object), "bit": np.array([1, 2, 4], np.uint8)})
    rows = database.execute(expression.compiled(10, 20)).fetchall()
    assert sorted(rows) == [(1, 2), (4, 5), (5, 2)]
