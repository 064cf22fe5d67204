"""Blocks as HTML. No Django here. Whatever comes from a definition is escaped where it is written."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape
from typing import assert_never

from lianyi.growth.pages import markdown, phrases
from lianyi.growth.pages.blocks import (
    Block,
    Countdown,
    Cta,
    Faq,
    Footer,
    Form,
    Hero,
    Image,
    Item,
    Link,
    Option,
    Picture,
    Proof,
    Quote,
    Text,
    Video,
)
from lianyi.growth.pages.places import Chosen, Place
from lianyi.growth.pages.schemas import options_of
from lianyi.growth.pages.targets import target
from lianyi.growth.words import Words

e = partial(escape, quote=True)
RINGS = (
    '<svg class="rings" viewBox="0 0 400 400" fill="none" stroke="currentColor" aria-hidden="true">'
    + "".join(f'<circle cx="200" cy="200" r="{radius}"/>' for radius in (40, 75, 112, 150, 192))
    + "</svg>"
)


@dataclass(frozen=True)
class Showing:
    """How blocks are shown to one reader."""

    place: Place
    language: str
    chosen: Chosen
    now: datetime

    def said(self, words: Words) -> str:
        """The text, escaped."""
        return e(words.told(self.language))

    def html(self, block: Block, *, tint: bool, first: bool) -> str:
        """The block; "" for one that has nothing to show. `first` is what one sees first: its title is the page's."""
        match block:
            case Hero():
                return self._hero(block, first=first)
            case Text():
                return self._section(
                    block.key, "text", tint=tint, inner=self._head(block.title, block.text) + self._items(block)
                )
            case Image():
                return self._image(block, tint=tint)
            case Video():
                return self._video(block, tint=tint)
            case Proof():
                return self._section(block.key, "proof", tint=tint, inner=self._proof(block))
            case Countdown():
                return self._countdown(block, tint=tint)
            case Form():
                return self._form(block, tint=tint)
            case Cta():
                return self._cta(block)
            case Faq():
                return self._section(
                    block.key, "faq", tint=tint, inner=self._head(block.title) + self._questions(block)
                )
            case Footer():
                return self._footer(block)
            case _:
                assert_never(block)

    def picture(self, picture: Picture | None, sizes: str, *, first: bool = False) -> str:
        """An `img`; "" for a picture that is not there."""
        shot = None if picture is None else self.place.pictures.get(picture.media)
        if shot is None or picture is None:
            return ""
        widths = sorted({(src, width) for src, width in (*shot.others, (shot.src, shot.width))}, key=lambda one: one[1])
        many = f' srcset="{e(", ".join(f"{src} {width}w" for src, width in widths))}" sizes="{sizes}"'
        return (
            f'<img src="{e(shot.src)}"{many if len(widths) > 1 else ""} width="{shot.width}" height="{shot.height}"'
            f' alt="{self.said(picture.alt)}"' + (' fetchpriority="high">' if first else ' loading="lazy">')
        )

    def _section(self, key: str, kind: str, inner: str, *, tint: bool) -> str:
        tone = "tint" if tint else "plain"
        return f'<section class="block {kind} {tone}" id="{key}"><div class="in">{inner}</div></section>'

    def _head(self, title: Words, text: Words | None = None, *, mid: bool = True) -> str:
        head = f"<h2>{self.said(title)}</h2>" if title else ""
        say = self._say(text) if text else ""
        return f'<div class="head{" mid" if mid else ""}">{head}{say}</div>' if head or say else ""

    def _say(self, text: Words) -> str:
        return f'<div class="say">{markdown.paragraphs(text.told(self.language))}</div>' if text else ""

    def _hero(self, block: Hero, *, first: bool) -> str:
        wide = "100vw" if block.layout == "cover" else "(min-width: 56rem) 34rem, 100vw"
        picture = self.picture(block.picture, wide, first=True)
        layout = "split" if block.layout == "cover" and not picture else block.layout
        level = "h1" if first else "h2"
        words = (
            (f'<p class="eyebrow">{self.said(block.eyebrow)}</p>' if block.eyebrow else "")
            + f"<{level}>{self.said(block.title)}</{level}>"
            + (f'<p class="lead">{markdown.line(block.text.told(self.language))}</p>' if block.text else "")
            + self._acts(block)
            + (f'<p class="note">{self.said(block.note)}</p>' if block.note else "")
        )
        if layout == "cover":
            inner = f'{picture}<div class="in"><div class="words">{words}</div></div>'
        else:
            shot = f'<div class="shot">{picture}</div>' if picture else ""
            inner = f'{RINGS}<div class="in{" two" if shot else ""}"><div class="words">{words}</div>{shot}</div>'
        return f'<section class="hero {layout}" id="{block.key}">{inner}</section>'

    def _acts(self, block: Hero | Cta) -> str:
        chosen = self._option(block)
        first = "" if chosen is None else self._button(block.key, chosen)
        second = self._link(block.second, "go quiet") if isinstance(block, Hero) and block.second else ""
        return f'<p class="acts">{first}{second}</p>' if first or second else ""

    def _option(self, block: Hero | Cta) -> Option | None:
        key, options = self.chosen.get(block.key), options_of(block)
        return next((one for one in options if one.key == key), None) or next(
            (one for one in options if one.segment is None), None
        )

    def _button(self, block: str, option: Option) -> str:
        place = target(option.target)
        if self.place.counted and place.startswith(("http", "/")):
            place = f"{self.place.path}/cta/{block}/{option.key}{self.place.counter}"
        return f'<a class="go" href="{e(place)}" rel="nofollow">{self.said(option.label)}</a>'

    def _link(self, link: Link, kind: str = "") -> str:
        place = target(link.target)
        named = f' class="{kind}"' if kind else ""
        away = ' rel="noopener"' if place.startswith("http") else ""
        return f'<a{named} href="{e(place)}"{away}>{self.said(link.label)}</a>'

    def _items(self, block: Text) -> str:
        level = "h3" if block.title else "h2"
        cards = "".join(self._item(item, level) for item in block.items)
        return f'<ul class="cards" role="list">{cards}</ul>' if cards else ""

    def _item(self, item: Item, level: str) -> str:
        picture = self.picture(item.picture, "(min-width: 40rem) 22rem, 100vw")
        mark = f'<span class="mark" aria-hidden="true">{e(item.mark)}</span>' if item.mark and not picture else ""
        title = f'<{level} class="name">{self.said(item.title)}</{level}>' if item.title else ""
        return f'<li class="card">{picture}{mark}{title}{self._say(item.text)}</li>'

    def _image(self, block: Image, *, tint: bool) -> str:
        picture = self.picture(block.picture, "100vw" if block.wide else "(min-width: 70rem) 70rem, 100vw")
        if not picture:
            return ""
        caption = f'<figcaption class="under">{self.said(block.caption)}</figcaption>' if block.caption else ""
        figure = f'<figure><div class="shot">{picture}</div>{caption}</figure>'
        html = self._section(block.key, "image", tint=tint, inner=figure)
        return html.replace('class="in"', 'class="in wide"', 1) if block.wide else html

    def _video(self, block: Video, *, tint: bool) -> str:
        poster = self.picture(block.poster, "(min-width: 70rem) 70rem, 100vw")
        if block.address:
            label = self.said(phrases.WATCH)
            inner = f'<a class="play" href="{e(target(block.address))}" rel="noopener">{poster}<span>{label}</span></a>'
        elif (src := self.place.videos.get(block.media or 0)) is not None:
            shot = None if block.poster is None else self.place.pictures.get(block.poster.media)
            still = "" if shot is None else f' poster="{e(shot.src)}" width="{shot.width}" height="{shot.height}"'
            named = f' aria-label="{self.said(block.title)}"' if block.title else ""
            inner = f'<video controls preload="none" playsinline src="{e(src)}"{still}{named}></video>'
        else:
            return ""
        spoken = f'<div class="under">{self._say(block.text)}</div>' if block.text else ""
        return self._section(
            block.key, "film", tint=tint, inner=f'{self._head(block.title)}<div class="shot">{inner}</div>{spoken}'
        )

    def _proof(self, block: Proof) -> str:
        figures = "".join(f"<div><dt>{self.said(one.label)}</dt><dd>{e(one.value)}</dd></div>" for one in block.figures)
        quotes = "".join(self._quote(one) for one in block.quotes)
        logos = "".join(f"<li>{shot}</li>" for one in block.logos if (shot := self.picture(one, "10rem")))
        return (
            self._head(block.title)
            + (f'<dl class="figures">{figures}</dl>' if figures else "")
            + (f'<ul class="quotes" role="list">{quotes}</ul>' if quotes else "")
            + (f'<ul class="logos" role="list">{logos}</ul>' if logos else "")
        )

    def _quote(self, quote: Quote) -> str:
        who = f"<strong>{self.said(quote.who)}</strong>" if quote.who else ""
        role = f" <span>{self.said(quote.role)}</span>" if quote.role else ""
        said = f"{self.picture(quote.picture, '3rem')}<div>{who}{role}</div>" if who or role else ""
        caption = f"<figcaption>{said}</figcaption>" if said else ""
        text = markdown.paragraphs(quote.text.told(self.language))
        return f'<li><figure class="card"><blockquote>{text}</blockquote>{caption}</figure></li>'

    def _countdown(self, block: Countdown, *, tint: bool) -> str:
        at = phrases.moment(block.until, block.zone)
        when = f'<time datetime="{at.isoformat()}">{phrases.told(at, self.language)}</time>'
        if at <= self.now:
            inner = f"<p>{self.said(block.over or phrases.OVER)}</p>"
        else:
            cells = "".join(f"<span><b>–</b>{self.said(unit)}</span>" for unit in phrases.UNITS)
            ends = int(at.timestamp() * 1000)
            left = f'<div class="left" data-until="{ends}" aria-hidden="true" hidden>{cells}</div>'
            inner = f"{left}<p>{self.said(phrases.UNTIL)}{when}</p>"
        return self._section(block.key, "clock", tint=tint, inner=self._head(block.title) + inner)

    def _form(self, block: Form, *, tint: bool) -> str:
        form = self.place.forms.get(block.form) or f'<p class="note">{self.said(phrases.NO_FORM)}</p>'
        inner = f"{self._head(block.title, block.text, mid=False)}{form}"
        return self._section(block.key, "formed", tint=tint, inner=f'<div class="panel">{inner}</div>')

    def _cta(self, block: Cta) -> str:
        title = f"<h2>{self.said(block.title)}</h2>" if block.title else ""
        inner = f'<div class="band">{RINGS}{title}{self._say(block.text)}{self._acts(block)}</div>'
        return self._section(block.key, "cta", inner, tint=False)

    def _questions(self, block: Faq) -> str:
        return "".join(
            f"<details><summary>{self.said(one.question)}</summary>{self._say(one.answer)}</details>"
            for one in block.questions
        )

    def _footer(self, block: Footer) -> str:
        links = "".join(f"<li>{self._link(one)}</li>" for one in block.links)
        numbers = "".join(
            f'<li><a href="{address}" rel="nofollow noopener">{e(number)}</a></li>'
            for number, address in (
                (block.icp, "https://beian.miit.gov.cn/"),
                (block.police, "https://beian.mps.gov.cn/"),
            )
            if number
        )
        name = f"<p><strong>{self.said(block.name)}</strong></p>" if block.name else ""
        inner = name + self._say(block.text)
        inner += f'<ul role="list">{links}</ul>' if links else ""
        inner += f'<ul role="list">{numbers}</ul>' if numbers else ""
        return f'<footer class="foot" id="{block.key}"><div class="in">{inner}</div></footer>'
