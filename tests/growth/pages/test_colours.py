"""Whatever the accent: what is written can be read."""

from hypothesis import given
from hypothesis import strategies as st

from lianyi.growth.pages.colours import Palette, contrast, day, night

PARTS = st.integers(0, 255)
AA = 4.5


@given(st.builds("#{:02x}{:02x}{:02x}".format, PARTS, PARTS, PARTS))
def test_text_can_be_read(accent: str) -> None:
    for palette in (day(accent), night(accent)):
        for ground in ("paper", "wash", "card"):
            for text in ("ink", "soft", "accent"):
                assert _contrast(palette, text, ground) >= AA, (text, ground)
        assert _contrast(palette, "on_fill", "fill") >= AA
        assert _contrast(palette, "on_deep", "deep") >= AA
        assert _contrast(palette, "ink", "glow") >= AA
        assert _contrast(palette, "soft", "glow") >= AA


def test_a_proper_accent_stays() -> None:
    assert (day("#1d4ed8").fill, day("#1d4ed8").on_fill) == ("#1d4ed8", "#ffffff")
    assert (day("#ffd400").fill, day("#ffd400").on_fill[1:] < "333333") == ("#ffd400", True)


def _contrast(palette: Palette, text: str, ground: str) -> float:
    return contrast(_parts(getattr(palette, text)), _parts(getattr(palette, ground)))


def _parts(text: str) -> tuple[float, float, float]:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue
