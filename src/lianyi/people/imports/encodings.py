"""In which encoding a text file is written: by its mark, by its validity, and only then by likelihood.

UTF-8 is hard to hit by chance, so a file whose lines are mostly valid UTF-8 is UTF-8, and the few others are damaged
lines, to be refused one by one. Among the rest GB18030 and Windows-1252 are told apart by what decodes, and where both
do, by whether the bytes above 127 come in pairs as Chinese has them; charset-normalizer has the last word.
"""

import codecs

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence

_SAMPLE = 1 << 19
_MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]
_READ = Sentence("UTF-8, UTF-16 with a mark, GB18030 and Windows-1252 are read; `encoding:` in the mapping names it.")


class TextEvidence:
    """What the bytes of a file say about its encoding; fed with blocks, in order."""

    def __init__(self) -> None:
        self.size = 0
        self._mark = ""
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._lines = bytearray()  # lines that are not ASCII, a sample of the whole file
        self._rest = b""
        self._nuls = 0

    def add(self, block: bytes) -> None:
        if not self.size:
            self._mark = next((name for mark, name in _MARKS if block.startswith(mark)), "")
        self.size += len(block)
        self._nuls += block.count(b"\x00")
        if self._decoder is not None:
            try:
                self._decoder.decode(block)
            except UnicodeDecodeError:
                self._decoder = None
        block = self._rest + block
        if block.isascii():
            self._rest = b""
            return
        cut = block.rfind(b"\n") + 1
        self._rest = block[cut:][-_SAMPLE:]
        if len(self._lines) < _SAMPLE:
            self._sample(block[:cut])

    def _sample(self, block: bytes) -> None:
        room = _SAMPLE // 4
        for line in block.splitlines():
            if not line.isascii():
                self._lines += line[:4096] + b"\n"
                room -= len(line)
                if room < 0:
                    return

    def encoding(self, wanted: str | None) -> str:
        """Python's name of the encoding; `wanted` is what the mapping says. Refuses one that cannot be told, and a
        file of half a character in UTF-16, which nobody can read.
        """
        found = self._encoding(wanted)
        if found.startswith("utf-16") and self.size % 2:
            raise Refused("file.cut", "The file ends in the middle of a character.", "Is it whole?")
        return found

    def _encoding(self, wanted: str | None) -> str:
        if wanted is not None:
            return known(wanted)
        if self._mark:
            return self._mark
        if self._nuls > self.size // 8:  # UTF-16 without its mark, or no text at all
            raise Refused("file.encoding", "The file's encoding cannot be told.", _READ)
        if self._rest:
            self._sample(self._rest)
            self._rest = b""
        if self._decoder is not None:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return "utf-8"  # only its last character is cut
            return "utf-8"
        return _likely(bytes(self._lines))


def known(name: str) -> str:
    """Python's name of an encoding that a mapping names. Refuses one that is no text encoding."""
    try:
        found = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        found = None
    if found is None or not found._is_text_encoding:
        raise Refused("file.encoding", "{name!r} is no encoding that is known here.", _READ, name=name)
    if found.name in ("gb2312", "gbk"):
        return "gb18030"  # which holds both
    return "cp1252" if found.name in ("iso8859-1", "ascii") else found.name


def _likely(sample: bytes) -> str:
    lines = sample.splitlines()
    whole = sum(_decodes(line, "utf-8") for line in lines)
    if whole * 2 > len(lines):
        return "utf-8"
    fits = [name for name in ("gb18030", "cp1252") if _decodes(sample, name)]
    if len(fits) == 1:
        return fits[0]
    if not fits:  # damaged lines too: what most lines are
        counts = {name: sum(_decodes(line, name) for line in lines) for name in ("gb18030", "cp1252")}
        fits = [name for name, count in counts.items() if count * 10 >= len(lines) * 9]
        if not fits:
            raise Refused("file.encoding", "The file's encoding cannot be told.", _READ)
        if len(fits) == 1:
            return fits[0]
    return _of_two(sample)


def _of_two(sample: bytes) -> str:
    """GB18030 or Windows-1252, where both decode: Chinese comes in pairs whose first byte is one of the common rows."""
    pairs = singles = place = 0
    while place < len(sample):
        if sample[place] < 0x80:
            place += 1
        elif 0xB0 <= sample[place] <= 0xD7 and sample[place + 1 : place + 2] >= b"\xa1":
            pairs, place = pairs + 1, place + 2
        elif 0xA1 <= sample[place] <= 0xA9 and sample[place + 1 : place + 2] >= b"\xa1":
            place += 2  # punctuation and full-width letters, which say nothing
        else:
            singles, place = singles + 1, place + 1
    if pairs > 2 * singles or singles > 2 * pairs:
        return "gb18030" if pairs > singles else "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=["gb18030", "cp1252"]).best()
    return best.encoding if best is not None else "gb18030" if pairs >= singles else "cp1252"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
