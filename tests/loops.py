"""Coroutines of tests that are no coroutines themselves."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Returned = TypeVar("Returned")


def in_a_loop(work: Coroutine[Any, Any, Returned]) -> Returned:
    """Run by a thread of its own: another test of this process may have left a browser's loop in this one."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()
