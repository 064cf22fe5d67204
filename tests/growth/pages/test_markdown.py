"""A little Markdown, and nothing that runs."""

import pytest

from lianyi.growth.pages.markdown import line, paragraphs, plain


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a **b** *c*", "<p>a <strong>b</strong> <em>c</em></p>"),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("[x](https://example.com)", '<p><a href="https://example.com" rel="noopener">x</a></p>'),
        ("[x](#faq)", '<p><a href="#faq">x</a></p>'),
        ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>"),
        ("# a", "<p># a</p>"),
        ("![x](https://example.com/x.png)", '<p>!<a href="https://example.com/x.png" rel="noopener">x</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](&#106;avascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>"),
        ("[x](https://10.0.0.1/)", "<p>[x](https://10.0.0.1/)</p>"),
        ('[x](https://example.com "y\\"onclick=z")', '<p><a href="https://example.com" rel="noopener">x</a></p>'),
    ],
)
def test_paragraphs(text: str, html: str) -> None:
    assert paragraphs(text) == html


def test_a_line_holds_no_paragraph() -> None:
    assert line("a **b**\n\n- c") == "a <strong>b</strong><br>\n<br>\n- c"


def test_a_text_that_is_nested_deep_ends() -> None:
    assert len(paragraphs("[" * 2_000 + "*" * 2_000)) > 0
    assert len(paragraphs("- " * 2_000)) > 0


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("a **b**c", "a bc"),
        ("一\n二", "一 二"),
        ("a\n\n- [b](https://example.com)\n- c", "a b c"),
        ("<b>", "<b>"),
        ("", ""),
    ],
)
def test_plain(text: str, bare: str) -> None:
    assert plain(text).strip() == bare
