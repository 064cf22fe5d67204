"""Files on their way in: straight to the disk, in the folder of uploads, never whole in memory.

Refuses files of who is not signed in, ones that are too large, and ones for which the disk has no room; such a file is
read over, and the request says why as `request.upload_refused`.
"""

import os
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from lianyi.kernel.errors import Refused
from lianyi.people.imports.uploads.keeping import check_size, new_part


class ToDisk(FileUploadHandler):
    """Writes each file to a `.part` of its own."""

    chunk_size = 1 << 18
    _refused: Refused | None = None

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        """Looks at the length of the whole, before anything is written."""
        del input_data, META, boundary, encoding
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            self._refuse(Refused("upload.nobody", "Sign in before you give a file."))
            return
        try:
            check_size(content_length)
        except Refused as refused:
            self._refuse(refused)

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """A file begins."""
        super().new_file(*arguments, **named)
        if self._refused is not None:
            raise SkipFile
        path, file = new_part()
        self.file = Arrived(self.file_name or "file", self.content_type or "", str(path), file)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A part of it."""
        del start
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> Any:
        """All of it has come."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """It broke off: nothing stays."""
        if getattr(self, "file", None) is not None:
            self.file.discard()

    def _refuse(self, refused: Refused) -> None:
        self._refused = refused
        self.request.upload_refused = refused  # type: ignore[union-attr]


class Arrived(UploadedFile):  # type: ignore[type-arg]
    """A file that has arrived; `path` is where."""

    def __init__(self, name: str, kind: str, path: str, file: Any) -> None:
        super().__init__(file, name, kind, 0, None)
        self.path = path

    def temporary_file_path(self) -> str:
        """Where it is."""
        return self.path

    def discard(self) -> None:
        """Closes it and removes it, unless somebody has taken it away."""
        if self.file is not None:
            self.file.close()
        if os.path.exists(self.path):  # noqa: PTH110
            os.unlink(self.path)  # noqa: PTH108

    def close(self) -> None:
        """At the end of the request."""
        self.discard()
