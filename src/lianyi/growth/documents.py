"""What pages of forms and surveys may do in a browser. No Django here: the edge serves them."""

import base64
import hashlib
from collections.abc import Iterable


def policy(styles: Iterable[str], *scripts: str) -> str:
    """Nothing is loaded, and nothing runs or dresses a page but these; any site may show it in a frame."""
    dressed = " ".join(f"'sha256-{_hash(one)}'" for one in styles)
    run = " ".join(f"'sha256-{_hash(one)}'" for one in scripts)
    return (
        f"default-src 'none'; style-src {dressed}; script-src {run}; "
        "base-uri 'none'; frame-ancestors *; form-action 'self'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
