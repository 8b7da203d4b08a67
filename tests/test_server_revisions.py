"""The life of a revision: staged by a bind that broke, published, activated, retired."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

Document = dict[str, Any]

GREET = "name: greet\nsteps: [{id: s, type: transform, parameters: {op: uppercase}}]"
BROKEN = "name: broken\nsteps: [{id: s, type: no-such-step}]"
MEMBER = "/api/scopes/s1/members/m1"


class Caller:
    """A client of one member."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def read(self, path: str) -> Document:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        document: Document = answer.json()
        return document

    def ended(self, answer: httpx.Response) -> Document:
        assert answer.status_code == 202, answer.text
        limit = time.monotonic() + 10
        while time.monotonic() < limit:
            status = self.read(answer.json()["statusUrl"])
            if status["status"] != "pending":
                return status
            time.sleep(0.005)
        pytest.fail("it stayed pending")

    def bind(self, revision_id: str, *sources: str) -> Document:
        body = {"revisionId": revision_id, "workflow": {"workflowYamls": [*sources]}}
        return self.ended(self.http.put(f"{MEMBER}/binding", json=body))

    def act(self, revision_id: str, action: str) -> httpx.Response:
        return self.http.post(f"{MEMBER}/binding/revisions/{revision_id}:{action}")

    def invoke(self, **body: str) -> httpx.Response:
        return self.http.post(f"{MEMBER}/invoke/chat", json={"prompt": "x", **body})

    def words(self) -> dict[str, tuple[str, bool]]:
        rows = self.read(f"{MEMBER}/binding/revisions")["revisions"]
        return {row["revisionId"]: (row["status"], row["isServing"]) for row in rows}

    def readiness(self, query: str = "") -> Document:
        return self.read(f"{MEMBER}/binding/readiness{query}")

    def contract(self) -> Document:
        return self.read(f"{MEMBER}/endpoints/chat/contract")


@pytest.fixture
def caller(reference_server: Callable[..., str]) -> Iterator[Caller]:
    """Serve a member with the revision r1."""
    with httpx.Client(base_url=reference_server("--lag", "5"), timeout=20) as http:
        caller = Caller(http)
        fields = {"memberId": "m1", "displayName": "M", "implementationKind": "workflow"}
        caller.ended(http.post("/api/scopes/s1/members", json=fields))
        assert caller.bind("r1", GREET)["status"] == "ready"
        yield caller


def test_a_bind_that_breaks_half_way_is_partial_and_says_which_steps_stand(caller: Caller) -> None:
    status = caller.bind("r2", GREET, BROKEN)

    failure = status["failure"]
    assert (status["status"], status["stage"]) == ("failed", "accepted")
    assert (failure["code"], failure["effect"]) == ("INVALID_STUDIO_MEMBER_BINDING", "partial")
    assert "stateVersion" not in status
    assert [(one["name"], one["status"]) for one in status["steps"]] == [
        ("stage revision", "done"),
        ("prepare workflow 1", "done"),
        ("prepare workflow 2", "failed"),
        ("serve revision", "skipped"),
    ]


def test_a_bind_that_breaks_at_once_has_no_effect_and_leaves_no_revision(caller: Caller) -> None:
    before = caller.read(MEMBER)

    status = caller.bind("r2", BROKEN, GREET)

    assert status["failure"]["effect"] == "none"
    assert "steps" not in status
    assert caller.read(MEMBER) == before


def test_a_staged_revision_is_listed_and_never_serves(caller: Caller) -> None:
    caller.bind("r2", GREET, BROKEN)

    assert caller.words() == {"r1": ("published", True), "r2": ("preparation_failed", False)}
    assert caller.read(f"{MEMBER}/binding")["lastBinding"]["revisionId"] == "r1"
    assert caller.readiness()["status"] == "ready"
    pinned = caller.readiness("?revisionId=r2")
    assert (pinned["status"], pinned["reason"]) == ("pending", "PREPARATION_FAILED")
    refused = (caller.act("r2", "activate"), caller.invoke(revisionId="r2"))
    assert [one.json()["code"] for one in refused] == [
        "INVALID_STUDIO_MEMBER_BINDING_ACTIVATION_REQUEST",
        "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND",
    ]
    assert caller.ended(caller.invoke())["target"]["revisionId"] == "r1"


def test_a_bind_that_breaks_half_way_again_stages_nothing_twice(caller: Caller) -> None:
    for _ in range(2):
        assert caller.bind("r2", GREET, BROKEN)["failure"]["effect"] == "partial"

    assert list(caller.words()) == ["r2", "r1"]


def test_a_retired_revision_serves_nothing_pinned_or_not(caller: Caller) -> None:
    caller.ended(caller.act("r1", "retire"))

    answers = (caller.invoke(), caller.invoke(revisionId="r1"), caller.act("r1", "activate"))

    assert [one.json()["code"] for one in answers] == [
        "STUDIO_MEMBER_NOT_READY",
        "STUDIO_MEMBER_BINDING_REVISION_RETIRED",
        "STUDIO_MEMBER_BINDING_REVISION_RETIRED",
    ]
    assert caller.words() == {"r1": ("retired", False)}
    contract = caller.contract()
    assert (contract["revisionId"], contract["deploymentStatus"]) == (None, "Deactivated")
    assert [caller.readiness(query)["reason"] for query in ("", "?revisionId=r1")] == [
        "REVISION_RETIRED",
        "REVISION_RETIRED",
    ]
    assert caller.read(MEMBER)["summary"]["lifecycleStage"] == "build_ready"


def test_a_retire_takes_nothing_from_the_revision_that_serves(caller: Caller) -> None:
    caller.bind("r2", GREET)
    caller.ended(caller.act("r1", "retire"))

    assert caller.words() == {"r2": ("published", True), "r1": ("retired", False)}
    assert caller.contract()["revisionId"] == "r2"
    assert caller.readiness()["status"] == "ready"
