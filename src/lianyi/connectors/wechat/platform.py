"""What an official account consists of, as its console names it."""

import re
import secrets
import string

from lianyi.connectors.port.platforms import Field, Platform
from lianyi.connectors.wechat.receiving import PLAIN, SEALED, Receiver
from lianyi.kernel.sentences import Sentence

_SIGNS = string.ascii_letters + string.digits


def _signs(count: int) -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(count))


PLATFORM = Platform(
    name="wechat",
    title=Sentence("WeChat official account"),
    channel="wechat",
    external=Field(
        "appid",
        Sentence("AppID"),
        Sentence("It begins with wx and stands in WeChat's console under Settings and development."),
        re.compile(r"wx[0-9a-f]{16}"),
        required=True,
    ),
    settings=(
        Field(
            "original",
            Sentence("Original ID"),
            Sentence("It begins with gh_. With it, calls for any other account are refused."),
            re.compile(r"gh_[0-9a-z]{12}"),
        ),
        Field(
            "mode",
            Sentence("Encryption"),
            Sentence("Choose the same in WeChat's console. Unencrypted messages can be forged by who overhears one."),
            re.compile(f"{SEALED}|{PLAIN}"),
            choices=((SEALED, Sentence("Safe or compatible mode")), (PLAIN, Sentence("Plain mode"))),
        ),
    ),
    secrets=(
        Field(
            "token",
            Sentence("Token"),
            Sentence("3 to 32 letters and digits, as in WeChat's console."),
            re.compile(r"[0-9A-Za-z]{3,32}"),
            required=True,
            make=lambda: _signs(32),
        ),
        Field(
            "key",
            Sentence("EncodingAESKey"),
            Sentence("43 letters and digits, as in WeChat's console."),
            re.compile(r"[0-9A-Za-z]{43}"),
            required=True,
            make=lambda: _signs(43),
        ),
        Field(
            "app_secret",
            Sentence("AppSecret"),
            Sentence("32 signs. Nothing that is received needs it."),
            re.compile(r"[0-9a-f]{32}"),
        ),
    ),
    receiver=Receiver(),
)
