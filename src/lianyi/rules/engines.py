"""What the engines bring to the expressions of `behaviour`: functions that read a property of an event's JSON.

`DUCKDB` and `SPARK` are statements to run in a session before it is asked; `DUCKDB_STATED` in one to which events bring
what they state as a structure of the columns `column_of`, read from their JSON beforehand. A value is found under the
name exactly as it is, whatever characters are in it; of a name that is stated twice, the first counts. JSON that cannot
be read has no values, and stops nobody's question. Texts are folded: A to Z are lowered.
"""

import hashlib
import json

from lianyi.rules.passing import LOWER, UPPER, folded


def column_of(named: str) -> str:
    """The column of a property: DuckDB takes `Price` and `price` for one name."""
    return f"p_{hashlib.md5(named.encode('utf-8', 'surrogatepass'), usedforsecurity=False).hexdigest()}"


def pointer(named: str) -> str:
    """DuckDB's SQL for where in an event's JSON a property stands."""
    place = "/properties/" + named.replace("~", "~0").replace("/", "~1")
    return "'" + place.replace("'", "''") + "'"


def stated_in(said: str, named: str) -> str:
    """DuckDB's SQL for what an event's JSON states of a property, as `DUCKDB_STATED` has it: a text, folded, with a
    quotation mark before it, else the JSON.
    """
    what = f"TRY(json_extract({said}, {pointer(named)}))::VARCHAR"
    text = f"translate(json_extract_string({what}, '$'), '{UPPER}', '{LOWER}')"
    return f"""CASE WHEN starts_with({what}, '"') THEN '"' || {text} ELSE {what} END"""


def value_in(stated: str) -> str | None:
    """The same of a piece of JSON; None where it is no value."""
    if stated.startswith('"'):
        return '"' + folded(json.loads(stated)) if "\\" in stated else folded(stated[:-1])
    return None if stated.startswith(("[", "{", "n")) else stated


# What is stated is a piece of JSON, whose first character tells its kind.
DUCKDB = (
    """
    CREATE OR REPLACE TEMP MACRO property_stated(said, named) AS
        TRY(json_extract(said, '/properties/' || replace(replace(named, '~', '~0'), '/', '~1')))::VARCHAR
    """,
    f"""
    CREATE OR REPLACE TEMP MACRO stated_text(what) AS
        CASE WHEN starts_with(what, '"') THEN translate(json_extract_string(what, '$'), '{UPPER}', '{LOWER}') END
    """,
    """
    CREATE OR REPLACE TEMP MACRO stated_number(what) AS
        CASE WHEN contains('-0123456789', left(what, 1)) AND isfinite(TRY_CAST(what AS DOUBLE))
        THEN TRY_CAST(what AS DOUBLE) END
    """,
    """
    CREATE OR REPLACE TEMP MACRO stated_truth(what) AS CASE what WHEN 'true' THEN true WHEN 'false' THEN false END
    """,
)

DUCKDB_STATED = (
    "CREATE OR REPLACE TEMP MACRO property_stated(said, named) AS struct_extract(said, 'p_' || md5(named))",
    """CREATE OR REPLACE TEMP MACRO stated_text(what) AS CASE WHEN starts_with(what, '"') THEN substr(what, 2) END""",
    *DUCKDB[2:],
)

# Spark 4. A variant keeps the kind of what it was parsed from; a map keeps names that are stated twice apart.
SPARK = (
    "SET spark.sql.variant.allowDuplicateKeys = true",
    """
    CREATE OR REPLACE TEMPORARY FUNCTION property_stated(said STRING, named STRING) RETURNS VARIANT RETURN
        from_json(from_json(said, 'MAP<STRING, STRING>')['properties'], 'MAP<STRING, VARIANT>')[named]
    """,
    f"""
    CREATE OR REPLACE TEMPORARY FUNCTION stated_text(what VARIANT) RETURNS STRING RETURN
        CASE WHEN schema_of_variant(what) = 'STRING'
        THEN translate(try_variant_get(what, '$', 'string'), '{UPPER}', '{LOWER}') END
    """,
    """
    CREATE OR REPLACE TEMPORARY FUNCTION stated_number(what VARIANT) RETURNS DOUBLE RETURN
        CASE WHEN regexp(schema_of_variant(what), '^(BIGINT|DOUBLE|DECIMAL)')
            AND abs(try_variant_get(what, '$', 'double')) < double('Infinity')
        THEN try_variant_get(what, '$', 'double') END
    """,
    """
    CREATE OR REPLACE TEMPORARY FUNCTION stated_truth(what VARIANT) RETURNS BOOLEAN RETURN
        CASE WHEN schema_of_variant(what) = 'BOOLEAN' THEN try_variant_get(what, '$', 'boolean') END
    """,
)
