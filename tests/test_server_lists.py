"""Lists of the reference server: pages under inserts, tokens of one list, ids in one form."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

Start = Callable[..., str]
MEMBERS = "/api/scopes/s1/members"


@pytest.fixture
def server(reference_server: Start) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=reference_server("--lag", "0", "--scoped-faults")) as client:
        yield client


def create(server: httpx.Client, member_id: str, path: str = MEMBERS) -> httpx.Response:
    """Ask for a member, and wait until it shows if it was accepted."""
    body = {"memberId": member_id, "displayName": "M", "implementationKind": "script"}
    answer = server.post(path, json=body)
    shown = f"{path}/{member_id.strip()}"
    limit = time.monotonic() + 10
    while answer.is_success and server.get(shown).is_error and time.monotonic() < limit:
        time.sleep(0.005)
    return answer


def page(
    server: httpx.Client, token: str | None = None, path: str = MEMBERS
) -> tuple[list[str], str | None]:
    query = {"pageSize": "2"} | ({"pageToken": token} if token else {})
    roster = server.get(path, params=query).raise_for_status().json()
    return [row["memberId"] for row in roster["members"]], roster["nextPageToken"]


def test_a_walk_goes_on_where_it_was_however_many_come_in_between(server: httpx.Client) -> None:
    for name in ("m3", "m1", "m2"):
        create(server, name)
    first, token = page(server)
    for name in ("m0", "m4"):
        create(server, name)

    second, token = page(server, token)
    third, end = page(server, token)

    assert (first, second, third, end) == (["m3", "m1"], ["m2", "m0"], ["m4"], None)


def test_a_token_is_of_one_scope(server: httpx.Client) -> None:
    for name in ("m1", "m2", "m3"):
        create(server, name)
    _, token = page(server)

    crossed = server.get("/api/scopes/s2/members", params={"pageToken": str(token)})

    assert (crossed.status_code, crossed.json()["code"]) == (400, "INVALID_PAGE_TOKEN")


@pytest.mark.parametrize("size", ["0", "-1", "abc", "", "1.5", "²"])
def test_a_page_size_that_is_no_number_from_1_is_refused(server: httpx.Client, size: str) -> None:
    refused = server.get(MEMBERS, params={"pageSize": size})

    assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_STUDIO_MEMBER_REQUEST")


def test_a_fault_of_a_scope_is_that_of_the_scopes_beside_it(server: httpx.Client) -> None:
    faulty = "/api/scopes/fault-cuts-the-list-without-a-word--beside/members"
    for name in ("m1", "m2", "m3"):
        create(server, name, faulty)

    assert page(server, path=faulty) == (["m1", "m2"], None)


@pytest.mark.parametrize(
    ("variant", "status"), [("trims-ids", 202), ("refuses-padded-ids", 400)], ids=str
)
def test_an_id_in_a_body_is_padded_as_it_is_in_a_path(
    reference_server: Start, variant: str, status: int
) -> None:
    with httpx.Client(base_url=reference_server("--lag", "0", "--variant", variant)) as server:
        create(server, "m1")
        padded = create(server, " m2 ")
        found = server.get(f"{MEMBERS}/%20m1%20").status_code

    assert padded.status_code == status
    assert (found == 200) == (status == 202)
