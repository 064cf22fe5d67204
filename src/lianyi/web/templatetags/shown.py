"""How pages show what is known: moments in the workspace's zone, amounts with their currency, words for names.

Everything here returns plain text, which templates escape, or elements made by `format_html`.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianyi.events.catalogue.schemas import SenderLine
from lianyi.events.catalogue.words import EVENTS
from lianyi.events.log.letters import Letter
from lianyi.kernel.clock import from_micros, to_micros
from lianyi.kernel.errors import Broken
from lianyi.kernel.money import LARGEST
from lianyi.kernel.sentences import Sentence
from lianyi.people.profiles.schemas import PersonRow
from lianyi.people.profiles.touches.words import CHANNELS
from lianyi.web import labels
from lianyi.web.audit_words import act
from lianyi.web.refusals import told as refusal

register = template.Library()
_LONGEST = 120  # characters of a value that somebody sent
_TELLING = (
    "name",
    "holder",
    "slug",
    "product",
    "sku",
    "query",
    "title",
    "path",
    "url",
    "order",
    "total",
    "tag",
    "to",
    "$url",
    "$title",
)

_NUMBERED = ("form", "survey", "page", "link", "version", "response")  # numbers of ours: a reader learns nothing

register.filter("refusal", refusal)


@register.filter
def moment(micros: int | None) -> str:
    """A `<time>`: day and minute, with the year unless it is this one; the whole moment as its title."""
    local = _local(micros)
    if local is None:
        return ""
    skeleton = "MMMd" if local.year == timezone.localtime().year else "yMMMd"
    return _time(local, f"{format_skeleton(skeleton, local, tzinfo=local.tzinfo, locale=_locale())} {local:%H:%M}")


@register.filter
def day(value: int | date | None) -> str:
    """A `<time>` of a day: of a moment, or a date."""
    if isinstance(value, date):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), format_date(value, locale=_locale()))
    local = _local(value)
    return "" if local is None else _time(local, format_date(local, locale=_locale()))


@register.filter
def clock(at: datetime) -> str:
    """A moment of today as hour, minute and second."""
    return f"{timezone.localtime(at):%H:%M:%S}"


@register.filter
def span(start: date, grain: str) -> str:
    """A span of time by its first day: that day, the day its week begins with, its month, its year."""
    if grain == "year":
        return f"{start.year}"
    if grain == "month":
        return str(format_skeleton("yMMM", start, locale=_locale()))
    return str(format_skeleton("MMMd" if start.year == timezone.localdate().year else "yMMMd", start, locale=_locale()))


@register.filter
def number(value: int | Decimal | float | None) -> str:
    """With separators; a dash for nothing."""
    return "–" if value is None else format_decimal(value, locale=_locale())


@register.filter
def brief(value: int) -> str:
    """A large number in few characters: 12.3万, 123K."""
    return format_compact_decimal(value, fraction_digits=1, locale=_locale()) if value >= 10_000 else number(value)


@register.filter
def condition(place: str) -> str:
    """Which condition of a rule a place in its JSON lies in, as the builder counts: rules[1].rules[0].is is 2.1."""
    return ".".join(str(int(one) + 1) for one in re.findall(r"\brules\[(\d+)\]", place))


@register.filter
def pairs(said: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Names and values of what somebody sent. A template's own `.items` is the value of that name where one is."""
    return list(said.items())


@register.filter
def percent(value: float | None) -> str:
    """A share of one; a dash where there is none."""
    if value is None:
        return "–"
    return format_percent(value, format="0.0%" if 0 < value < 0.1 else "0%", locale=_locale())


@register.filter
def amount(value: Decimal | None, currency: str) -> str:
    """Money in its currency; a dash where nobody said how much."""
    if value is None:
        return "–"
    return format_currency(value, currency, locale=_locale()) if currency else number(value)


@register.filter
def step_name(name: str) -> str:
    """A step of AISAS."""
    return str(labels.STEPS.get(name, name))


@register.filter
def stage_name(name: str) -> str:
    """A stage of the lifecycle."""
    return str(labels.STAGES.get(name, name))


@register.filter
def reason_name(name: str) -> str:
    """Why a stage was entered."""
    return str(labels.REASONS.get(name, name))


@register.filter
def kind_name(name: str) -> str:
    """A kind of identity."""
    return str(labels.KINDS.get(name, name))


@register.filter
def at(value: datetime | None) -> str:
    """A moment that is a datetime, as `moment` shows one in microseconds."""
    return "–" if value is None else moment(to_micros(value))


@register.filter
def trait_type(name: str) -> str:
    """A type of traits."""
    return str(labels.TRAIT_TYPES.get(name, name))


@register.filter
def strategy_name(name: str) -> str:
    """Which of several values a trait shows."""
    return str(labels.STRATEGIES.get(name, name))


@register.filter
def delivery_state(name: str) -> str:
    """What became of a delivery."""
    return str(labels.DELIVERIES.get(name, name))


@register.filter
def call_error(name: str) -> str:
    """Why nothing was answered."""
    return str(labels.CALL_ERRORS.get(name, name))


@register.filter
def dimension_name(name: str) -> str:
    """A dimension of tags."""
    return str(labels.DIMENSIONS.get(name, name))


@register.filter
def order_state(name: str) -> str:
    """What became of an order."""
    return str(labels.ORDER_STATES.get(name, name))


@register.filter
def channel_name(name: str | None) -> str:
    """Where a touch came from."""
    return str(CHANNELS.get(name or "", name))


@register.simple_tag
def where(country: str, region: str, city: str) -> str:
    """A place; the country is left out where it is China and more is known."""
    named = _locale().territories.get(country, country)
    parts = [part for part in (region, city) if part]
    if not parts or country != "CN":
        parts = [part for part in (named, *parts) if part]
    return " · ".join(dict.fromkeys(parts)) or _("Unknown place")


