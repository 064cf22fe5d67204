"""Gzip from outside: bounded before it is believed."""

import zlib

from lianyi.events.intake.limits import BODY_BYTES, BadBody

MAGIC = b"\x1f\x8b"


def gunzip(data: bytes, limit: int = BODY_BYTES) -> bytes:
    """The plain bytes. BadBody when they are more than `limit`, cut short, or no gzip; never more than limit + 1 bytes
    are made, whatever the data claims.
    """
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(data, limit + 1)
    except zlib.error:
        raise BadBody("gzip.invalid", "The body is not gzip.") from None
    if len(plain) > limit:
        raise BadBody("body.too_large", f"The body has more than {limit:,} bytes.", 413)
    if not reader.eof:
        raise BadBody("gzip.truncated", "The gzip data ends before its end.")
    if reader.unused_data.startswith(MAGIC):  # which would be lost, though the sender is told that all was taken
        raise BadBody("gzip.invalid", "The body is several pieces of gzip; it has to be one.")
    return plain
