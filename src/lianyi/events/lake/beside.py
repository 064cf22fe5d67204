"""Small files beside the tables of a lake on S3: what must outlive the machine that writes it. On a local disk there
are none, since they would be lost with the disk.
"""

from collections.abc import Iterator

from lianyi.events.lake.place import filesystem


def write_beside(root: str, path: str, data: bytes) -> None:
    """Writes the file whole, in the place of what was there."""
    if "://" in root:
        with filesystem(root.rstrip("/")).open_output_stream(path) as out:
            out.write(data)


def read_beside(root: str, folder: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of the folder."""
    if "://" not in root:
        return
    from pyarrow.fs import FileSelector

    place = filesystem(root.rstrip("/"))
    for info in place.get_file_info(FileSelector(folder, allow_not_found=True)):
        with place.open_input_file(f"{folder}/{info.base_name}") as file:
            yield info.base_name, file.read()
