"""Where an address of the internet is, by a table on this disk: nothing is asked of anybody.

The table is ip2region's (Apache 2.0, of February 2024; it comes with the package `ip2region-ts` and is put here when
the browser's files are built): IPv4 to the country, for China to the province and mostly the city. It is a guess that
is good for counts, not proof of where somebody is. Of IPv6 and of private addresses it knows nothing.
"""

from lianyi.foundation.places.finding import place_of
from lianyi.foundation.places.schemas import NOWHERE, Place

__all__ = ["NOWHERE", "Place", "place_of"]
