"""The session's own database."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_session_has_a_database_of_15_or_newer_in_utf8() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('server_encoding')")
        name, encoding = cursor.fetchone()
    assert name.startswith("test_lianyi")
    assert encoding == "UTF8"
    assert connection.pg_version >= 150000
