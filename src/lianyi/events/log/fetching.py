"""Rows of the log as PostgreSQL holds them: as text it would write each body out in hexadecimal, at twice the size."""

from typing import Any

import psycopg
from django.db import connection


def fetch(query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query, in the transaction that is open."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, parameters, binary=True)
        return cursor.fetchall()
