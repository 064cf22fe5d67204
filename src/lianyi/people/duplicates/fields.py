"""The fields that two people are compared by, and how: data only.

A field has levels, best first; the first whose SQL condition holds is the pair's level. Each level carries two prior
guesses, both general knowledge about how people's data is typed rather than about any data set: `m`, how often two
records of one person are at this level, and `u`, how often two strangers are. Training moves both towards the data.

Conditions speak of the cleaned columns of both sides, `given_l` and `given_r`; damerau_levenshtein costs fifteen times
levenshtein in DuckDB, so it always stands behind it.
"""

from dataclasses import dataclass

ELSE = "ELSE"


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of agreement. `when` is a SQL condition, or ELSE for the last."""

    name: str
    when: str
    m: float
    u: float


@dataclass(frozen=True, slots=True)
class Field:
    """`column` decides whether the field is known of both; `also` are the other columns its levels read.

    `rarity` is the column whose common values weigh less in the first level, None where values are no words.
    `shared` is the part of people of one household, or one office, who agree in this field although they are two;
    `nearby` the part of people of one neighbourhood.
    `unique`: two strangers agree only by mistake, however many people there are.
    `unless`: where this SQL condition holds, another field already says what this one would.
    """

    name: str
    column: str
    also: tuple[str, ...]
    levels: tuple[Level, ...]
    shared: float
    nearby: float = 0.0
    rarity: str | None = None
    unique: bool = False
    unless: str | None = None


def _long(column: str, length: int) -> str:
    return f"length({column}_l) >= {length} and length({column}_r) >= {length}"


def _ends_alike(column: str) -> str:
    """Equal, or one is the end of the other, which has a country code or a surname in front."""
    return f"suffix({column}_l, {column}_r) or suffix({column}_r, {column}_l)"


def _one_slip(column: str) -> str:
    """One character added, lost or changed, or two neighbours swapped."""
    left, right = f"{column}_l", f"{column}_r"
    return (
        f"(abs(length({left}) - length({right})) <= 1 and levenshtein({left}, {right}) <= 2"
        f" and damerau_levenshtein({left}, {right}) <= 1)"
    )


def _alike(left: str, right: str, similarity: float) -> str:
    return f"jaro_winkler_similarity({left}, {right}) >= {similarity}"


def _same_digits(column: str) -> str:
    """Namesakes and neighbours differ by digits: ann84@ and ann97@, house 12 and house 21."""
    return " = ".join(f"regexp_replace({column}_{side}, '[^0-9]', '', 'g')" for side in "lr")


_SWAPPED_TYPO = f"{_alike('given_l', 'surname_r', 0.85)} and {_alike('surname_l', 'given_r', 0.85)}"
# Both names the other way round is one event; the given name counts it, and the surname stays out.
_SWAPPED = (
    "(surname_l <> surname_r and given_l = surname_r and surname_l = given_r)"
    f" or (jaro_winkler_similarity(surname_l, surname_r) < 0.8 and {_SWAPPED_TYPO})"
)


def _name(column: str, other: str) -> tuple[Level, ...]:
    left, right, other_left, other_right = f"{column}_l", f"{column}_r", f"{other}_l", f"{other}_r"
    return (
        Level("same", f"{left} = {right}", 0.78, 0.005),
        Level(
            "swapped",
            f"({left} = {other_right} and ({other_left} = {right} or {other_left} is null))"
            f" or ({right} = {other_left} and ({other_right} = {left} or {other_right} is null))",
            0.03,
            0.00005,
        ),
        Level(
            "typo",
            f"{_long(column, 4)} and ({_alike(left, right, 0.92)} or {_one_slip(column)})",
            0.08,
            0.005,
        ),
        Level("short", f"starts_with({left}, {right}) or starts_with({right}, {left})", 0.02, 0.003),
        Level("alike", f"{_long(column, 4)} and {_alike(left, right, 0.8)}", 0.04, 0.03),
        Level("swapped_typo", _SWAPPED_TYPO, 0.01, 0.00005),
        Level("different", ELSE, 0.03, 0.95),
    )


def _rotated(left: str, right: str) -> str:
    """Surname and given name of a Chinese name the other way round; surnames have one character or two."""
    return " or ".join(f"{left} = right({right}, -{n}) || left({right}, {n})" for n in (1, 2))


def _line(column: str, other: str) -> tuple[Level, ...]:
    left, right, other_left, other_right = f"{column}_l", f"{column}_r", f"{other}_l", f"{other}_r"
    return (
        Level("same", f"{left} = {right}", 0.70, 0.002),
        Level("swapped", f"{left} = {other_right} or {other_left} = {right}", 0.04, 0.0005),
        Level(
            "typo", f"{_long(column, 6)} and levenshtein({left}, {right}) <= 2 and {_same_digits(column)}", 0.14, 0.001
        ),
        Level("different", ELSE, 0.12, 0.99),
    )


FIELDS: tuple[Field, ...] = (
    Field("given_name", "given", ("surname",), _name("given", "surname"), shared=0.02, rarity="given"),
    Field("surname", "surname", ("given",), _name("surname", "given"), shared=0.90, rarity="surname", unless=_SWAPPED),
    Field(
        "full_name",
        "whole",
        (),
        (
            Level("same", "whole_l = whole_r", 0.85, 0.001),
            Level("swapped", f"{_rotated('whole_l', 'whole_r')} or {_rotated('whole_r', 'whole_l')}", 0.01, 0.0003),
            # A given name alone; one more character at the end would be another person.
            Level(
                "short", f"{_long('whole', 2)} and (suffix(whole_l, whole_r) or suffix(whole_r, whole_l))", 0.03, 0.0005
            ),
            Level(
                "typo",
                "length(whole_l) >= 3 and length(whole_l) = length(whole_r) and length(whole_l) - 1 <= "
                + " + ".join(f"(substr(whole_l, {i}, 1) = substr(whole_r, {i}, 1))::int" for i in range(1, 7))
                + " + greatest(length(whole_l) - 6, 0)",
                0.06,
                0.005,
            ),
            Level("different", ELSE, 0.01, 0.99),
        ),
        shared=0.02,
        rarity="whole",
    ),
    Field(
        "birth_date",
        "birth",
        ("birth_day",),
        (
            Level("same", "birth_l = birth_r", 0.80, 0.0001),
            Level("typo", "hamming(birth_l, birth_r) <= 1", 0.07, 0.0015),
            Level(
                "transposed",
                "hamming(birth_l, birth_r) <= 4 and (damerau_levenshtein(birth_l, birth_r) <= 1"
                " or birth_l = left(birth_r, 4) || right(birth_r, 2) || substr(birth_r, 5, 2))",
                0.02,
                0.0003,
            ),
            Level("near", "hamming(birth_l, birth_r) <= 2 and abs(birth_day_l - birth_day_r) <= 732", 0.03, 0.003),
            Level("month", "abs(birth_day_l - birth_day_r) <= 31", 0.02, 0.002),
            Level("year", "abs(birth_day_l - birth_day_r) <= 366", 0.02, 0.03),
            Level("different", ELSE, 0.04, 0.96),
        ),
        shared=0.02,
    ),
    Field(
        "email",
        "email",
        ("mailbox",),
        (
            Level("same", "email_l = email_r", 0.70, 0.00002),
            Level("mailbox", "mailbox_l = mailbox_r", 0.10, 0.0003),
            Level(
                "typo",
                f"{_long('email', 8)} and (levenshtein(email_l, email_r) <= 2"
                f" or ({_long('mailbox', 5)} and {_one_slip('mailbox')})) and {_same_digits('email')}",
                0.10,
                0.0003,
            ),
            Level("different", ELSE, 0.10, 0.999),
        ),
        shared=0.20,
        unique=True,
    ),
    Field(
        "phone",
        "phone",
        (),
        (
            Level("same", _ends_alike("phone"), 0.75, 0.00002),
            Level("typo", _one_slip("phone"), 0.08, 0.0001),
            Level("different", ELSE, 0.17, 0.999),
        ),
        shared=0.50,
        unique=True,
    ),
    Field(
        "ids",
        "ids",
        (),
        (Level("same", "list_has_any(ids_l, ids_r)", 0.60, 0.00002), Level("different", ELSE, 0.40, 0.999)),
        shared=0.0,
        unique=True,
    ),
    Field("street", "street", ("street_2",), _line("street", "street_2"), shared=0.95, nearby=0.05, rarity="street"),
    Field("street_2", "street_2", ("street",), _line("street_2", "street"), shared=0.95, nearby=0.2, rarity="street_2"),
    Field(
        "house_number",
        "house",
        (),
        (
            Level("same", "house_l = house_r", 0.80, 0.02),
            Level("typo", _one_slip("house"), 0.07, 0.12),
            Level("different", ELSE, 0.13, 0.86),
        ),
        shared=0.95,
        rarity="house",
    ),
    Field(
        "city",
        "city",
        (),
        (
            Level("same", "city_l = city_r", 0.75, 0.02),
            Level("typo", f"{_long('city', 4)} and levenshtein(city_l, city_r) <= 2", 0.12, 0.002),
            Level("alike", f"{_long('city', 4)} and {_alike('city_l', 'city_r', 0.8)}", 0.03, 0.01),
            Level("different", ELSE, 0.10, 0.97),
        ),
        shared=0.95,
        nearby=0.95,
        rarity="city",
    ),
    Field(
        "postcode",
        "postcode",
        (),
        (
            Level("same", "postcode_l = postcode_r", 0.80, 0.002),
            Level("typo", _one_slip("postcode"), 0.10, 0.015),
            Level("different", ELSE, 0.10, 0.98),
        ),
        shared=0.95,
        nearby=0.5,
        rarity="postcode",
    ),
    Field(
        "region",
        "region",
        (),
        (Level("same", "region_l = region_r", 0.90, 0.20), Level("different", ELSE, 0.10, 0.80)),
        shared=0.95,
        nearby=0.98,
        rarity="region",
    ),
)
