"""Mail as files, for installations without a mail server: one `.eml` for each, which any mail program opens."""

import os
from dataclasses import dataclass
from pathlib import Path


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
        fresh = self.folder / f".{name}.{os.getpid()}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self.folder / f"{name}.eml")
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
