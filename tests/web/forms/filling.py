"""Forms for tests of their pages, what a browser sends from the builder, and what people send by a form."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.conf import settings
from tests.web.conftest import Brand

from lianyi.events.log.actions import record_own
from lianyi.growth.forms.actions import create_form, publish_form
from lianyi.growth.forms.beginnings import begun
from lianyi.growth.forms.checking import Asking, checked
from lianyi.growth.forms.guarding import Issue, nonce
from lianyi.growth.forms.handing import fresh_id, judged, place_in
from lianyi.growth.forms.lines import Form
from lianyi.growth.forms.recording import Filled, events_of
from lianyi.growth.forms.schemas import Handed, Submission, digest
from lianyi.kernel.clock import system_clock, to_micros

Source = tuple[str, str, str, str]
SOURCE = ("wechat", "social", "spring", "booth-3")


def drafted(brand: Brand, template: str = "trial", name: str = "Trial") -> Form:
    """A draft made from a template."""
    return create_form(brand.workspace.pk, name, begun(template), system_clock())


def published(brand: Brand, template: str = "trial", name: str = "Trial") -> Form:
    """A form that the world sees."""
    return publish_form(brand.workspace.pk, drafted(brand, template, name).id, system_clock())


def send(
    brand: Brand, form: Form, *, days_ago: int = 0, page: str = "", source: Source | None = SOURCE, **answers: Any
) -> None:
    """Somebody sends it, in Chinese; the pipeline has to run afterwards. Bytes are a file."""
    files = {name: _handed(brand, value) for name, value in answers.items() if isinstance(value, bytes)}
    said = {name: value for name, value in answers.items() if name not in files}
    sent = {name: value if isinstance(value, list) else [value] for name, value in said.items()}
    found = checked(form.draft, sent, Asking("CN", "zh"), files)
    assert isinstance(found, Submission), found
    at = to_micros(system_clock()) - days_ago * 86_400_000_000
    issue = Issue(form.address, form.published or 1, at // 1_000_000, nonce(), "zh", source=source)
    record_own(brand.workspace.pk, events_of(issue, found, Filled(form.id, digest(form.draft), at, [], page)))


def _handed(brand: Brand, content: bytes) -> Handed:
    file = fresh_id()
    place = place_in(Path(settings.ENVIRONMENT.home), brand.workspace.pk, file)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return judged(place, "名片.pdf", file)


class _Fields(HTMLParser):
    """What a browser sends of the form `builder`, no button pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, list[str]] = {}
        self._inside = False
        self._area = self._select = ""
        self._text = ""
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        name = has.get("name", "")
        if tag == "form":
            self._inside = has.get("id") == "builder"
        if not self._inside:
            return
        if tag == "input" and name and (has.get("type") != "checkbox" or "checked" in has):
            self._say(name, has.get("value", ""))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._first = name, None
        elif tag == "option" and self._select:
            if self._first is None:
                self._first = has.get("value", "")
            if "selected" in has:
                self._first = has.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._area:
            self._say(self._area, self._text.removeprefix("\n").replace("\n", "\r\n"))
            self._area = ""
        elif tag == "select" and self._select:
            self._say(self._select, self._first or "")
            self._select = ""

    def _say(self, name: str, value: str) -> None:
        self.said.setdefault(name, []).append(value)


def fields_of(page: bytes) -> dict[str, list[str]]:
    """What a browser would send of the builder on this page."""
    reader = _Fields()
    reader.feed(page.decode())
    return reader.said
