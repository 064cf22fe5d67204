"""Asks Spark who did what; a process of its own, since Spark's driver is no guest for a test's.

Reads one JSON object from standard input: the master's address, the lake's files, the identities that are part of
another person, the leaves and the moment. Writes the people of each leaf, in order.
"""

import json
import sys
from zoneinfo import ZoneInfo

import ibis
from pydantic import TypeAdapter
from pyspark.sql import SparkSession

from lianyi.rules.behaviour import people_who
from lianyi.rules.engines import SPARK
from lianyi.rules.nodes import Rule
from lianyi.rules.person import Moment
from lianyi.rules.spans import span_of


def main() -> None:
    asked = json.load(sys.stdin)
    session = (
        SparkSession.builder.master(asked["master"])
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "512m")
        .config("spark.executor.memory", "512m")
        .config("spark.executor.cores", "1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    session.read.parquet(*asked["files"]).createOrReplaceTempView("events")
    session.createDataFrame(asked["moved"], "identity BIGINT, person BIGINT").createOrReplaceTempView("moved")
    for statement in SPARK:
        session.sql(statement)
    spark = ibis.pyspark.connect(session)
    moment = Moment(asked["now"], ZoneInfo(asked["zone"]))
    leaf_of = TypeAdapter(Rule).validate_json
    found = []
    for document in asked["leaves"]:
        leaf = leaf_of(document)
        who = people_who(leaf, spark.table("events"), spark.table("moved"), span_of(leaf, moment))
        found.append(sorted(row[0] for row in session.sql(spark.compile(who)).collect()))
    executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
    print(json.dumps({"people": found, "executors": executors}))
    session.stop()


if __name__ == "__main__":
    main()
