"""A second opinion: Debian's zbar reads what was drawn, and poppler makes pictures of what would be printed."""

import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw


def read(picture: bytes | Path, folder: Path) -> list[str]:
    """The texts of the codes in a picture, sorted."""
    path = picture if isinstance(picture, Path) else folder / "picture.png"
    if isinstance(picture, bytes):
        path.write_bytes(picture)
    command = ["zbarimg", "--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return sorted(done.stdout.splitlines())


def pages(document: bytes, folder: Path, dots: int) -> list[Path]:
    """A picture of each page, at so many dots an inch."""
    path = folder / "document.pdf"
    path.write_bytes(document)
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", str(path), str(folder / "page")], check=True)
    return sorted(folder.glob("page-*.png"))


def parts(page: Path, columns: int, rows: int, folder: Path) -> list[Path]:
    """A picture of each label of a page, row by row; zbar may miss some of many codes in one picture."""
    found = []
    with Image.open(page) as picture:
        width, height = picture.width / columns, picture.height / rows
        for place in range(columns * rows):
            row, column = divmod(place, columns)
            box = [round(one) for one in (column * width, row * height, (column + 1) * width, (row + 1) * height)]
            found.append(folder / f"part-{place}.png")
            picture.crop((box[0], box[1], box[2], box[3])).save(found[-1])
    return found


def words(document: bytes, folder: Path) -> str:
    """What can be searched for and copied."""
    path = folder / "document.pdf"
    path.write_bytes(document)
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout


def logo(width: int = 300, height: int = 300) -> bytes:
    """A red disc with a white bar on nothing, as PNG."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((0, 0, width - 1, height - 1), fill=(230, 0, 18, 255))
    draw.rectangle((width * 2 // 5, height // 5, width * 3 // 5, height * 4 // 5), fill=(255, 255, 255, 255))
    kept = BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
