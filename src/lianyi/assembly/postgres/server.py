"""The embedded PostgreSQL of one home: started, shared, kept alive and stopped.

Many processes may use one server: whoever comes first starts it, the others find it running, the last one to
leave stops it. `up` holds its share as long as it runs and calls `tend` in its loop; a command line verb
enters and leaves.

Promises: one server per home at a time; a server killed with -9, with or without its children, comes back
with all that was committed; nobody waits in `tend`. Refuses a data folder of another major version, and a
home of somebody else.
"""

import time
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from lianyi.assembly.environment import DATABASE_NAME, SOCKET_PORT, embedded_conninfo
from lianyi.assembly.postgres import cluster, leftovers
from lianyi.assembly.postgres.account import Account
from lianyi.assembly.postgres.places import Places, Share, one_starter
from lianyi.assembly.postgres.process import ServerProcess
from lianyi.assembly.postgres.providers import Provider, newer_provider, preferred
from lianyi.kernel.errors import Broken, Refused

_LONGEST_PAUSE = 5.0  # seconds between two tries to bring it back


class State(Enum):
    """What `tend` found."""

    UP = "up"
    STARTING = "starting"
    DOWN = "down"


class EmbeddedPostgres:
    """One home's server, as one process sees it. Not for several threads at once.

    `settings` go over our own; `provider` is for those who know better than the registry.
    """

    def __init__(
        self, home: Path, *, settings: Mapping[str, str] | None = None, provider: Provider | None = None
    ) -> None:
        self.places = Places.of(home)
        self.restarts = 0  # how often `tend` launched it anew
        self._settings = dict(settings or {})
        self._wanted = provider
        self._process = ServerProcess(self.places.data, self.places.sockets, self.places.log)
        self._account: Account | None = None
        self._share: Share | None = None
        self._next_try = 0.0
        self._pause = 0.0

    @property
    def conninfo(self) -> str:
        """For psycopg."""
        return embedded_conninfo(self.places.home)

    @property
    def url(self) -> str:
        """The same as an address, in the form of DATABASE_URL."""
        host = quote(str(self.places.sockets), safe="/")
        return f"postgres://{cluster.ROLE}@:{SOCKET_PORT}/{DATABASE_NAME}?host={host}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def is_running(self) -> bool:
        """Whether the home's server answers, whoever started it."""
        found = self._process.found()
        return found is not None and found.ready

    def pids(self) -> list[int]:
        """The server's processes, for measuring."""
        return leftovers.processes(self.places.data)

    def start(self, *, within: float = 300.0) -> None:
        """Starts the server, or joins the one that runs; returns when it answers and has our database.

        `within` is long because a crashed server first reads its log again, which must not be cut short.
        """
        if self._share is not None:
            return
        account = self._account = self.places.prepare()
        deadline = time.monotonic() + within
        with one_starter(self.places, account, within):
            self.places.prepare()  # who stopped meanwhile removed the folder of sockets
            share = Share(self.places.root / "users.lock", account)
            try:
                self._bring_up(account, deadline)
            except BaseException:
                if share.leave():
                    self._end(10.0)
                raise
            self._share = share

    def stop(self, *, within: float = 30.0) -> None:
        """Gives the share back, and stops the server when nobody else has one."""
        if self._share is None or self._account is None:
            return
        with one_starter(self.places, self._account, within):
            share, self._share = self._share, None
            if share.leave():
                self._end(within)

    def tend(self, now: float) -> State:
        """One step of keeping the server alive; `now` in seconds of a clock that only goes forward.

        Call it about twice a second between `start` and `stop`. It never waits: a start is seen through by
        later steps.
        """
        if self._share is None or self._account is None:
            return State.DOWN
        if found := self._process.found():
            if self._process.stands_still(now):
                self._process.kill()
                return State.STARTING
            self._pause = 0.0 if found.ready else self._pause
            return State.UP if found.ready else State.STARTING
        if self._process.launched:
            return State.STARTING  # it has not written its pid file yet
        if now < self._next_try:
            return State.DOWN
        self._pause = min(_LONGEST_PAUSE, self._pause * 2 or 0.5)
        self._next_try = now + self._pause
        try:
            with one_starter(self.places, self._account, 0.0):
                if self._process.found() is None:
                    self._process.launch(self._provider(), self._account, self._settings)
                    self.restarts += 1
        except (Refused, Broken, OSError):
            return State.DOWN  # e.g. the disk is full: a later step tries again
        return State.STARTING

    def _bring_up(self, account: Account, deadline: float) -> None:
        """A server of which a backend was killed reads its log again, and takes nobody, though it was ready before."""
        self._launch(account, deadline)
        while True:
            try:
                return cluster.ensure_database(self.places.sockets)
            except psycopg.OperationalError:
                if time.monotonic() >= deadline or self._process.found() is None:
                    raise
            if self._process.stands_still(time.monotonic()):
                self._process.kill()
                while self._process.found() is not None and time.monotonic() < deadline:
                    time.sleep(0.005)  # else it would pass for the one that was to be launched
                self._launch(account, deadline)
            time.sleep(0.05)

    def _launch(self, account: Account, deadline: float) -> None:
        """Returns when a server says that it is ready."""
        provider = self._provider()
        if self._process.found() is None and not self._process.answers_from_elsewhere():
            if cluster.major_of(self.places.data) is None:
                careless = self._settings.get("fsync") == "off"
                cluster.make_cluster(self.places.data, provider, account, ["--no-sync"] if careless else [])
            self._process.launch(provider, account, self._settings)
        while (self._process.launched or self._process.found()) and not self._process.wait_until_ready(deadline):
            self._process.launch(provider, account, self._settings)

    def _end(self, within: float) -> None:
        self._process.end(within)
        self.places.leave_no_folder()

    def _provider(self) -> Provider:
        found = cluster.major_of(self.places.data)
        if found is None and self.places.old.exists():
            raise Refused("postgres.unfinished", "An upgrade was interrupted.", "Run: lianyi db upgrade")
        wanted = self._wanted or preferred()
        if found is None or found == wanted.major:
            return wanted
        if found < wanted.major:
            raise Refused(
                "postgres.major",
                "The data in {data} were made by PostgreSQL {found}, and this is {major}.",
                "Run: lianyi db upgrade",
                data=self.places.data,
                found=found,
                major=wanted.major,
            )
        return newer_provider(found)
