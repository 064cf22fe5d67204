"""Small files beside the tables of a lake on S3: what must outlive the machine that writes it. On a local disk there
are none, since they would be lost with the disk.
"""

from collections.abc import Collection, Iterator

from lianyi.events.lake.bucket import filesystem


def write_beside(root: str, path: str, data: bytes) -> None:
    """Writes the file whole, in the place of what was there."""
    if "://" in root:
        with filesystem(root.rstrip("/")).open_output_stream(path) as out:
            out.write(data)


def read_beside(root: str, folder: str, without: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of the folder, but for those `without`."""
    for name in sorted(names_beside(root, folder).difference(without)):
        with filesystem(root.rstrip("/")).open_input_file(f"{folder}/{name}") as file:
            yield name, file.read()


def names_beside(root: str, folder: str) -> set[str]:
    """What the files of the folder are called."""
    if "://" not in root:
        return set()
    from pyarrow.fs import FileSelector

    found = filesystem(root.rstrip("/")).get_file_info(FileSelector(folder, allow_not_found=True))
    return {info.base_name for info in found}
