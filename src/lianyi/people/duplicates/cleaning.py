"""Turns records into the table `person` that fields compare: one spelling per value, null for what says nothing.

Promises that only data enters the database, never text of a query, and that the order of the records is forgotten:
rows are numbered by the people's numbers. Refuses the same number twice. A value counts with its first 200
characters.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from lianyi.kernel.errors import Refused
from lianyi.people.duplicates.fields import FIELDS
from lianyi.people.duplicates.schemas import Record

LONGEST = 200
FEW_PEOPLE = 1000
TEXTS = tuple(name for name in Record._fields if name not in ("id", "ids"))

# Written in place of a value by people and by programs.
_NOTHING = (
    "('', '-', '--', '.', '/', 'n/a', 'nil', 'none', 'null', 'nan', 'unknown', 'undefined', "
    "'无', '未知', '没有', '暂无', '保密', '匿名', '未填写')"
)
_CONTROL = r"[\x{0}-\x{1f}\x{7f}-\x{9f}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]"

# Short words of Latin street names, written out alike in every line.
_STREET_WORDS = {
    "st": "street", "rd": "road", "av": "avenue", "ave": "avenue", "dr": "drive", "pl": "place", "ct": "court",
    "ln": "lane", "cres": "crescent", "cct": "circuit", "sq": "square", "blvd": "boulevard", "tce": "terrace",
    "hwy": "highway",
}  # fmt: skip


def _street_words() -> str:
    sql = "line"
    for word, long in _STREET_WORDS.items():
        sql = rf"regexp_replace({sql}, '\b{word}\b', '{long}')"
    return f"squashed({sql})"


# Small SQL functions. Birth dates keep eight digits even where a typo makes them no date; values that programs fill in
# for an unknown day are none. Phones lose leading zeros, and are none when masked, too short or one digit repeated.
_MACROS = {
    "spaced(v)": rf"lower(trim(regexp_replace(regexp_replace(v, '{_CONTROL}', '', 'g'), '\s+', ' ', 'g')))",
    "unaccented(v)": r"CASE WHEN regexp_matches(v, '[^\x{0}-\x{7f}]') AND regexp_matches(v, '\p{Latin}') "
    "THEN strip_accents(v) ELSE v END",
    "told(v)": f"CASE WHEN v IS NULL OR spaced(v) IN {_NOTHING} THEN NULL ELSE unaccented(spaced(v)) END",
    "squashed(v)": r"nullif(regexp_replace(v, '[^\p{L}\p{M}\p{N}]', '', 'g'), '')",
    "untitled(v)": "regexp_replace(v, '^(mr|mrs|ms|miss|dr|prof)[.]? |(先生|女士|小姐|老师|同学)$', '')",
    "taken(v, pattern)": "nullif(regexp_extract(v, pattern, 1), '')",
    "line_of(line)": _street_words(),
    "dated(y, m, d)": "y || lpad(m, 2, '0') || lpad(d, 2, '0')",
    "eight_digits(v)": r"""CASE
        WHEN regexp_full_match(v, '(18|19|20)[0-9]{6}') THEN v
        WHEN regexp_full_match(v, '[0-9]{4}(19|20)[0-9]{2}') THEN dated(right(v, 4), substr(v, 3, 2), left(v, 2))
        WHEN regexp_matches(v, '^[0-9]{4}[^0-9]+[0-9]{1,2}[^0-9]+[0-9]')
            THEN dated(left(v, 4), regexp_extract(v, '^[0-9]+[^0-9]+([0-9]{1,2})', 1),
                       regexp_extract(v, '^[0-9]+[^0-9]+[0-9]+[^0-9]+([0-9]{1,2})', 1))
        WHEN regexp_matches(v, '^[0-9]{1,2}[^0-9]+[0-9]{1,2}[^0-9]+[0-9]{4}')
            THEN dated(regexp_extract(v, '[0-9]{4}'), regexp_extract(v, '^[0-9]+[^0-9]+([0-9]{1,2})', 1),
                       regexp_extract(v, '^[0-9]+'))
        END""",
    "birthday(v)": "CASE WHEN eight_digits(v) NOT IN ('00010101', '19000101', '19700101') THEN eight_digits(v) END",
    "digits(v)": "ltrim(regexp_replace(v, '[(]0[)]|[^0-9]', '', 'g'), '0')",
    "phone_of(v)": """CASE WHEN NOT contains(v, '*') AND length(digits(v)) BETWEEN 6 AND 15
        AND digits(v) <> '12345678901' AND length(replace(digits(v), right(digits(v), 1), '')) > 1
        THEN digits(v) END""",
}

_NAMED = """
    SELECT * REPLACE (
        untitled(given_name) AS given_name, untitled(full_name) AS full_name,
        coalesce(house_number, taken(street, '^([0-9]+[a-z]?) '), taken(street, '([0-9]+)号')) AS house_number,
        regexp_replace(street, '^[0-9]+[a-z]? ', '') AS street)
    FROM record_told
"""
# A name with Chinese, Japanese or Korean characters is compared whole; a Latin one that stands in one piece is parted.
_PARTED = r"""
    SELECT *, coalesce(full_name, given_name, surname) AS any_name,
        regexp_matches(concat(full_name, given_name, surname), '[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]')
            AS is_whole,
        (full_name IS NOT NULL AND (given_name IS NULL OR surname IS NULL))
            OR (surname IS NULL AND contains(given_name, ' ')) AS is_joined,
        CASE WHEN contains(any_name, ',') THEN list_reverse(string_split(any_name, ','))
            ELSE string_split(any_name, ' ') END AS parts
    FROM named
