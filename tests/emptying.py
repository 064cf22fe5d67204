"""How tests leave the database, and find the log: empty, by deleting the few rows that there are.

Django truncates all tables, which makes hundreds of files anew, and then its content types: a hundred times slower.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

_STAY = {"django_content_type", "auth_permission"}  # as the migrations left them


def empty_database(_case: TransactionTestCase) -> None:
    """After a test that commits, in the place of Django's own way (`TransactionTestCase._fixture_teardown`)."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - _STAY
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM \"{one}\")" for one in tables))
        filled = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # so that their order is of no account
        for table in filled:
            cursor.execute(f'DELETE FROM "{table}"')


def empty_log() -> None:
    """Nothing has come yet, and nobody has read anything."""
    with connection.cursor() as cursor:
        for table in ("log", "batch", "cursor", "dead_letter"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("UPDATE batch_counter SET number = 0")
