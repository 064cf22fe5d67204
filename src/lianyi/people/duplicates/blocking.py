"""Which pairs are worth comparing: those that share something exactly, found block by block.

Promises a bounded number of pairs for any data: a block of more people than its rule's limit is left out and said, and
a rule's limit falls until the rule makes at most four pairs per person. People alike in everything are chained to their
next, so that a thousand copies are still found. Refuses nothing; people without any value are compared with nobody.
"""

from dataclasses import dataclass
from typing import Any

from lianyi.kernel.sentences import Sentence
from lianyi.people.duplicates.schemas import Skipped

LARGEST_BLOCK = 100
PAIRS_PER_PERSON = 4
FEW_PAIRS = 500_000  # a rule may always make so many, however few people there are


@dataclass(frozen=True, slots=True)
class Rule:
    """People with an equal value in any of `keys` (SQL over `person`) are compared."""

    name: Sentence
    keys: tuple[str, ...]


_INITIALS = "regexp_replace({0}, '[aeiouyhw]', '', 'g')"

RULES: tuple[Rule, ...] = (
    Rule(Sentence("e-mail"), ("email",)),
    Rule(Sentence("phone"), ("right(phone, 8)",)),
    Rule(Sentence("id"), ("unnest(ids)",)),
    Rule(Sentence("mailbox"), ("CASE WHEN length(mailbox) >= 5 THEN mailbox END",)),
    Rule(Sentence("whole name"), ("whole", "right(whole, -1) || left(whole, 1)")),
    Rule(Sentence("both names"), ("least(given, surname) || '|' || greatest(given, surname)",)),
    Rule(Sentence("birth date"), ("birth",)),
    Rule(Sentence("birth date and first name"), ("birth || given", "birth || surname", "birth || whole")),
    Rule(Sentence("birth year and a name"), tuple(f"left(birth, 4) || {c}" for c in ("given", "surname", "whole"))),
    Rule(Sentence("birthday and a name"), tuple(f"right(birth, 4) || {c}" for c in ("given", "surname", "whole"))),
    Rule(
        Sentence("sound of both names"),
        tuple(f"{_INITIALS.format(a)} || '|' || left({b}, 2)" for a, b in (("given", "surname"), ("surname", "given"))),
    ),
    Rule(Sentence("street and house"), ("street || '|' || house", "street_2 || '|' || house")),
    Rule(Sentence("postcode and house"), ("postcode || '|' || house",)),
    Rule(
        Sentence("postcode and a name"),
        tuple(f"postcode || '|' || left({c}, 3)" for c in ("given", "surname", "whole")),
    ),
    Rule(Sentence("city and a name"), tuple(f"city || '|' || {c}" for c in ("given", "surname", "whole"))),
    Rule(Sentence("birth month"), ("left(birth, 6)",)),
    Rule(Sentence("birthday and decade"), ("right(birth, 4) || substr(birth, 3, 1)",)),
    Rule(Sentence("street"), ("street", "street_2")),
    Rule(Sentence("postcode"), ("postcode",)),
    Rule(Sentence("given name or surname"), ("given", "surname")),
    Rule(Sentence("city"), ("city",)),
)


def find_pairs(con: Any, people: int) -> tuple[int, list[Skipped]]:
    """Fills `candidate` (a, b: row numbers, a < b, each pair once) and returns how many, with what was skipped."""
    con.execute("CREATE TABLE found (a INTEGER, b INTEGER)")
    skipped = []
    for rule in RULES:
        selects = " UNION ALL ".join(f"SELECT n, {key} AS key FROM person" for key in rule.keys)
        con.execute(
            "CREATE OR REPLACE TEMP TABLE key AS "
            f"SELECT DISTINCT n, hash(key) AS key FROM ({selects}) WHERE key IS NOT NULL AND key <> ''"
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE block AS SELECT key, count(*) AS size FROM key GROUP BY key HAVING size > 1"
        )
        limit = _limit(con, people)
        con.execute(
            """INSERT INTO found SELECT l.n, r.n FROM block JOIN key AS l USING (key) JOIN key AS r USING (key)
            WHERE size <= ? AND l.n < r.n""",
            [limit],
        )
        blocks, members, largest = con.execute(
            "SELECT count(*), sum(size), max(size) FROM block WHERE size > ?", [limit]
        ).fetchall()[0]
        if blocks:
            skipped.append(Skipped(str(rule.name), limit, blocks, int(members), largest))
    _chain(con)
    con.execute("DROP TABLE key; DROP TABLE block")
    con.execute("CREATE TABLE candidate AS SELECT DISTINCT a, b FROM found")
    con.execute("DROP TABLE found")
    return int(con.execute("SELECT count(*) FROM candidate").fetchall()[0][0]), skipped


def _limit(con: Any, people: int) -> int:
    """The largest block size up to LARGEST_BLOCK at which the rule keeps within its number of pairs."""
    sizes = con.execute(
        "SELECT size, count(*) * size * (size - 1) / 2 FROM block WHERE size <= ? GROUP BY size ORDER BY size",
        [LARGEST_BLOCK],
    ).fetchall()
    left = max(FEW_PAIRS, PAIRS_PER_PERSON * people)
    for size, pairs in sizes:
        left -= pairs
        if left < 0:
            return int(size) - 1
    return LARGEST_BLOCK


def _chain(con: Any) -> None:
    """Each person with the next one who is the same in everything that is compared."""
    everything = "given, surname, whole, birth, email, phone, street, street_2, house, city, postcode, region, ids"
    con.execute(
        f"""INSERT INTO found SELECT a, b FROM (
            SELECT n AS a, lead(n) OVER (PARTITION BY {everything} ORDER BY n) AS b FROM person
            WHERE coalesce(given, surname, whole, email, phone, ids[1]) IS NOT NULL
        ) WHERE b IS NOT NULL"""
    )
