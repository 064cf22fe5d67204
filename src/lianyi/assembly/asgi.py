"""The edge's app for the server, set up from the environment. Django is not imported here."""

import os
import sys

from lianyi.assembly.environment import Environment
from lianyi.edge.app import Config, build_app

# The door reads JSON less deep than whoever reads it later, so that all it takes can be read.
_NESTING = 800  # the others' is Python's own, 1,000, of which they have used more before they read


def _config() -> Config:
    environment = Environment.read(os.environ)
    tls = environment.url.startswith("https://")
    return Config(
        conninfo=environment.conninfo(),
        secret=environment.secret_key().encode(),
        web_socket=str(environment.socket_folder / "web.sock"),
        home=environment.home,
        min_free=environment.min_free,
        proxies=environment.proxies if tls else (),
        tls=tls,
        hosts=frozenset(environment.allowed_hosts()),
    )


sys.setrecursionlimit(_NESTING)
app = build_app(_config())
