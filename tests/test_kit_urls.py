"""URLs that a server gave, compared."""

import pytest

from conformance.exchange import Exchange, Request
from conformance.urls import absolute

OWN = ("http://127.0.0.1:80/gateway", "https://api.example")


def _asked(url: str) -> Exchange:
    return Exchange(1, "scenarios", "a test", None, {}, Request("GET", url), None, 0.0, 0.0)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("/gateway/api/operations/c-1", "http://127.0.0.1:80/gateway/api/members"),
        ("http://127.0.0.1/gateway/api/operations/c%2D1", "http://127.0.0.1:80/gateway/api"),
        ("https://api.example/gateway/api/operations/c-1", "http://127.0.0.1:80/gateway/api"),
        ("/gateway/api/operations/c-1", "https://api.example:443/gateway/api/operations/c-1"),
    ],
    ids=["relative", "another spelling", "a listed origin", "read at a listed origin"],
)
def test_urls_of_one_server_compare_alike_at_all_of_its_origins(given: str, asked: str) -> None:
    expected = "http://127.0.0.1:80/gateway/api/operations/c-1"

    assert absolute(given, _asked(asked), OWN) == expected


def test_a_foreign_origin_stays_foreign() -> None:
    asked = _asked("http://127.0.0.1:80/gateway/api")

    assert absolute("http://evil.example/c-1", asked, OWN) == "http://evil.example/c-1"
