"""What the engines bring to the expressions of `behaviour`: functions that read a property of an event's JSON.

`DUCKDB` and `SPARK` are statements to run in a session before it is asked. A value is found under the name exactly as
it is, whatever characters are in it; of a name that is stated twice, the first counts. JSON that cannot be read has no
values, and stops nobody's question.
"""

# What is stated is a piece of JSON, whose first character tells its kind.
DUCKDB = (
    """
    CREATE OR REPLACE TEMP MACRO property_stated(said, named) AS
        TRY(json_extract(said, '/properties/' || replace(replace(named, '~', '~0'), '/', '~1')))::VARCHAR
    """,
    """
    CREATE OR REPLACE TEMP MACRO stated_text(what) AS
        CASE WHEN starts_with(what, '"') THEN json_extract_string(what, '$') END
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

# Spark 4. A variant keeps the kind of what it was parsed from; a map keeps names that are stated twice apart.
SPARK = (
    "SET spark.sql.variant.allowDuplicateKeys = true",
    """
    CREATE OR REPLACE TEMPORARY FUNCTION property_stated(said STRING, named STRING) RETURNS VARIANT RETURN
        from_json(from_json(said, 'MAP<STRING, STRING>')['properties'], 'MAP<STRING, VARIANT>')[named]
    """,
    """
    CREATE OR REPLACE TEMPORARY FUNCTION stated_text(what VARIANT) RETURNS STRING RETURN
        CASE WHEN schema_of_variant(what) = 'STRING' THEN try_variant_get(what, '$', 'string') END
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
