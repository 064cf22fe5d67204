"""The edge's app for the server, set up from the environment. Django is not imported here."""

import os

from lianyi.assembly.environment import Environment
from lianyi.edge.app import Config, build_app


def _config() -> Config:
    environment = Environment.read(os.environ)
    return Config(
        conninfo=environment.conninfo(),
        secret=environment.secret_key().encode(),
        web_socket=str(environment.socket_folder / "web.sock"),
        home=environment.home,
        min_free=environment.min_free,
        behind_proxy=environment.url.startswith("https://"),
    )


app = build_app(_config())
