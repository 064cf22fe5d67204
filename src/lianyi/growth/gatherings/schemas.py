"""The definition of a gathering. No Django here: the edge serves it.

Its questions are those of a form, under the same law (`growth/forms`). Times are local ones of its zone, as they stand
on a poster; how many seats there are is no part of it, since that is an event.
"""

from typing import Annotated

import msgspec

from lianyi.growth.forms.fields import Email, Field
from lianyi.growth.forms.schemas import MOST_FIELDS, Guard
from lianyi.growth.forms.schemas import Definition as Form
from lianyi.growth.words import Words
from lianyi.kernel.ids import digest as hashed

MOST_SEATS = 100_000
LONGEST_SLUG = 60
SLUG = r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$"

Local = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$")]


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A gathering. `online` is the address of one that is joined from anywhere; `closes` until when one may register,
    by default until it ends; `campaign` a campaign's key.
    """

    title: Words
    starts: Local
    ends: Local
    zone: Annotated[str, msgspec.Meta(max_length=60)]
    about: Words = Words()
    place: Words = Words()
    online: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    closes: Local | None = None
    language: Annotated[str, msgspec.Meta(pattern=r"^(zh|en)$")] = "zh"
    campaign: Annotated[str, msgspec.Meta(max_length=200)] = ""
    button: Words = Words()
    questions: Annotated[tuple[Field, ...], msgspec.Meta(max_length=MOST_FIELDS)] = ()
    guard: Guard = Guard()

    @property
    def form(self) -> Form:
        """Its questions as a form."""
        return Form(
            fields=self.questions,
            title=self.title,
            button=self.button or Words("报名", "Register"),
            language=self.language,
            campaign=self.campaign,
            guard=self.guard,
        )

    @property
    def mail_field(self) -> str:
        """The question whose answer is where tickets are mailed to; "" for none."""
        return next((one.key for one in self.questions if isinstance(one, Email) and one.maps_to == "email"), "")

    @property
    def name_field(self) -> str:
        """The question whose answer says who it is."""
        return next((one.key for one in self.questions if one.maps_to == "trait:name"), "")


encode = msgspec.json.Encoder(order="deterministic").encode


def digest(definition: Definition) -> str:
    """32 hex digits that stand for the definition."""
    return hashed(encode(definition)).hex()
