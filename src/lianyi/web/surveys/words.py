"""Words of surveys: kinds of questions, states, stages."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

KINDS: dict[str, Promise] = {
    "single": pgettext_lazy("kind of a question", "One of several"),
    "multiple": pgettext_lazy("kind of a question", "Any of several"),
    "scale": pgettext_lazy("kind of a question", "Scale"),
    "nps": pgettext_lazy("kind of a question", "Recommendation (NPS)"),
    "matrix": pgettext_lazy("kind of a question", "Matrix"),
    "ranking": pgettext_lazy("kind of a question", "Ranking"),
    "text": pgettext_lazy("kind of a question", "Text"),
}
STATES: dict[str, tuple[str, Promise]] = {
    "draft": ("plain", pgettext_lazy("state of a survey", "Draft")),
    "published": ("good", pgettext_lazy("state of a survey", "Published")),
    "offline": ("warn", pgettext_lazy("state of a survey", "Offline")),
    "archived": ("plain", pgettext_lazy("state of a survey", "Archived")),
}
STAGES: dict[str, tuple[str, Promise]] = {
    "completed": ("good", pgettext_lazy("stage of a response", "Completed")),
    "under_way": ("plain", pgettext_lazy("stage of a response", "Under way")),
    "screened": ("warn", pgettext_lazy("stage of a response", "Screened out")),
}
