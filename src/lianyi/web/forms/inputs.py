"""The inputs of a field in the builder: what each is called, how it is typed in, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.foundation.media.schemas import Media
from lianyi.web.forms.typed import AT_ONCE, BOUNDS, DAYS, GUARD, OFFERED_FOR, Row, Typed
from lianyi.web.forms.words import IDENTITIES
from lianyi.web.labels import KINDS as IDENTITY_KINDS

Choices = Sequence[tuple[str, str | Promise]]


class Input(NamedTuple):
    """An input. `shape` is text, area, number, date, check or select; `offered` the id of a list of what to type."""

    name: str
    label: str
    shape: str
    value: str
    error: str = ""
    help: str = ""
    choices: Choices = ()
    bounds: tuple[int, int] | None = None
    offered: str = ""
    wide: bool = False
    longest: int | None = None


class Drawn(NamedTuple):
    """A field of the builder: what it is called, its inputs, those that are opened when they are needed, and by their
    names what goes along without being shown.
    """

    number: int
    kind: str
    word: str | Promise
    title: str
    first: list[Input]
    further: list[Input]
    unseen: list[tuple[str, str]]
    wrong: bool
    opened: bool


def drawn(
    number: int, row: Row, word: str | Promise, before: Sequence[str], wrong: Mapping[str, str], *, opened: bool
) -> Drawn:
    """The inputs of a row; `before` are the keys of the fields before it, `wrong` what is wrong by name."""
    said = row.said
    inputs = _Inputs(number, row, wrong)
    first, further = list(_first(inputs, row.kind)), list(_further(inputs, row, before))
    wordings = (said.get("wording_zh", ""), said.get("wording_en", ""))
    title = said["label_zh"] or said["label_en"] or next((one for one in wordings if one), "") or said["key"]
    shown = {one.name for one in (*first, *further)}
    unseen = [(name, value) for key, value in said.items() if value and (name := f"f{number}-{key}") not in shown]
    of_further = any(one.error for one in further)
    return Drawn(number, row.kind, word, title[:80], first, further, unseen, of_further, opened or bool(wrong))


def words_drawn(typed: Typed, wrong: Mapping[str, str]) -> list[Input]:
    """The inputs of what the page says: title, introduction, button."""
    said = typed.said
    labels = {
        "title_zh": (_("Title, Chinese"), "text", 200),
        "title_en": (_("Title, English"), "text", 200),
        "intro_zh": (_("Introduction, Chinese"), "area", 2_000),
        "intro_en": (_("Introduction, English"), "area", 2_000),
        "button_zh": (_("Button, Chinese"), "text", 40),
        "button_en": (_("Button, English"), "text", 40),
    }
    return [
        Input(name, label, shape, said[name], wrong.get(name, ""), longest=longest)
        for name, (label, shape, longest) in labels.items()
    ]


def guard_drawn(typed: Typed, wrong: Mapping[str, str]) -> list[Input]:
    """The inputs of the guard against machines."""
    labels = {
        "quickest": (_("Fewest seconds to fill it in"), _("Whoever is faster is asked to send it once more.")),
        "hours": (_("Hours that a page may lie open"), ""),
        "per_minute": (
            _("Submissions of one network in a minute"),
            _("A whole fair may be behind one; 0 for any number."),
        ),
        "work": (_("Effort of the puzzle"), _("Each step doubles what a machine has to compute; 0 for none.")),
    }
    return [
        Input(name, label, "number", typed.said[name], wrong.get(name, ""), told, bounds=GUARD[name])
        for name, (label, told) in labels.items()
    ]


def opt_in_drawn(typed: Typed, wrong: Mapping[str, str]) -> list[Input]:
    """The inputs of the mail by which an address is confirmed."""
    said = typed.said
    keys = [row.said["key"] for row in typed.rows if row.kind == "email"]
    keys += [said["opt_in"]] if said["opt_in"] and said["opt_in"] not in keys else []
    choices = [("", _("no")), *((key, key) for key in keys)]
    told = _("Consents for e-mail count only once the link in the mail was followed.")
    labels = {
        "subject_zh": (_("Subject, Chinese"), "text", 150),
        "subject_en": (_("Subject, English"), "text", 150),
        "letter_zh": (_("Mail, Chinese"), "area", 4_000),
        "letter_en": (_("Mail, English"), "area", 4_000),
    }
    return [
        Input("opt_in", _("Address to be confirmed"), "select", said["opt_in"], wrong.get("opt_in", ""), told, choices),
        Input("days", _("Days that the link works"), "number", said["days"], wrong.get("days", ""), bounds=DAYS),
        *(
            Input(name, label, shape, said[name], wrong.get(name, ""), longest=longest)
            for name, (label, shape, longest) in labels.items()
        ),
    ]


def by_and_by_drawn(typed: Typed, wrong: Mapping[str, str]) -> Input:
    """The input of how many are asked at a time of the fields that have a turn."""
    told = _("Of the fields with a turn, only the next so many are asked that the person has not answered yet.")
    label, error = _("Fields asked at a time"), wrong.get("at_once", "")
    return Input("at_once", label, "number", typed.said["at_once"], error, told, bounds=AT_ONCE)


def download_drawn(typed: Typed, wrong: Mapping[str, str], offered: Sequence[Media]) -> list[Input]:
    """The inputs of the file that whoever submits may fetch; `offered` are those that were given before."""
    chosen, hours = typed.said["download"], typed.said["offered_for"]
    choices = [("", _("none")), *((str(one.id), f"{one.name} ({filesizeformat(one.size)})") for one in offered)]
    if chosen not in {value for value, _word in choices}:
        choices.append((chosen, _("a file that is not here any more")))
    told = _("A picture, a video, a PDF, ZIP, DOCX, XLSX or PPTX. It is taken with any of the buttons.")
    label, error = _("Hours that the link works"), wrong.get("offered_for", "")
    return [
        Input("download", _("File"), "select", chosen, wrong.get("download", ""), choices=choices),
        Input("download_file", _("Another file"), "file", "", wrong.get("download_file", ""), told),
        Input("offered_for", label, "number", hours, error, bounds=OFFERED_FOR),
    ]


class _Inputs:
    def __init__(self, number: int, row: Row, wrong: Mapping[str, str]) -> None:
        self._number, self._row, self._wrong = number, row, wrong

    def of(self, name: str, label: str, shape: str = "text", **more: object) -> Input:
        """The input of this name."""
        bounds = BOUNDS.get((self._row.kind, name)) if shape == "number" else None
        found = Input(
            f"f{self._number}-{name}", label, shape, self._row.said[name], self._wrong.get(name, ""), bounds=bounds
        )
        return found._replace(**more)  # type: ignore[arg-type]


def _first(inputs: _Inputs, kind: str) -> Iterator[Input]:
    if kind == "consent":
        told = _("These words are kept with each consent as its proof.")
        yield inputs.of("wording_zh", _("Wording, Chinese"), "area", wide=True, longest=1_500, help=told)
        yield inputs.of("wording_en", _("Wording, English"), "area", wide=True, longest=1_500)
    elif kind != "hidden":
        yield inputs.of("label_zh", _("Label, Chinese"), longest=300)
        yield inputs.of("label_en", _("Label, English"), longest=300)
    else:
        told = _("A parameter of the address, such as shop in ?shop=3.")
        yield inputs.of("parameter", _("Parameter"), longest=50, help=told)
        yield inputs.of("value", _("Otherwise"), longest=200, help=_("What is kept where the address has none."))
    if kind in ("choice", "choices"):
        told = _("A line each. Other words for readers stand behind strokes: value | Chinese | English")
        yield inputs.of("options", _("Options"), "area", wide=True, help=told)
    if kind != "hidden":
        yield inputs.of("required", _("Has to be answered"), "check")


def _further(inputs: _Inputs, row: Row, before: Sequence[str]) -> Iterator[Input]:
    yield from _of_kind(inputs, row.kind)
    if row.kind not in ("hidden",):
        yield inputs.of("help_zh", _("Explanation, Chinese"), longest=500)
        yield inputs.of("help_en", _("Explanation, English"), longest=500)
    if row.kind not in ("consent", "file"):
        yield inputs.of("maps", _("The answer becomes"), "select", choices=_places(row))
        told = _("The name of a trait, if it becomes one.")
        yield inputs.of("trait", pgettext("of a field", "Trait"), offered="traits", longest=100, help=told)
        told = _(
            "Empty: always asked. A number: asked when its turn comes, once the person has answered those before it."
        )
        yield inputs.of("turn", _("Asked by and by: its turn"), "number", help=told)
    keys = list(dict.fromkeys([*before, *([row.said["when"]] if row.said["when"] else [])]))
    if keys:
        choices = [("", _("Always")), *((key, key) for key in keys)]
        yield inputs.of("when", _("Asked only after an answer to"), "select", choices=choices)
        told = _("A line each; none for any answer. The value of a ticked consent is yes.")
        yield inputs.of("values", _("…with one of these values"), "area", help=told)
    told = _("What the answer is called in events, files and the API.")
    yield inputs.of("key", pgettext("of a field", "Key"), longest=40, help=told)


def _of_kind(inputs: _Inputs, kind: str) -> Iterator[Input]:
    match kind:
        case "text" | "long_text":
            yield inputs.of("most", _("Most characters"), "number")
        case "number":
            yield inputs.of("least", _("Least"))
            yield inputs.of("most", pgettext("bound of a number", "Most"))
            yield inputs.of("whole", _("Whole numbers only"), "check")
        case "date":
            yield inputs.of("first", _("First day"), "date")
            yield inputs.of("last", _("Last day"), "date")
        case "choice":
            yield inputs.of("menu", _("Shown as a list that opens"), "check")
        case "choices":
            yield inputs.of("least", _("At least so many"), "number")
            yield inputs.of("most", _("At most so many"), "number")
        case "consent":
            told = _(
                "By which messages may be sent, such as sms, email or wechat; empty for a line like the terms of use."
            )
            yield inputs.of("channel", _("Channel of the consent"), offered="channels", longest=50, help=told)
            yield inputs.of("purposes", _("Purposes"), help=_("e.g. marketing; several with commas between them"))
        case "file":
            yield inputs.of("megabytes", _("Most megabytes"), help=_("Up to 20, as 5 or 2.5."), wide=True)
            yield inputs.of("pictures", _("Pictures"), "check")
            yield inputs.of("documents", _("PDF"), "check")
        case _:
            pass


def _places(row: Row) -> Choices:
    found: list[tuple[str, str | Promise]] = [("", _("nothing of the person"))]
    identity = IDENTITIES.get(row.kind)
    if identity is not None:
        found.append((identity, IDENTITY_KINDS[identity]))
    found.append(("trait", _("a trait")))
    if row.said["maps"] not in {value for value, _word in found}:
        found.append((row.said["maps"], row.said["maps"]))
    return found
