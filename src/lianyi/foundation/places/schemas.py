"""The room's words."""

from typing import NamedTuple


class Place(NamedTuple):
    """A place as events state it; "" for what is unknown."""

    country: str  # ISO 3166, CN; Hong Kong, Macao and Taiwan are regions of their own in it: HK, MO, TW
    region: str  # of China the province, without the word for it: 广东, 上海, 内蒙古; elsewhere as the table has it
    city: str  # of China: 深圳; elsewhere as the table has it


NOWHERE = Place("", "", "")
