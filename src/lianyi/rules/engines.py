"""What the engines bring to the expressions of `behaviour`: three functions that read a property of an event's JSON.

`DUCKDB` and `SPARK` are statements to run in a session before it is asked. A value is found under the name exactly as
it is, whatever characters are in it; of a name that is stated twice, the first counts. JSON that cannot be read has no
values, and stops nobody's question.
"""

DUCKDB = (
    """
    CREATE OR REPLACE TEMP MACRO property_json(said, named) AS
        TRY(json_extract(said, '/properties/' || replace(replace(named, '~', '~0'), '/', '~1')))::VARCHAR
    """,
    """
    CREATE OR REPLACE TEMP MACRO property_text(said, named) AS
        CASE WHEN starts_with(property_json(said, named), '"')
        THEN json_extract_string(property_json(said, named), '$') END
    """,
    """
    CREATE OR REPLACE TEMP MACRO property_number(said, named) AS
        CASE WHEN contains('-0123456789', left(property_json(said, named), 1))
            AND isfinite(TRY_CAST(property_json(said, named) AS DOUBLE))
        THEN TRY_CAST(property_json(said, named) AS DOUBLE) END
    """,
    """
    CREATE OR REPLACE TEMP MACRO property_truth(said, named) AS
        CASE property_json(said, named) WHEN 'true' THEN true WHEN 'false' THEN false END
    """,
)

# Spark 4. A variant keeps the kind of what it was parsed from; a map keeps names that are stated twice apart.
SPARK = (
    "SET spark.sql.variant.allowDuplicateKeys = true",
    """
    CREATE OR REPLACE TEMPORARY FUNCTION property_json(said STRING, named STRING) RETURNS VARIANT RETURN
        from_json(from_json(said, 'MAP<STRING, STRING>')['properties'], 'MAP<STRING, VARIANT>')[named]
    """,
    """
    CREATE OR REPLACE TEMPORARY FUNCTION property_text(said STRING, named STRING) RETURNS STRING RETURN
        CASE WHEN schema_of_variant(property_json(said, named)) = 'STRING'
        THEN try_variant_get(property_json(said, named), '$', 'string') END
    """,
    """
    CREATE OR REPLACE TEMPORARY FUNCTION property_number(said STRING, named STRING) RETURNS DOUBLE RETURN
        CASE WHEN regexp(schema_of_variant(property_json(said, named)), '^(BIGINT|DOUBLE|DECIMAL)')
            AND abs(try_variant_get(property_json(said, named), '$', 'double')) < double('Infinity')
        THEN try_variant_get(property_json(said, named), '$', 'double') END
    """,
    """
    CREATE OR REPLACE TEMPORARY FUNCTION property_truth(said STRING, named STRING) RETURNS BOOLEAN RETURN
        CASE WHEN schema_of_variant(property_json(said, named)) = 'BOOLEAN'
        THEN try_variant_get(property_json(said, named), '$', 'boolean') END
    """,
)
