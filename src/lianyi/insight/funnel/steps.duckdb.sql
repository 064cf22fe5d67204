SELECT
  "t9"."identity",
  BIT_OR("t9"."bit") AS "bits"
FROM (
  SELECT
    "t8"."identity",
    "t8"."name",
    "t8"."machine",
    "t3"."bit"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t1"."identity",
          "t1"."name",
          "t1"."machine"
        FROM "whole" AS "t1"
      ) AS "t4"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t2"."identity",
          "t2"."name",
          "t2"."machine"
        FROM "partly" AS "t2"
        WHERE
          "t2"."occurred_at" >= -4611686018427387905
          AND "t2"."occurred_at" < -4611686018427387906
      ) AS "t5"
    ) AS "t6"
    WHERE
      "t6"."identity" > 0 AND NOT (
        "t6"."machine"
      )
  ) AS "t8"
  INNER JOIN "steps" AS "t3"
    ON "t8"."name" = "t3"."name"
) AS "t9"
GROUP BY
  1
