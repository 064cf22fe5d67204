"""The edge's own answers keep browsers with TLS, as pages do, where the installation is reached by it."""

import http.client

from tests.edge.edges import Edge, running_edge
from tests.edge.websites import Website
from tests.web.accounts.test_transport import said as pages_say

YEAR = "max-age=31536000; includeSubDomains"
OWN = ("/healthz", "/readyz", "/lianyi.js", "/v1/batch", "/v1/nothing", "/sa", "/live/ticks", "/a/page")


def heard(port: int, path: str, caller: str, **headers: str) -> list[str]:
    """The header, as often as it came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(caller, 0))
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    found = connection.getresponse().headers.get_all("Strict-Transport-Security") or []
    connection.close()
    return found


def test_behind_tls_every_answer_says_it_once_and_as_pages_do(edge: Edge) -> None:
    home = edge.environment.home.parent / "strict"
    named = {"LIANYI_URL": "https://lianyi.example.com", "LIANYI_PROXIES": "127.0.0.9/32"}
    with running_edge(home, DATABASE_URL=edge.variables["DATABASE_URL"], **named) as one:
        for path in OWN:  # the last is answered by the edge, since the pages are away
            assert heard(one.port, path, "127.0.0.9", x_forwarded_proto="https") == [YEAR], path
            assert heard(one.port, path, "127.0.0.9", x_forwarded_proto="http") == [], path
            assert heard(one.port, path, "127.0.0.8", x_forwarded_proto="https") == [], path
        with Website(one.environment.socket_folder / "web.sock"):
            assert heard(one.port, "/strict", "127.0.0.9", x_forwarded_proto="https") == ["of the pages"]
    assert pages_say(str(home))["headers"]["health"]["Strict-Transport-Security"] == YEAR


def test_without_an_https_address_nobody_is_told(edge: Edge) -> None:
    for path in OWN[:6]:
        assert heard(edge.port, path, "127.0.0.1", x_forwarded_proto="https") == []
