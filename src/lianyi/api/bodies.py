"""Bodies of calls: JSON of a bounded size and depth, without what no store can hold."""

import re
from typing import Any

import msgspec
from django.http import HttpRequest
from ninja.parser import Parser

from lianyi.api.problems import Unserved

LARGEST = 1_000_000  # bytes
DEEPEST = 64  # levels; a rule of twenty groups in one another has 45
_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{\]}]', re.DOTALL)
_JSON = msgspec.json.Decoder()


class Parsed(Parser):
    """Hands ninja the body that the door has read."""

    def parse_body(self, request: HttpRequest) -> Any:
        return request.told  # type: ignore[attr-defined]


def read_json(request: HttpRequest) -> Any:
    """The body of a request; an empty object where there is none. Refuses what is no JSON, too long or too deep."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        raise Unserved(411, "length.required", "The length of the body is missing.", "Send Content-Length.")
    if int(length) > LARGEST:
        raise Unserved(
            413, "body.too_large", "The body has more than {most:,} bytes.", "Send it in parts.", most=LARGEST
        )
    if not request.body:
        return {}
    if request.content_type != "application/json":
        raise Unserved(415, "body.kind", "The body must be JSON.", "Send it with Content-Type: application/json.")
    return _decoded(request.body)


def _decoded(body: bytes) -> Any:
    if _depth(body) > DEEPEST:
        raise Unserved(400, "body.too_deep", "The body is nested deeper than {most} levels.", most=DEEPEST)
    try:
        told = _JSON.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unserved(
            400, "body.not_json", "The body is no JSON.", "Check its brackets, quotes and encoding."
        ) from None
    if b"\\u0000" in body and _has_nul(told):
        raise Unserved(422, "text.nul", "A text holds the character NUL, which cannot be stored.", "Leave it out.")
    return told


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for mark in _MARKS.finditer(body):
        sign = mark[0]
        if sign in (b"[", b"{"):
            depth += 1
            deepest = max(deepest, depth)
        elif sign in (b"]", b"}"):
            depth -= 1
    return deepest


def _has_nul(told: Any) -> bool:
    match told:
        case str():
            return "\x00" in told
        case list():
            return any(map(_has_nul, told))
        case dict():
            return any("\x00" in name or _has_nul(value) for name, value in told.items())
        case _:
            return False
