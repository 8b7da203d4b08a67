"""HTTP of the reference server: methods, and its OpenAPI document."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

Start = Callable[..., str]
Calling = Callable[..., httpx.Client]


@pytest.fixture
def calling(reference_server: Start) -> Iterator[Callable[..., httpx.Client]]:
    with ExitStack() as stack:

        def start(*arguments: str) -> httpx.Client:
            client = httpx.Client(base_url=reference_server(*arguments), trust_env=False)
            return stack.enter_context(client)

        yield start


@pytest.fixture
def http(calling: Calling) -> httpx.Client:
    return calling("--path-prefix", "/base", "--lag", "100")


def test_the_openapi_document_is_served_below_the_prefix(http: httpx.Client) -> None:
    served = http.get("/openapi.json")

    assert served.status_code == 200
    assert served.json()["servers"] == [{"url": "/base"}]
    assert "/api/scopes/{scopeId}/members" in served.json()["paths"]


def test_a_wrong_method_is_refused_in_the_behaviour_of_its_scope(calling: Calling) -> None:
    http = calling("--scoped-faults")

    told = http.delete("/api/scopes/s1/members/m1/published-service")
    silent = http.delete(
        "/api/scopes/fault-names-no-method-that-is-allowed/members/m1/published-service"
    )

    assert (told.status_code, told.headers["allow"]) == (405, "GET")
    assert (silent.status_code, silent.headers.get("allow")) == (405, None)
