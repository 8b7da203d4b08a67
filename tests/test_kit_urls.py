"""URLs that a server gave, compared."""

from dataclasses import replace

import pytest

from conformance.exchange import Exchange, Request, Response
from conformance.urls import absolute, links

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


def test_a_link_is_found_by_its_relation_and_not_by_a_word_in_its_title() -> None:
    given = (
        '</a,b>; title="x; rel=status"; rel="describedby", '
        '</s>; rel="help Status", </t>; rel=status'
    )
    answer = replace(_asked("http://host/"), response=Response(200, {"link": given}))

    assert links(answer, "status") == ["/s", "/t"]
