"""Two official accounts and the servers that push for them."""

import random

from lianyi.connectors.port.receiving import Account
from lianyi.connectors.wechat.fake import FakeWeChat, Mode
from lianyi.kernel.secret import Secret

APPID, ORIGINAL = "wx0123456789abcdef", "gh_0123456789ab"
TOKEN, KEY = "lianyiTestToken01", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def server(mode: Mode = Mode.SAFE, *, appid: str = APPID, token: str = TOKEN, key: str = KEY) -> FakeWeChat:
    """WeChat's server, as the account's console is set."""
    return FakeWeChat(appid, ORIGINAL, Secret(token), Secret(key), random.Random(5), mode)


def account_of(fake: FakeWeChat) -> Account:
    """The account of this server, as we have it."""
    mode = "plain" if fake.mode is Mode.PLAIN else "sealed"
    return Account(fake.appid, {"original": fake.original, "mode": mode}, {"token": fake.token, "key": fake.key})
