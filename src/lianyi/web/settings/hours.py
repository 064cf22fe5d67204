"""Working hours: the week by its days, and the days of a year that differ."""

from datetime import date
from typing import Any

from babel.dates import get_day_names
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.calendar.actions import clear_day, set_day, set_week
from lianyi.foundation.calendar.holidays import known_countries
from lianyi.foundation.calendar.queries import hours_of, special_days
from lianyi.foundation.calendar.reading import spans_in, written
from lianyi.foundation.calendar.schemas import YEARS, Spans, Why
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import day_in, number_in
from lianyi.web.refusals import told
from lianyi.web.saving import saved
from lianyi.web.workspace import places

WHY = {
    Why.OWN: ("main", gettext_lazy("Own")),
    Why.HOLIDAY: ("plain", gettext_lazy("Public holiday")),
    Why.MAKE_UP: ("info", pgettext_lazy("of a day", "Make-up working day")),
}


@require_safe
@seated(Ability.EDIT_SETTINGS)
def hours(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The hours as they are, and a year's days."""
    return _shown(request, seat, year=_year(request.GET.get("year", "")))


@require_POST
@seated(Ability.EDIT_SETTINGS)
def week(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Other hours of the week, or another country's public holidays."""
    typed = [request.POST.get(f"day{place}", "") for place in range(7)]
    wrong: dict[int, str] = {}
    spans: list[Spans] = []
    for place, text in enumerate(typed):
        try:
            spans.append(spans_in(text))
        except Refused as unread:
            wrong[place] = told(unread)
    if wrong:
        return _shown(request, seat, typed=typed, wrong=wrong)
    country = request.POST.get("country", "")
    refused = saved(request, lambda: set_week(seat.workspace.pk, spans, country), _("Saved."))
    return _shown(request, seat, typed=typed, refused=refused) if refused else redirect("settings-hours")


@require_POST
@seated(Ability.EDIT_SETTINGS)
def day(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One day has hours of its own, or is closed."""
    said = request.POST
    on = day_in(said.get("day", ""))

    def write_it() -> None:
        if on is None:
            raise Refused("calendar.day", "Which day is missing.", "Choose one.")
        spans = spans_in(said.get("hours", "")) if said.get("open") == "yes" else ()
        if said.get("open") == "yes" and not spans:
            raise Refused("calendar.text", "The hours are missing.", "Write e.g. 9:00-12:00, 13:30-18:00.")
        set_day(seat.workspace.pk, on, spans, said.get("note", ""))

    refused = saved(request, write_it, _("Saved."))
    year = on.year if on is not None and on.year in YEARS else _year(said.get("year", ""))
    return _shown(request, seat, year=year, day_refused=refused) if refused else _to(year)


@require_POST
@seated(Ability.EDIT_SETTINGS)
def clear(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A day is an ordinary one again."""
    on = day_in(request.POST.get("day", ""))
    if on is not None:
        saved(request, lambda: clear_day(seat.workspace.pk, on), _("The day is an ordinary one again."))
    return _to(_year("") if on is None else on.year)


def _shown(
    request: HttpRequest,
    seat: Seat,
    *,
    year: int = 0,
    typed: list[str] | None = None,
    wrong: dict[int, str] | None = None,
    refused: Refused | None = None,
    day_refused: Refused | None = None,
) -> HttpResponse:
    workspace, year = seat.workspace.pk, year or _year("")
    found = hours_of(workspace)
    locale = "en" if get_language() == "en" else "zh_Hans"
    names, texts = get_day_names("wide", locale=locale), typed or [written(spans) for spans in found.week]
    chosen = found.country if typed is None else request.POST.get("country", "")
    said: Any = request.POST if day_refused else {}
    context = {
        "week": [(place, names[place], text, (wrong or {}).get(place, "")) for place, text in enumerate(texts)],
        "country": chosen,
        "countries": [one for one in places(locale)[0] if one[0] in known_countries()],
        "zone": found.zone.key,
        "refused": refused,
        "year": year,
        "before": year - 1 if year - 1 in YEARS else None,
        "after": year + 1 if year + 1 in YEARS else None,
        "first": date(YEARS[0], 1, 1).isoformat(),
        "last": date(YEARS[-1], 12, 31).isoformat(),
        "days": [
            (one, names[one.day.weekday()], written(one.spans), *WHY[one.why]) for one in special_days(workspace, year)
        ],
        "day_refused": day_refused,
        "wrong_field": {"calendar.day": "day", "calendar.year": "day"}.get(day_refused.code, "hours")
        if day_refused
        else "",
        "typed": said,
    }
    status = 422 if wrong or refused or day_refused else 200
    return render(request, "web/settings/hours.html", context, status=status)


def _to(year: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('settings-hours')}?year={year}#days")


def _year(text: str) -> int:
    found = number_in(text)
    return found if found is not None and found in YEARS else timezone.localdate().year