"""
_PERSON = """
    SELECT row_number() OVER (ORDER BY id)::INTEGER AS n, id,
        CASE WHEN is_whole THEN NULL WHEN is_joined THEN squashed(parts[1]) ELSE squashed(given_name) END AS given,
        CASE WHEN is_whole THEN NULL WHEN is_joined AND len(parts) > 1 THEN squashed(parts[-1])
            ELSE squashed(surname) END AS surname,
        CASE WHEN is_whole THEN squashed(coalesce(surname || given_name, any_name)) END AS whole,
        birthday(birth_date) AS birth,
        squashed(house_number) AS house, line_of(street) AS street, line_of(street_2) AS street_2,
        squashed(regexp_replace(city, '市$', '')) AS city, squashed(postcode) AS postcode,
        squashed(regexp_replace(region, '(省|市|自治区|特别行政区)$', '')) AS region,
        phone_of(phone) AS phone,
        CASE WHEN regexp_full_match(email, '[^@ ]+@[^@ ]+') THEN email END AS email,
        CASE WHEN len(ids) > 0 THEN list_sort(list_distinct(ids)) END AS ids
    FROM parted
"""


def arrow_of(records: Iterable[Record]) -> Any:
    """An Arrow table of `records`, one column per field of Record."""
    import pyarrow as pa

    columns: list[list[Any]] = [list(column) for column in zip(*records, strict=True)] or [[] for _ in Record._fields]
    arrays = {}
    for name, values in zip(Record._fields, columns, strict=True):
        if name == "id":
            arrays[name] = pa.array(values, pa.int64())
        elif name == "ids":
            arrays[name] = pa.array([[_text(v) for v in value] for value in values], pa.list_(pa.string()))
        else:
            arrays[name] = _texts(values)
    return pa.table(arrays)


def _texts(values: Sequence[str | None]) -> Any:
    import pyarrow as pa

    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: str) -> str:
    """Without the halves of characters that a broken decoder leaves, which no store accepts."""
    return value[:LONGEST].encode("utf-8", "replace").decode()


def load(con: Any, records: Any) -> int:
    """Fills `person` from an Arrow table with some of Record's columns, and returns how many people there are."""
    con.register("record", _complete(records))
    repeated = con.execute("SELECT id FROM record GROUP BY id HAVING count(*) > 1 LIMIT 1").fetchall()
    if repeated:
        raise Refused(
            "duplicates.number", "Person {person} is given twice.", "Give each person once.", person=repeated[0][0]
        )
    for signature, sql in _MACROS.items():
        con.execute(f"CREATE TEMP MACRO {signature} AS {sql}")
    told = ", ".join(f"told({name}) AS {name}" for name in TEXTS)
    con.execute(f"CREATE TEMP TABLE record_told AS SELECT id, ids, {told} FROM record")
    con.execute(f"CREATE TEMP TABLE cleaned AS WITH named AS ({_NAMED}), parted AS ({_PARTED}) {_PERSON}")
    con.unregister("record")
    con.execute("DROP TABLE record_told")
    _weigh_words(con)
    return int(records.num_rows)


def _complete(records: Any) -> Any:
    """All of Record's columns, texts cut and in Unicode's compatibility form (full-width digits become plain)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {"id": records.column("id").cast(pa.int64())}
    for name in TEXTS:
        if name in records.column_names:
            text = pc.utf8_slice_codeunits(records.column(name).cast(pa.string()), 0, LONGEST)
            columns[name] = pc.utf8_normalize(text, form="NFKC")
        else:
            columns[name] = pa.nulls(records.num_rows, pa.string())
    known = "ids" in records.column_names
    columns["ids"] = records.column("ids") if known else pa.nulls(records.num_rows, pa.list_(pa.string()))
    return pa.table(columns)


def _weigh_words(con: Any) -> None:
    """Makes `person` of `cleaned`: adds the mailbox of an e-mail address, the day of a birth date, and for each word
    how often a stranger has it (Splink's term frequency), drawn towards the field's prior while people are few.
    """
    rare = {field.rarity: field.levels[0].u for field in FIELDS if field.rarity}
    for column, usual in rare.items():
        con.execute(
            f"""CREATE TEMP TABLE word_{column} AS
            SELECT {column}, (count(*) + {usual * FEW_PEOPLE}) / (sum(count(*)) OVER () + {FEW_PEOPLE}) AS tf_{column}
            FROM cleaned WHERE {column} IS NOT NULL GROUP BY {column}"""
        )
    frequencies = ", ".join(f"tf_{column}" for column in rare)
    joins = " ".join(f"LEFT JOIN word_{column} USING ({column})" for column in rare)
    con.execute(
        f"""CREATE TABLE person AS
        SELECT cleaned.*, regexp_replace(string_split(email, '@')[1], '[+].*', '') AS mailbox,
            date_diff('day', DATE '1800-01-01', try_strptime(birth, '%Y%m%d')::DATE)::INTEGER AS birth_day,
            {frequencies}
        FROM cleaned {joins} ORDER BY n"""
    )
    for table in ("cleaned", *(f"word_{column}" for column in rare)):
        con.execute(f"DROP TABLE {table}")


def known_fields(con: Any, people: int) -> list[str]:
    """Names of the fields that can tell people apart: known of two at least, and not one value for a thousand."""
    counts = ", ".join(f"count({field.column}), count(DISTINCT {field.column})" for field in FIELDS)
    row = con.execute(f"SELECT {counts} FROM person").fetchall()[0]
    known = [
        (field.name, distinct)
        for field, values, distinct in zip(FIELDS, row[::2], row[1::2], strict=True)
        if values > 1
    ]
    varied = [name for name, distinct in known if distinct > 1 or people < FEW_PEOPLE]
    return varied or [name for name, _ in known]
