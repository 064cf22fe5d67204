"""Reasons as sentences. The words are English and marked for translation; no value of anybody is in them."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.people.duplicates.schemas import Reason

FIELDS: dict[str, Promise] = {
    "given_name": _("Given name"),
    "surname": _("Surname"),
    "full_name": _("Full name"),
    "birth_date": _("Birth date"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "ids": _("Other ids"),
    "street": _("Street"),
    "street_2": _("Second address line"),
    "house_number": _("House number"),
    "city": _("City"),
    "postcode": _("Postal code"),
    "region": _("Province or state"),
    "household": _("Household"),
    "group": _("Others like them"),
}

LEVELS: dict[str, Promise] = {
    "same": pgettext_lazy("agreement", "the same"),
    "swapped": pgettext_lazy("agreement", "the same, in each other's place"),
    "swapped_typo": pgettext_lazy("agreement", "alike, in each other's place"),
    "typo": pgettext_lazy("agreement", "differs by a slip of typing"),
    "transposed": pgettext_lazy("agreement", "the same digits in another order"),
    "short": pgettext_lazy("agreement", "one is the beginning or end of the other"),
    "alike": pgettext_lazy("agreement", "alike"),
    "mailbox": pgettext_lazy("agreement", "the same name before the @"),
    "near": pgettext_lazy("agreement", "two digits differ"),
    "month": pgettext_lazy("agreement", "within a month"),
    "year": pgettext_lazy("agreement", "within a year"),
    "different": pgettext_lazy("agreement", "different"),
    "shared": pgettext_lazy("agreement", "people who live or work together would share much of this"),
    "together": pgettext_lazy("agreement", "both resemble the same other records"),
    "apart": pgettext_lazy("agreement", "other records of either speak against it"),
}


def sentence(reason: Reason) -> str:
    """In the language that is active, e.g. `Birth date: the same`."""
    return str(_("%(field)s: %(level)s")) % {"field": FIELDS[reason.field], "level": LEVELS[reason.level]}


def sentences(reasons: Iterable[Reason]) -> list[str]:
    """What speaks for it and against it, in the order given."""
    return [sentence(reason) for reason in reasons]
