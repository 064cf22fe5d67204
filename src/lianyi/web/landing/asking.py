"""What the form of a block asks, by the block's kind: one table, of which the form is drawn and by which it is read."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.pages.blocks import MOST_ITEMS, MOST_OPTIONS
from lianyi.growth.pages.targets import LONGEST as LONGEST_TARGET

# line, long: in the languages of the page; plain: one text; part: several of them as one thing; rows: a list of such.
Kind = Literal[
    "line", "long", "plain", "target", "choice", "flag", "moment", "colour", "media", "video", "segment", "form",
    "key", "part", "rows",
]  # fmt: skip


class Asked(NamedTuple):
    """A field, or a group of them; `most` are characters, or rows."""

    name: str
    kind: Kind
    label: str | Promise = ""
    most: int = 0
    help: str | Promise = ""
    needed: bool = False
    choices: Mapping[str, str | Promise] = {}
    inside: tuple["Asked", ...] = ()


_PICTURE = _("Picture")


def _picture(name: str = "picture", label: str | Promise = _PICTURE, *, needed: bool = False) -> Asked:
    inside = (
        Asked("media", "media", label, needed=needed),
        Asked("alt", "line", _("What it shows"), 300, _("For those who do not see it.")),
    )
    return Asked(name, "part", label, inside=inside)


_TITLE = Asked("title", "line", _("Title"), 160)
_TEXT = Asked("text", "long", _("Text"), 4_000, _("**bold**, *italic*, [words](https://…) and lists are understood."))
_TARGET = Asked(
    "target",
    "target",
    _("Leads to"),
    LONGEST_TARGET,
    _("https://, mailto:, tel:, an address of this site such as /l/… or #, and the name of a block of this page."),
    needed=True,
)
_LABEL = Asked("label", "line", _("What the button says"), 60, needed=True)
_OPTIONS = Asked(
    "options",
    "rows",
    _("Buttons"),
    MOST_OPTIONS,
    _("Each visitor sees the first button that is for them. The last is for everybody else, and for the unknown."),
    inside=(Asked("key", "key"), _LABEL, _TARGET, Asked("segment", "segment", _("For"))),
)
_LINK = (Asked("label", "line", _("What it says"), 60, needed=True), _TARGET)
LAYOUTS = {
    "split": _("Words beside the picture"),
    "centre": _("Words in the middle"),
    "cover": _("Words on the picture"),
}
LIGHTS = {
    "auto": _("As the visitor's device has it"),
    "day": pgettext_lazy("light of a page", "Light"),
    "night": pgettext_lazy("light of a page", "Dark"),
}

FIELDS: dict[str, tuple[Asked, ...]] = {
    "hero": (
        Asked("eyebrow", "line", _("Line above the title"), 60),
        Asked("title", "line", _("Title"), 160, needed=True),
        _TEXT,
        Asked("layout", "choice", _("Layout"), choices=LAYOUTS),
        _picture(),
        _OPTIONS,
        Asked("second", "part", _("A second way"), inside=_LINK),
        Asked("note", "line", _("Line beneath the button"), 200),
    ),
    "text": (
        _TITLE,
        _TEXT,
        Asked(
            "items",
            "rows",
            _("Side by side"),
            MOST_ITEMS,
            inside=(Asked("mark", "plain", _("Emoji or number"), 8), _TITLE, _TEXT, _picture()),
        ),
    ),
    "picture": (
        _picture(needed=True),
        Asked("caption", "line", _("Caption"), 300),
        Asked("wide", "flag", _("As wide as the screen")),
    ),
    "video": (
        _TITLE,
        Asked("media", "video", _("Video"), help=_("MP4. Or give an address instead.")),
        Asked(
            "address",
            "target",
            _("Address of a video"),
            LONGEST_TARGET,
            _("It opens there: nothing of others is loaded."),
        ),
        _picture("poster", _("Still picture")),
        Asked("text", "long", _("What is said in it"), 4_000, _("For those who do not hear it.")),
    ),
    "proof": (
        _TITLE,
        Asked(
            "figures",
            "rows",
            _("Numbers"),
            6,
            inside=(
                Asked("value", "plain", _("Number"), 20, needed=True),
                Asked("label", "line", _("What it counts"), 60),
            ),
        ),
        Asked(
            "quotes",
            "rows",
            _("Voices"),
            12,
            inside=(
                Asked("text", "long", _("What they say"), 4_000, needed=True),
                Asked("who", "line", _("Who"), 60),
                Asked("role", "line", _("Who that is"), 100),
                _picture(),
            ),
        ),
        Asked("logos", "rows", _("Marks of others"), MOST_ITEMS, inside=_picture(needed=True).inside),
    ),
    "countdown": (
        _TITLE,
        Asked("until", "moment", _("Ends"), needed=True),
        Asked("zone", "plain", _("Time zone"), 64, _("Such as Asia/Shanghai."), needed=True),
        Asked("over", "line", _("What stands there afterwards"), 200),
    ),
    "form": (
        Asked("form", "form", pgettext_lazy("pages", "Form"), needed=True),
        _TITLE,
        _TEXT,
    ),
    "cta": (_TITLE, _TEXT, _OPTIONS._replace(needed=True)),
    "faq": (
        _TITLE,
        Asked(
            "questions",
            "rows",
            _("Questions"),
            40,
            needed=True,
            inside=(
                Asked("question", "line", _("Question"), 300, needed=True),
                Asked("answer", "long", _("Answer"), 4_000, needed=True),
            ),
        ),
    ),
    "footer": (
        Asked("name", "line", _("Name"), 100),
        _TEXT,
        Asked("links", "rows", _("Ways"), 12, inside=_LINK),
        Asked("icp", "plain", _("ICP registration number"), 40),
        Asked("police", "plain", _("Registration number of the public security"), 40),
    ),
}

# What of a page is none of its blocks.
WHOLE = (
    Asked(
        "theme",
        "part",
        _("Look"),
        inside=(
            Asked("brand", "line", _("Brand"), 60, _("Above the page, and behind its title.")),
            _picture("logo", _("Logo")),
            Asked(
                "accent",
                "colour",
                pgettext_lazy("of a page", "Colour"),
                help=_("As much of it is taken as stays readable."),
            ),
            Asked("light", "choice", _("Light or dark"), choices=LIGHTS),
        ),
    ),
    Asked(
        "seo",
        "part",
        _("Search engines and previews"),
        inside=(
            Asked("title", "line", _("Title"), 160, _("Left empty, it is that of the first block.")),
            Asked("description", "line", _("Description"), 400),
            _picture("picture", _("Picture of previews")),
            Asked("canonical", "target", _("Canonical address"), LONGEST_TARGET, _("Where it is not the page's own.")),
            Asked("hidden", "flag", _("Hide from search engines")),
        ),
    ),
)
