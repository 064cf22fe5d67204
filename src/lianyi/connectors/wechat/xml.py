"""WeChat's XML, as names and texts. Promises bounded work; refuses declarations of types and entities, so nothing of a
document grows or is fetched.
"""

from xml.parsers import expat

DEEPEST = 8
MOST = 500  # elements


class Malformed(Exception):
    """It is not XML as WeChat writes it."""


class _Reader:
    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self._said: list[str] = []
        self._leaf = False
        self._count = 0

    def start(self, name: str, _: object) -> None:
        self._count += 1
        if self._count > MOST or len(self._open) >= DEEPEST or (not self._open and name != "xml"):
            raise Malformed
        self._open.append(name)
        self._said, self._leaf = [], True

    def text(self, text: str) -> None:
        self._said.append(text)

    def end(self, _: str) -> None:
        if self._leaf:
            self.texts.setdefault(".".join(self._open[1:]), "".join(self._said).strip())
        self._open.pop()
        self._said, self._leaf = [], False


def texts_in(body: bytes) -> dict[str, str]:
    """Name → text of each element that holds no other; those inside others as `Outer.Inner`, the first of a name.
    Malformed when it is no document of the kind.
    """

    def refuse(*_: object) -> int:
        raise Malformed

    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise Malformed from None
    return reader.texts
