"""A bucket of S3: moto's server, which is not Amazon's, stands in for it."""

import itertools
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from tests.program import eventually

_names = itertools.count(1)


@contextmanager
def s3() -> Iterator[dict[str, str]]:
    """The variables by which a process reaches a server of S3 that runs in the block."""
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _answers(address), "S3 answers")
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "said",
        }
    finally:
        server.kill()
        server.wait()


def new_bucket(variables: dict[str, str]) -> str:
    """The address of a fresh, empty one."""
    name = f"lake-{next(_names)}"
    assert httpx.put(f"{variables['AWS_ENDPOINT_URL']}/{name}").status_code == 200
    return f"s3://{name}/brand"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False
