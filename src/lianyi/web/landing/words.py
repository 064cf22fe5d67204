"""What pages, and what they are made of, are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.growth.pages.listed import Page

KINDS: dict[str, tuple[Promise, Promise]] = {
    "hero": (_("Opening"), _("Title, words and the first button")),
    "text": (pgettext_lazy("block of a page", "Text"), _("Words, and things told side by side")),
    "picture": (pgettext_lazy("block of a page", "Picture"), _("A picture by itself")),
    "video": (pgettext_lazy("block of a page", "Video"), _("A file of yours, or a way to where it is")),
    "proof": (_("Proof"), _("Numbers, voices, marks of others")),
    "countdown": (_("Countdown"), _("Until when it goes")),
    "form": (pgettext_lazy("block of a page", "Form"), _("A form of yours, to be filled in")),
    "cta": (_("Call to action"), _("What to do next, by segment")),
    "faq": (_("Questions and answers"), _("What is asked often")),
    "footer": (_("Foot"), _("Name, ways, registration numbers")),
}
LANGUAGES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-Hans", "en": "en"}  # BCP 47
_DRAFT = pgettext_lazy("state of a page", "Draft")
_CHANGED = pgettext_lazy("state of a page", "Published, changed since")
_PUBLISHED = pgettext_lazy("state of a page", "Published")
_ARCHIVED = pgettext_lazy("state of a page", "Archived")


def state(page: Page) -> tuple[str, Promise]:
    """Tone and word."""
    if page.archived_at is not None:
        return "warn", _ARCHIVED
    if page.version is None:
        return "plain", _DRAFT
    return ("info", _CHANGED) if page.changed else ("good", _PUBLISHED)
