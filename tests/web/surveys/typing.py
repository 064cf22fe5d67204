"""What a browser sends of the builder: the inputs that stand in its form, as they are."""

from html.parser import HTMLParser


class Sent(HTMLParser):
    """The inputs of the form `builder`, by name, in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._inside = False
        self._text: tuple[str, list[str]] | None = None
        self._menu = ""
        self._first = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = said.get("id") == "builder"
        if not self._inside:
            return
        name = said.get("name", "")
        match tag:
            case "input" if name and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
                self.found.append((name, said.get("value", "")))
            case "textarea":
                self._text = (name, [])
            case "select":
                self._menu, self._first = name, True
            case "option" if self._menu and (self._first or "selected" in said):
                if not self._first:
                    self.found.pop()
                self.found.append((self._menu, said.get("value", "")))
                self._first = False

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            name, parts = self._text
            self.found.append((name, "".join(parts).removeprefix("\n").replace("\n", "\r\n")))
            self._text = None
        elif tag == "select":
            self._menu = ""
        elif tag == "form":
            self._inside = False


def sent_by(page: str) -> dict[str, list[str]]:
    """The inputs by their names."""
    by_name: dict[str, list[str]] = {}
    for name, value in Sent(page).found:
        by_name.setdefault(name, []).append(value)
    return by_name
