"""People to hide duplicates among: a hundred who have first names, surnames and cities in common as people do."""

import random

from lianyi.people.duplicates.schemas import Record

# fmt: off
_GIVEN = ["Alba", "Bruno", "Carla", "Dario", "Elena", "Fabio", "Greta", "Hugo", "Irene", "Jonas", "Kurt", "Laila"]
_SURNAMES = ["Abbott", "Barker", "Collins", "Dawson", "Elliot", "Fisher", "Graham", "Harvey", "Ingram", "Jarvis"]
_CITIES = ["Leeds", "York", "Bath", "Derby", "Truro"]
# fmt: on


def crowd(first: int = 1000) -> list[Record]:
    """A hundred Records with the numbers from `first` on, the same each time. No two have the same two names."""
    chance = random.Random(17)
    names = chance.sample([(given, surname) for given in _GIVEN for surname in _SURNAMES], 100)
    return [
        Record(
            first + i,
            given_name=given,
            surname=surname,
            birth_date=f"{chance.randrange(1940, 2005)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
            street=f"{chance.choice(_SURNAMES)}{chance.choice(_GIVEN).lower()} lane",
            house_number=str(chance.randrange(1, 150)),
            city=chance.choice(_CITIES),
            phone=f"0113{chance.randrange(1_000_000):06}",
            email=f"{given.lower()}{chance.randrange(1000)}@mail{chance.randrange(3)}.test",
        )
        for i, (given, surname) in enumerate(names)
    ]
