"""Mail as files, for installations without a mail server: one `.eml` for each, which any mail program opens."""

from dataclasses import dataclass
from pathlib import Path

from lianyi.kernel.durable import write_whole


@dataclass(frozen=True)
class MailFolder:
    """A folder that only its owner reads."""

    folder: Path
    sender: str
    repeat_is_safe = True

    def deliver(self, name: str, recipient: str, message: bytes) -> None:
        """Writes the message whole, on disk; the same name again is the same file."""
        del recipient
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self.folder / f"{name}.eml", message)
