"""What is behind the edge for forms, in one thread: the pipeline, the mails that go out and what stands in them."""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from tests.edge.edges import Said, Shop
from tests.edge.test_forms import BROWSER, FORM

from lianyi.assembly.pipeline import Pipeline
from lianyi.assembly.replay import replay
from lianyi.events.schemas import Claim
from lianyi.foundation.notices.folder import MailFolder
from lianyi.foundation.outbox.sending import move_on, send_due
from lianyi.growth.forms import queries
from lianyi.growth.forms.lines import Form
from lianyi.growth.forms.sender import LetterSender
from lianyi.growth.forms.ticking import send_letters
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.identity.queries import find, persons_of


class Mail(NamedTuple):
    """One that went out; `link` is the path of the address in it."""

    to: str
    subject: str
    body: str

    @property
    def link(self) -> str:
        found = re.search(r"https?://\S+", self.body)
        assert found, self.body
        parts = urlsplit(found[0])
        return f"{parts.path}?{parts.query}"


class Backroom:
    """The worker's work for one workspace."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.shop, self.workspace, self._folder = shop, shop.workspace.pk, folder / secrets.token_hex(4)
        self._fence = 0

    @property
    def secret(self) -> bytes:
        """The edge's."""
        return self.shop.edge.environment.secret_key().encode()

    def run(self) -> None:
        """All that was sent goes through the pipeline into the lake."""
        self._fence += 1
        pipeline = Pipeline(self._fence, system_clock)
        pipeline.start()
        while pipeline.step():
            pass
        pipeline.flush(all_of_it=True)

    def sender(self) -> LetterSender:
        return LetterSender(MailFolder(self._folder, "shop@example.com"), self.shop.edge.url, self.secret)

    def mail(self, after: timedelta = timedelta(0)) -> list[Mail]:
        """What is due goes out, as it is a while from now; every mail that ever did."""
        self.run()
        while send_letters(self.workspace, to_micros(system_clock() + after)):
            pass
        for act in (move_on, send_due):
            act([self.sender()], lambda: system_clock() + after)
        return self.mails()

    def mails(self) -> list[Mail]:
        paths = sorted(self._folder.glob("*.eml"), key=lambda path: int(path.stem))
        return [_read(path.read_bytes()) for path in paths]

    def rows(self, form: Form) -> list[Any]:
        return queries.submissions(self.workspace, form.id, 100)

    def person(self, kind: str, value: str) -> int:
        """Whose an identity is; 0 for nobody's."""
        claim = Claim(kind, "default" if kind == "cookie" else "", value, False)
        number = find(self.workspace, [claim]).get(claim, 0)
        return dict(persons_of(self.workspace, {number})).get(number, 0)

    def differences(self) -> list[str]:
        """What `forms` rebuilt from nothing would have other than it is."""
        return replay(self.workspace, "forms", check=True).different

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Said:
        """What a browser asks; a body is a form's."""
        return self.shop.edge.ask(method, path, body, BROWSER | (FORM if body is not None else {}) | headers)


@contextmanager
def backroom(shop: Shop, folder: Path) -> Iterator[Backroom]:
    """A fresh one; nothing of it stays."""
    yield Backroom(shop, folder)
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{shop.workspace.pk}", ignore_errors=True)


def _read(message: bytes) -> Mail:
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return Mail(str(found["To"]), str(found["Subject"]), str(found.get_content()).replace("\r\n", "\n"))
