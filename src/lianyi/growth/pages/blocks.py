"""The blocks of a page: one closed union, told apart by `kind`. No Django here: the edge draws them.

Whoever reads blocks matches all kinds (`assert_never`), so that a new one cannot be forgotten anywhere. Texts named
`text` and `answer` may hold a little Markdown (`markdown`); all others are plain.
"""

from typing import Annotated, Literal

import msgspec

from lianyi.growth.words import Words

KEY = r"^[a-z][a-z0-9-]{0,39}$"
MOST_OPTIONS = 10
MOST_ITEMS = 24

Key = Annotated[str, msgspec.Meta(pattern=KEY)]
Media = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Address = Annotated[str, msgspec.Meta(max_length=2_000)]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What all parts of a page are: data that does not change, and refuses names that mean nothing."""


class Picture(_Part, frozen=True, kw_only=True):
    """A picture of the workspace's media, and what it shows, for those who do not see it."""

    media: Media
    alt: Words = Words()


class Option(_Part, frozen=True, kw_only=True):
    """A button: what it says and where it leads. With a `segment` it is for the people in it alone."""

    key: Key
    label: Words
    target: Address
    segment: Number | None = None


class Link(_Part, frozen=True, kw_only=True):
    """A way to somewhere else, for everybody."""

    label: Words
    target: Address


Options = Annotated[tuple[Option, ...], msgspec.Meta(max_length=MOST_OPTIONS)]


class _Block(_Part, frozen=True, kw_only=True, tag_field="kind"):
    key: Key  # of this page's blocks; an anchor: #KEY


class Hero(_Block, frozen=True, kw_only=True, tag="hero"):
    """What one sees first. Of `options` everybody sees the first that is for them."""

    eyebrow: Words = Words()  # a short line above the title
    title: Words = Words()
    text: Words = Words()
    picture: Picture | None = None
    layout: Literal["split", "centre", "cover"] = "split"
    options: Options = ()
    second: Link | None = None
    note: Words = Words()  # a short line beneath the button


class Item(_Part, frozen=True, kw_only=True):
    """One of several things, told side by side."""

    mark: Annotated[str, msgspec.Meta(max_length=8)] = ""  # an emoji or a number
    title: Words = Words()
    text: Words = Words()
    picture: Picture | None = None


class Text(_Block, frozen=True, kw_only=True, tag="text"):
    """A text, and things told side by side beneath it."""

    title: Words = Words()
    text: Words = Words()
    items: Annotated[tuple[Item, ...], msgspec.Meta(max_length=MOST_ITEMS)] = ()


class Image(_Block, frozen=True, kw_only=True, tag="picture"):
    """A picture by itself."""

    picture: Picture
    caption: Words = Words()
    wide: bool = False


class Video(_Block, frozen=True, kw_only=True, tag="video"):
    """A video of the workspace's media, or, by its address, one that opens elsewhere: nothing of others is loaded."""

    title: Words = Words()
    text: Words = Words()  # what is said in it, for those who do not hear it
    media: Media | None = None
    address: Address = ""
    poster: Picture | None = None


class Quote(_Part, frozen=True, kw_only=True):
    """What somebody says of the brand, and who that is."""

    text: Words
    who: Words = Words()
    role: Words = Words()
    picture: Picture | None = None


class Figure(_Part, frozen=True, kw_only=True):
    """A number that speaks for the brand."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    label: Words = Words()


class Proof(_Block, frozen=True, kw_only=True, tag="proof"):
    """Why one may believe it: numbers, voices, and the marks of those who do."""

    title: Words = Words()
    figures: Annotated[tuple[Figure, ...], msgspec.Meta(max_length=6)] = ()
    quotes: Annotated[tuple[Quote, ...], msgspec.Meta(max_length=12)] = ()
    logos: Annotated[tuple[Picture, ...], msgspec.Meta(max_length=MOST_ITEMS)] = ()


class Countdown(_Block, frozen=True, kw_only=True, tag="countdown"):
    """Until when. Without scripts it is the moment itself."""

    title: Words = Words()
    until: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$")]
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "Asia/Shanghai"
    over: Words = Words()  # what stands there afterwards


class Form(_Block, frozen=True, kw_only=True, tag="form"):
    """A form of the workspace."""

    form: Number
    title: Words = Words()
    text: Words = Words()


class Cta(_Block, frozen=True, kw_only=True, tag="cta"):
    """What one is to do next. Everybody sees the first option that is for them; the last is for everybody."""

    title: Words = Words()
    text: Words = Words()
    options: Annotated[tuple[Option, ...], msgspec.Meta(min_length=1, max_length=MOST_OPTIONS)]


class Question(_Part, frozen=True, kw_only=True):
    """What is asked often."""

    question: Words
    answer: Words


class Faq(_Block, frozen=True, kw_only=True, tag="faq"):
    """Questions and answers."""

    title: Words = Words()
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=40)]


class Footer(_Block, frozen=True, kw_only=True, tag="footer"):
    """Who it is: a name, ways, and the numbers under which the site is registered (ICP 备案, 公安备案)."""

    name: Words = Words()
    text: Words = Words()
    links: Annotated[tuple[Link, ...], msgspec.Meta(max_length=12)] = ()
    icp: Annotated[str, msgspec.Meta(max_length=40)] = ""
    police: Annotated[str, msgspec.Meta(max_length=40)] = ""


Block = Hero | Text | Image | Video | Proof | Countdown | Form | Cta | Faq | Footer
