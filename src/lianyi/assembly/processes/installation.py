"""How a verb reaches an installation: that of a running `up`, else one that lives as long as the verb does."""

import contextlib
import os
from collections.abc import Iterator

from lianyi.assembly.environment import Environment
from lianyi.assembly.processes.listening import DEFAULT_PORT, parse_bind
from lianyi.assembly.processes.presence import running
from lianyi.kernel.errors import Broken


class Installation:
    """The installation that the environment variables describe."""

    @property
    def place(self) -> Environment:
        """The variables, read now."""
        return Environment.read(os.environ)

    @property
    def address(self) -> str:
        """What LIANYI_URL says, else where `up` listens, else where it would."""
        place = self.place
        if place.url:
            return place.url
        found = running(place.home)
        if found is not None and found.url:
            return found.url
        return f"http://localhost:{(parse_bind(place.bind)[1] if place.bind else 0) or DEFAULT_PORT}"

    @contextlib.contextmanager
    def open(self, *, as_it_is: bool = False) -> Iterator[None]:
        """Django is set up, and the database answers and is of this version; `as_it_is` leaves its shape alone."""
        if not as_it_is:
            from lianyi.assembly.backup import refuse_unfinished

            refuse_unfinished(self.place.home)
        with self._server():
            _set_up_django()
            from django.db import OperationalError, connection

            try:
                if not as_it_is and running(self.place.home) is None:
                    from lianyi.assembly.processes.prepare import bring_up_to_date

                    bring_up_to_date()
                yield
                if not as_it_is and running(self.place.home) is None:
                    self.wash()  # no worker does it soon
            except OperationalError as error:
                words = str(error).strip().splitlines()[:1]
                raise Broken("The database does not answer: {words}", words=" ".join(words)) from error
            finally:
                connection.close()

    def wash(self) -> int:
        """Takes what was erased out of the database's files; of how many people nothing is left there."""
        from lianyi.assembly.washing import wash

        return wash()

    @contextlib.contextmanager
    def _server(self) -> Iterator[None]:
        place = self.place
        if place.database_url is not None:
            yield
            return
        from lianyi.assembly.postgres import EmbeddedPostgres
        from lianyi.assembly.processes.warden import Warden

        place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Warden(place.home), EmbeddedPostgres(place.home):
            yield


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.assembly.settings")
    import django

    django.setup()
