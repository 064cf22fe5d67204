"""A load generator that costs little: one thread, one epoll, requests that were made before the clock started.

Each of the connections sends its next request as soon as the answer to the last is whole. Loopback only.
"""

import re
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What came of a run: wall seconds, a latency in seconds for each answered request, and answers by status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def percentile(self, share: float) -> float:
        """The latency that `share` (0..1) of the requests did not exceed, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    length = _LENGTH.search(answer, 0, end) if end > 0 else None
    return length is not None and len(answer) >= end + 4 + int(length[1])


def request(path: str, body: bytes, authorization: str) -> bytes:
    """A whole HTTP/1.1 POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: {authorization}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def visit(path: str, **headers: str) -> bytes:
    """A whole HTTP/1.1 GET."""
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{told}\r\n".encode()


def run(
    port: int, requests: Iterator[bytes], *, connections: int = 64, within: float = 120.0, rate: float = 0
) -> Outcome:
    """Sends all of `requests` to 127.0.0.1:port; stops by itself after `within` seconds. With `rate`, at most so many
    requests a second.
    """
    poll = select.epoll()
    sockets: dict[int, socket.socket] = {}
    rest: dict[int, memoryview] = {}
    parts: dict[int, bytes] = {}  # of answers that are not whole yet
    started: dict[int, float] = {}
    outcome = Outcome()
    begin = time.perf_counter()
    sent = 0

    def next_request(number: int) -> bool:
        nonlocal sent
        if rate:
            ahead = sent / rate - (time.perf_counter() - begin)
            if ahead > 0:
                time.sleep(min(ahead, 0.05))
        data = next(requests, None)
        if data is None or time.perf_counter() - begin > within:
            poll.unregister(number)
            sockets.pop(number).close()
            return False
        sent += 1
        started[number] = time.perf_counter()
        _send(number, memoryview(data))
        return True

    def _send(number: int, data: memoryview) -> None:
        try:
            done = sockets[number].send(data)
        except BlockingIOError:
            done = 0
        if done < len(data):
            rest[number] = data[done:]
            poll.modify(number, select.EPOLLIN | select.EPOLLOUT)
        elif number in rest:
            del rest[number]
            poll.modify(number, select.EPOLLIN)

    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        number = connection.fileno()
        sockets[number] = connection
        poll.register(number, select.EPOLLIN)
        next_request(number)
    while sockets:
        for number, event in poll.poll(1.0):
            if event & select.EPOLLOUT and number in rest:
                _send(number, rest[number])
            if event & select.EPOLLIN:
                answer = sockets[number].recv(65536)
                if not answer:
                    poll.unregister(number)
                    sockets.pop(number).close()
                    continue
                answer = parts.pop(number, b"") + answer
                if not _is_whole(answer):
                    parts[number] = answer
                    continue
                outcome.latencies.append(time.perf_counter() - started[number])
                status = int(answer[9:12])
                outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
                next_request(number)
        if time.perf_counter() - begin > within + 5:
            break
    outcome.seconds = time.perf_counter() - begin
    for connection in sockets.values():
        connection.close()
    poll.close()
    return outcome
