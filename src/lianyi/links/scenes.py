"""WeChat's parametric QR 带参数二维码: a code whose picture is made by WeChat and leads into WeChat, not to an address.

What it says when it is scanned is its *scene*, which WeChat tells the connected account (`subscribe` with `qrscene_`
and the scene, or `SCAN`). Its picture holds an address at weixin.qq.com that WeChat gave; a code whose picture is not
known yet counts all the same, and cannot be drawn. No Django.
"""

import re

from lianyi.kernel.errors import Refused

LONGEST_SCENE = 64  # characters, as WeChat documents it; a number up to 32 bits is shorter
LONGEST_PICTURE = 200
_PICTURE = re.compile(r"https?://weixin\.qq\.com/[qr]/[0-9A-Za-z_\-./]+")


def checked_scene(text: str) -> str:
    """The scene as WeChat tells it. Refuses none, one that is too long, and signs that nobody sees."""
    scene = text.strip().removeprefix("qrscene_")
    if not 0 < len(scene) <= LONGEST_SCENE or not scene.isprintable():
        raise Refused(
            "link.scene", "The scene of a WeChat code has 1 to {most} characters.",
            "Write the value that the code was made with at WeChat.", most=LONGEST_SCENE,
        )  # fmt: skip
    return scene


def checked_picture(text: str) -> str:
    """What the picture of the code says; "" where it is not known yet. Refuses what WeChat never gives."""
    picture = text.strip()
    if picture and (len(picture) > LONGEST_PICTURE or not _PICTURE.fullmatch(picture)):
        raise Refused(
            "link.picture", "A WeChat code says an address that begins with http://weixin.qq.com/q/.",
            "Copy the url that WeChat gave with the ticket, not the address of the picture.",
        )  # fmt: skip
    return picture


def checked_account(account: str, connected: frozenset[str]) -> str:
    """The AppID of the account that the code is of. Refuses one that is not connected."""
    named = account.strip()
    if named not in connected:
        raise Refused(
            "link.account", "{account!r} is no connected WeChat official account.",
            "Connect it in the settings, so that scans are told.", account=named[:64],
        )  # fmt: skip
    return named
