"""What pages that visitors get may do in a browser, and how they are told of. No Django: the edge serves them."""

import base64
import hashlib
from collections.abc import Iterable

DESCRIPTION = 160  # characters that are shown of a page where it is found


def policy(styles: Iterable[str], *scripts: str) -> str:
    """Nothing is loaded of others, and nothing runs or dresses a page but these; any site may show it in a frame."""
    dressed = " ".join(f"'{hashed(one)}'" for one in styles)
    run = " ".join(f"'{hashed(one)}'" for one in scripts)
    return (
        f"default-src 'none'; style-src {dressed}; script-src {run}; connect-src 'self'; "
        "base-uri 'none'; frame-ancestors *; form-action 'self'"
    )


def hashed(text: str) -> str:
    """The source of a policy that names this text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def in_a_line(text: str) -> str:
    """The beginning of a text, as search engines and previews show it."""
    return " ".join(text.split())[:DESCRIPTION]
