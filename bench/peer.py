"""The peer of the collector: what one would write first, Flask and an INSERT for each event, with the same promise: an
answer means that it is committed, and a message id counts once. Two gunicorn workers, an embedded PostgreSQL.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, request

from bench.ports import free_port, wait_for
from lianyi.assembly.postgres import EmbeddedPostgres

TABLE = "CREATE TABLE event (message_id text PRIMARY KEY, received_at timestamptz DEFAULT now(), body jsonb)"


def create_app() -> Flask:
    """The application; its database is named by the environment."""
    app = Flask(__name__)
    connections = threading.local()

    def connected() -> psycopg.Connection[Any]:
        if not hasattr(connections, "own"):
            connections.own = psycopg.connect(os.environ["PEER_DATABASE"])
        own: psycopg.Connection[Any] = connections.own
        return own

    @app.post("/v1/batch")
    def batch() -> dict[str, Any]:
        database = connected()
        with database.cursor() as cursor:
            # In order of their ids: two bodies that repeat each other's events would wait for one another.
            for event in sorted(request.get_json()["batch"], key=lambda event: event["messageId"]):
                cursor.execute(
                    "INSERT INTO event (message_id, body) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    (event["messageId"], psycopg.types.json.Jsonb(event)),
                )
        database.commit()
        return {"success": True}

    return app


@contextmanager
def serving() -> Iterator[int]:
    """The port it answers on, inside the block."""
    with tempfile.TemporaryDirectory(prefix="lianyi-peer-") as folder, EmbeddedPostgres(Path(folder)) as server:
        with psycopg.connect(server.conninfo, autocommit=True) as database:
            database.execute(TABLE)
        port = free_port()
        options = ["--workers", "2", "--worker-class", "gthread", "--threads", "16", "--keep-alive", "60"]
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *options, "bench.peer:create_app()"],
            env={**os.environ, "PEER_DATABASE": server.conninfo},
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(30)
            time.sleep(0.2)
