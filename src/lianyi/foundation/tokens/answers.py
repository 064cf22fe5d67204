"""Answers that are given again: a call that names a key is done once, however often it is repeated within a day.

The row is written in the transaction of the call's effect, so both are there or neither. Whoever comes second with a
key waits for the first, at most WAITS: the row's uniqueness makes them. The answer is sealed under a key that is made
from the token's secret, which nobody here keeps: it may hold what was shown once, or what was known of somebody erased
since.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction

from lianyi.foundation.access.waiting import waiting
from lianyi.foundation.tokens.models import GivenAnswer
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence

KEPT = timedelta(hours=24)
WAITS = 5_000  # ms
LONGEST_KEY = 255
_NONCE = 12
_FORGOTTEN_AT_ONCE = 5_000


class Busy(Refused):
    """The first call with this key is still being done."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency.busy",
            Sentence("A call with this Idempotency-Key is being done."),
            Sentence("Repeat it in a few seconds: its answer will be there."),
        )


class OtherCall(Refused):
    """The key was used for something else."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency.reused",
            Sentence("This Idempotency-Key was used for another call."),
            Sentence("Use a new key for each thing that you want done."),
        )


@dataclass(frozen=True)
class Call:
    """One call by its token and key; `digest` stands for what it asks for."""

    token: int
    key: str
    digest: bytes
    secret: str


@dataclass(frozen=True)
class Given:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def begin(call: Call, now: datetime) -> Given | None:
    """In the transaction of the effect: None when the call is to be done now, else the answer that it was given.

    Raises Busy when another does it for longer than WAITS, OtherCall when the key was used for something else.
    """
    row = _claim(call, now)
    if row is None:
        return None
    if bytes(row.digest) != call.digest:
        raise OtherCall
    return _opened(call, row)


def _claim(call: Call, now: datetime) -> GivenAnswer | None:
    with transaction.atomic(), waiting(WAITS, Busy), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_answer AS given (token, key, digest, at)"
            " VALUES (%(token)s, %(key)s, %(digest)s, %(at)s)"
            " ON CONFLICT (token, key) DO UPDATE SET digest = excluded.digest, at = excluded.at, status = NULL,"
            " sealed = NULL WHERE given.at < %(oldest)s RETURNING 1",
            {"token": call.token, "key": call.key, "digest": call.digest, "at": now, "oldest": now - KEPT},
        )
        fresh = cursor.fetchone() is not None
    return None if fresh else GivenAnswer.objects.get(token=call.token, key=call.key)


def keep(call: Call, given: Given) -> None:
    """Keeps the answer beside its effect, before both are committed."""
    plain = json.dumps([dict(given.headers), given.body.decode()]).encode()
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(_key(call)).encrypt(nonce, plain, call.digest)
    GivenAnswer.objects.filter(token=call.token, key=call.key).update(status=given.status, sealed=sealed)


def forget_given(now: datetime) -> int:
    """Removes answers older than KEPT, some at once; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM api_answer WHERE (token, key) IN ("
            " SELECT token, key FROM api_answer WHERE at < %s ORDER BY at LIMIT %s)",
            [now - KEPT, _FORGOTTEN_AT_ONCE],
        )
        return int(cursor.rowcount)


def _opened(call: Call, row: GivenAnswer) -> Given:
    sealed = bytes(row.sealed or b"")
    try:
        plain = AESGCM(_key(call)).decrypt(sealed[:_NONCE], sealed[_NONCE:], call.digest)
    except (InvalidTag, ValueError):
        raise Busy from None
    headers, body = json.loads(plain)
    return Given(row.status or 200, headers, body.encode())


def _key(call: Call) -> bytes:
    return blake2b(call.key.encode(), key=call.secret.encode()[:64], digest_size=32, person=b"lianyi.answer").digest()
