"""Public holidays and make-up working days of a country, from the library of the same name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True)
class PublicYear:
    """What a country's year changes of the ordinary week."""

    holidays: frozenset[date]
    working: frozenset[date]  # days of the weekend on which people work


@lru_cache(maxsize=256)
def public_year(country: str, year: int) -> PublicYear:
    """That year of that country (ISO 3166), which must be a known one."""
    import holidays

    found = holidays.country_holidays(country, years=[year], expand=False)
    working: Collection[date] = getattr(found, "weekend_workdays", ())
    return PublicYear(frozenset(found), frozenset(day for day in working if day.year == year))


@lru_cache(maxsize=256)
def is_known(country: str) -> bool:
    """Whether the public holidays of this country are known."""
    import holidays

    try:
        holidays.country_holidays(country)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=1)
def known_countries() -> frozenset[str]:
    """The countries whose public holidays are known."""
    import holidays

    return frozenset(holidays.list_supported_countries())
