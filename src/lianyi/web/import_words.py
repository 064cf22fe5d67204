"""Words of imports: what a column can be taken as, how a file is read, why rows were refused."""

from typing import Any, NamedTuple
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lianyi.people.imports.mapping import write_mapping
from lianyi.people.imports.targets import Fields, choices, settled
from lianyi.people.imports.uploads.remapping import chosen_form
from lianyi.people.imports.uploads.schemas import Preview
from lianyi.web.labels import KINDS as IDENTITIES

KINDS: dict[str, Promise] = {
    "people": pgettext_lazy("rows of a file", "People"),
    "orders": pgettext_lazy("rows of a file", "Orders"),
    "events": pgettext_lazy("rows of a file", "Events"),
}
STATES: dict[str, tuple[str, Promise]] = {
    "uploaded": ("info", _("To be looked at")),
    "previewed": ("info", _("To be started")),
    "running": ("main", _("Running")),
    "done": ("good", pgettext_lazy("import", "Done")),
    "failed": ("bad", _("Failed")),
    "stopped": ("warn", _("Stopped")),
}
OPTIONS: dict[str, dict[str, str | Promise]] = {
    "encoding": {"utf-8": "UTF-8", "gb18030": "GB18030 (GBK)", "big5": "Big5", "utf-16": "UTF-16"},
    "delimiter": {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("pipe")},
    "decimal": {".": "1,234.5", ",": "1.234,5"},
}
FORMS: dict[str, str | Promise] = {
    "Y/M/D": _("Year, month, day"),
    "D/M/Y": _("Day, month, year"),
    "M/D/Y": _("Month, day, year"),
    "YY/M/D": _("Year with two digits, month, day"),
}
# How a column of dates or times is read, where that is found out and not chosen.
_FOUND: dict[str, Promise] = {
    "written": _("Year first, or in words"),
    "YYYYMMDD": _("Eight digits"),
    "excel": _("Excel's numbers of days"),
    "epoch s": _("Unix time in seconds"),
    "epoch ms": _("Unix time in milliseconds"),
    "epoch us": _("Unix time in microseconds"),
}
_FIELDS: dict[str, Promise] = {
    "time": _("Time"),
    "event": _("Name of the event"),
    "order": _("Order number"),
    "sku": _("Product code"),
    "name": _("Product name"),
    "quantity": _("Quantity"),
    "price": _("Price of one"),
    "total": _("Total of the order"),
    "currency": _("Currency"),
    "tags": _("Tags"),
    "trait:": _("Trait of that name"),
    "property:": _("Property of that name"),
    "trait:name": _("Name"),
    "trait:first_name": _("Given name"),
    "trait:last_name": _("Surname"),
    "trait:nickname": _("Nickname"),
    "trait:gender": _("Gender"),
    "trait:birthday": _("Birthday"),
    "trait:country": _("Country"),
    "trait:province": _("Province or state"),
    "trait:city": _("City"),
    "trait:district": _("District"),
    "trait:address": _("Address"),
    "trait:postal_code": _("Postal code"),
    "trait:company": _("Company"),
    "trait:title": _("Job title"),
    "source:channel": _("Source: channel"),
    "source:medium": _("Source: medium"),
    "source:campaign": _("Source: campaign"),
    "source:code": _("Source: channel code"),
    "consent:sms": _("Consent to text messages"),
    "consent:email": _("Consent to e-mail"),
    "consent:wechat": _("Consent to WeChat messages"),
}
_CODES: dict[str, Promise] = {
    "identity.invalid": _("The cell identifies nobody"),
    "identity.long": _("The identity is too long"),
    "person.nobody": _("The row names nobody"),
    "row.ragged": _("The row has more or fewer cells than there are columns"),
    "row.quote": _("A quote is not closed"),
    "row.large": _("The row is too large"),
    "date.unreadable": _("The date cannot be read"),
    "time.unreadable": _("The time cannot be read"),
    "time.missing": _("The time is missing"),
    "time.future": _("The time lies in the future"),
    "time.range": _("The time lies before 1970"),
    "number.unreadable": _("The number cannot be read"),
    "currency.invalid": _("No ISO currency code"),
    "boolean.unreadable": _("Neither yes nor no"),
    "order.missing": _("The order's number is missing"),
    "price.missing": _("The price is missing"),
    "total.missing": _("The total is missing"),
    "quantity.missing": _("The quantity is missing"),
    "event.missing": _("The event's name is missing"),
    "cell.encoding": _("The cell is not text in the file's encoding"),
    "cell.formula": _("A formula without its result"),
    "cell.error": _("The cell holds an error"),
    "cell.long": _("The cell is too long"),
}


class Column(NamedTuple):
    """A column of the mapping: its place, name, word, and up to three values."""

    place: int
    name: str
    target: str
    choices: list[tuple[str, str]]
    samples: list[str]
    form: str


def label(target: str) -> str:
    """What a column is taken as, in words."""
    if target in _FIELDS:
        return str(_FIELDS[target])
    family, colon, name = target.partition(":")
    if not colon or family == "identity":
        return str(IDENTITIES.get(name or family, name or family))
    return name


def form_name(form: str) -> str:
    """How a column of dates or times is read, in words."""
    return str(FORMS.get(form) or _FOUND.get(form, form))


def offered(seen: Preview, kind: str) -> list[Column]:
    """The columns with what each could be taken as."""
    common = choices(kind)
    found = []
    for place, name in enumerate(seen.columns):
        target = seen.targets[place]
        words = common if target in common or not target else [*common, target]
        samples = [row.cells[place].text for row in seen.rows if place < len(row.cells) and row.cells[place].text]
        offers = [(word, label(word)) for word in words]
        shown = list(dict.fromkeys(samples))[:3]
        found.append(Column(place, name or str(place + 1), target, offers, shown, form_name(seen.forms.get(name, ""))))
    return found


def reading(said: Any) -> list[str]:
    """How the file is read: its kind, encoding, delimiter, and whether it has a header."""
    words = [said.kind]
    if said.sheet:
        words.append(gettext("sheet {sheet}").format(sheet=said.sheet))
    if said.encoding:
        words.append(said.encoding.upper())
    if said.delimiter:
        words.append(str(OPTIONS["delimiter"].get(said.delimiter, said.delimiter)))
        words.append(gettext("with a header") if said.header else gettext("without a header"))
    return words


def option_fields(fields: Fields, seen: Preview | None) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """The fields that say how the file is read: name, label, options, and what is chosen."""
    file = fields.get("file", {})
    delimited = seen is not None and seen.reading.kind == "CSV"
    labels = {"encoding": _("Encoding"), "delimiter": _("Delimiter"), "decimal": _("Decimal mark")}
    found = [
        (name, str(labels[name]), [(key, str(word)) for key, word in OPTIONS[name].items()], file.get(name, ""))
        for name in OPTIONS
        if delimited or name == "decimal"
    ]
    return [*found, ("form", gettext("Dates"), [(key, str(word)) for key, word in FORMS.items()], chosen_form(fields))]


def as_yaml(fields: Fields, kind: str) -> str:
    """A mapping that was not run yet. Refuses an incomplete one."""
    return write_mapping(settled(fields, kind))


def codes(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Why rows were refused: code, words, how many; the most frequent first."""
    return [
        (code, str(_CODES.get(code, code)), count) for code, count in sorted(counts.items(), key=lambda one: -one[1])
    ]


def attachment(name: str) -> str:
    """The header by which a browser keeps a file under its name."""
    return f"attachment; filename*=utf-8''{quote(name)}"
