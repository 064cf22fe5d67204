"""A gathering to begin with: the questions that most ask."""

from lianyi.growth.forms.fields import Email, Field, Phone, Text
from lianyi.growth.gatherings.schemas import Definition
from lianyi.growth.words import Words

QUESTIONS: tuple[Field, ...] = (
    Text(key="name", label=Words("姓名", "Name"), required=True, maps_to="trait:name"),
    Phone(key="phone", label=Words("手机号", "Phone"), maps_to="phone"),
    Email(
        key="email",
        label=Words("邮箱", "E-mail"),
        help=Words("我们会把入场票发到这里。", "Your ticket comes here."),
        required=True,
        maps_to="email",
    ),
)


def begun(day: str, zone: str) -> Definition:
    """Two hours in the afternoon of a day (YYYY-MM-DD)."""
    return Definition(title=Words(), starts=f"{day}T14:00", ends=f"{day}T16:00", zone=zone, questions=QUESTIONS)
