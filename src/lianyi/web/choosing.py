"""A select of hundreds: Django draws each option by a template of its own, longer than the rest of a page takes."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


class LongSelect(forms.Select):
    """As Django's, drawn at once; without groups."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The element."""
        del renderer
        chosen = "" if value is None else str(value)
        options = ((one, mark_safe(" selected") if str(one) == chosen else "", said) for one, said in self.choices)
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})})),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )
