"""What models foresee, as files: the people of a model by their likelihood, and buyers by what they are worth. They are
streamed, for those who may take people out, and every file leaves a line in the audit log.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianyi.audience.learned import actions as models
from lianyi.audience.learned.queries import Scores, model_of, scores_by
from lianyi.audience.worth import actions as worth
from lianyi.audience.worth.queries import fits, today_of
from lianyi.audience.worth.ranking import Place, ranked
from lianyi.audience.worth.schemas import Fit
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.queries import people
from lianyi.web.access import Seat, seated
from lianyi.web.saving import found
from lianyi.web.tables_out import csv_file
from lianyi.web.worth import horizon, lines_of

_AT_ONCE = 1_000


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def likely(_request: HttpRequest, seat: Seat, model: int) -> HttpResponseBase:
    """Everybody of whom the model says something, the most likely first."""
    workspace = seat.workspace.pk
    found(lambda: model_of(workspace, model))
    models.note_export(workspace, model)
    head = [_("Number"), _("Name"), _("Likelihood, %")]
    return csv_file(f"model-{model}", _likely(workspace, scores_by(workspace, model), head))


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def buyers(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """All buyers, those who are worth most first, over the days that the page asks of."""
    workspace, days = seat.workspace.pk, horizon(request.POST.get("days", ""))
    newest = fits(workspace, 1)
    if not newest:
        return redirect("worth")
    worth.note_export(workspace, days)
    head = [
        *(_("Number"), _("Name"), _("Still a customer, %"), _("Expected purchases"), _("Expected value")),
        *(_("Currency"), _("The next so many days")),
    ]
    return csv_file("worth", _buyers(workspace, newest[0], days, head))


def _likely(workspace: int, scores: Scores | None, head: list[str]) -> Iterator[list[Any]]:
    yield head
    if scores is None:
        return
    order = np.lexsort((scores.persons, -scores.scores))
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        numbers = scores.persons[some].tolist()
        names = {row.number: row.name for row in people(workspace, numbers)}
        for number, score in zip(numbers, scores.scores[some].tolist(), strict=True):
            if number in names:  # who is gone since is in no file
                yield [number, names[number], round(score, 2)]


def _buyers(workspace: int, fit: Fit, days: int, head: list[str]) -> Iterator[list[Any]]:
    yield head
    today = today_of(workspace, system_clock())
    after: Place | None = None
    while True:
        page = ranked(workspace, days, today, _AT_ONCE, after=after)
        for row, alive, bought, value in lines_of(workspace, page):
            yield [row.number, row.name, round(100 * alive, 2), round(bought, 3), value, fit.currency, days]
        if page.further is None:
            return
        after = page.further