@register.filter
def event_name(name: str) -> str:
    """What happened, in words where we have them."""
    return str(EVENTS.get(name, name))


@register.filter
def json_type(name: str) -> str:
    """A type of JSON."""
    return str(labels.JSON_TYPES.get(name, name))


@register.filter
def sender_name(one: SenderLine) -> str:
    """Who sent events: a protocol and its side, or an origin inside, with what tells it from its like."""
    kind, _colon, which = one.origin.partition(":")
    said = str(labels.SENDERS.get((one.form, kind), one.origin))
    return f"{said} {which}".rstrip()


@register.filter
def act_name(action: str) -> str:
    """What was done, by a line of the audit log."""
    return act(action)


@register.filter
def letter_told(letter: Letter) -> str:
    """Why a dead letter is one; what a projector said stays as it was."""
    return str(labels.LETTERS.get(letter.reason, letter.detail))


@register.filter
def lacks(row: PersonRow, column: str) -> bool:
    """Whether a person has nothing to show in a column of the list."""
    return not getattr(row, {"last_seen": "last_seen_on", "first_seen": "first_seen_at"}.get(column, column), True)


@register.filter
def origin_name(origin: str) -> str:
    """Who stated something inside, with what tells it from its like; a protocol's name stays."""
    kind, _colon, which = origin.partition(":")
    said = labels.SENDERS.get(("own", kind)) or labels.ORIGINS.get(kind)
    return f"{said} {which}".rstrip() if said else origin


@register.filter
def trait_label(trait: Any) -> str:
    """What a trait is called in the language of the page."""
    label = trait.label_zh if _chinese() else trait.label_en
    return str(label or trait.name)


@register.filter
def told(value: Any) -> str:
    """A value that somebody sent, short enough for a line."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return _("removed")
    if isinstance(value, int | float | Decimal):
        return format_decimal(value, locale=_locale()) if -1e15 < value < 1e15 else str(value)
    if isinstance(value, dict):
        text = ", ".join(f"{name}: {told(one)}" for name, one in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(map(told, value))
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


@register.filter
def essence(one: Any) -> str:
    """What an event says that tells it from others of its name: the first of the usual properties, else of any."""
    said = {name: value for name, value in one.said.items() if value not in (None, "", [], {})}
    if one.name == "stage.changed" and isinstance(said.get("to"), str):
        return stage_name(said["to"])
    if one.name in ("segment.entered", "segment.left") and isinstance(said.get("name"), str):
        return told(said["name"])
    if one.name.startswith("handover."):
        reason = said.get("reason")
        return _paid(said) or str({**labels.REJECTIONS, **labels.LOSSES}.get(str(reason), reason or ""))
    if one.name.startswith("gathering.") and isinstance(said.get("title"), str):
        return " · ".join(filter(None, [told(said["title"]), _local_moment(said.get("starts"))]))
    if (paid := _paid(said)) is not None:
        return paid
    if one.name.startswith(("form.", "survey.")) and isinstance(answers := said.get("answers"), dict):
        said = answers
    names = [name for name in _TELLING if name in said]
    names = names or [name for name in said if not isinstance(said[name], bool) and name not in _NUMBERED]
    return " · ".join(told(said[name]) for name in names[:2])


@register.filter
def bar(share: float) -> str:
    """The width of a bar, in percent with a decimal point in any language."""
    return f"{min(max(share, 0.0), 100.0):.2f}"


@register.filter
def in_words(sentence: Sentence) -> str:
    """A sentence of the program, in the language of the page."""
    return sentence.told(_)


@register.filter
def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.filter
def chart_json(data: Any) -> str:
    """The data of a chart as JSON, for an attribute: htmx takes scripts, also such of data alone, out of what it puts
    into a page.
    """
    return json.dumps(data, ensure_ascii=False, default=str)


@register.filter
def chart_lines(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of a chart as the lines of a table."""
    return [
        {"label": label, "values": [one["values"][place] for one in data["series"]]}
        for place, label in enumerate(data["labels"])
    ]


@register.simple_tag
def asset(path: str) -> str:
    """The address of a file of ours; it changes with the content, so browsers may keep it."""
    return f"{static(path)}?v={_digest(path)}"


@cache
def _digest(path: str) -> str:
    found = finders.find(path)
    if found is None:
        raise Broken("{path} has not been built: run `make assets`", path=path)
    with open(found, "rb") as file:  # noqa: PTH123
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _paid(said: dict[str, Any]) -> str | None:
    total, currency = said.get("total", said.get("revenue", said.get("amount"))), said.get("currency")
    if isinstance(total, bool) or not isinstance(total, int | float | str):
        return None
    if not isinstance(currency, str) or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        return None
    try:
        paid = Decimal(str(total))
    except InvalidOperation:
        return None
    return amount(paid, currency) if paid.is_finite() and abs(paid) < LARGEST else None


def _local(micros: int | None) -> datetime | None:
    if micros is None:
        return None
    try:
        return timezone.localtime(from_micros(micros))
    except OverflowError:
        return None


def _time(local: datetime, text: str) -> str:
    whole = format_datetime(local, "long", tzinfo=local.tzinfo, locale=_locale())
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), whole, text)


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def _locale() -> Locale:
    return _parsed("zh_Hans_CN" if _chinese() else "en")


@cache
def _parsed(name: str) -> Locale:
    return Locale.parse(name)


def _local_moment(text: Any) -> str:
    """A local time (YYYY-MM-DDTHH:MM) in words; "" for none."""
    try:
        local = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return ""
    return f"{format_skeleton('yMMMd', local, locale=_locale())} {local:%H:%M}"
