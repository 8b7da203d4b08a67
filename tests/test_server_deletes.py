"""A deleted member is gone for good: for readers, for writers, and for whoever comes after it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_server_durability import Server, delay, workflow
from test_server_member_first import GREET, SLOW, Caller

Start = Callable[..., str]
BELOW = (
    "",
    "/binding",
    "/binding/readiness",
    "/binding/revisions",
    "/endpoints/chat/contract",
    "/runs",
    "/published-service",
)


@pytest.fixture
def caller(reference_server: Start) -> Iterator[Caller]:
    made = Caller(reference_server("--lag", "100"))
    yield made
    made.http.close()


def codes(caller: Caller, *paths: str) -> set[tuple[int, str]]:
    answers = [caller.send("GET", path) for path in paths]
    return {(one.status_code, one.json()["code"]) for one in answers}


def test_a_deleted_member_is_shown_until_it_is_observed_and_never_again(caller: Caller) -> None:
    caller.member("m1", GREET)
    caller.member("m2")

    deleted = caller.send("DELETE", "/members/m1")

    assert deleted.status_code == 202
    assert deleted.json()["operation"] == "member.delete"
    assert caller.http.get(deleted.json()["readModelUrl"]).status_code == 200
    status = caller.followed(deleted)
    assert (status["status"], status["stage"], status["noop"]) == ("ready", "observed", False)
    assert status["observedStateVersion"] == status["stateVersion"]
    below = [f"/members/m1{path}" for path in BELOW]
    assert codes(caller, *below) == {(404, "STUDIO_MEMBER_NOT_FOUND")}
    rows = caller.send("GET", "/members").json()["members"]
    assert [row["memberId"] for row in rows] == ["m2"]


def test_nothing_can_be_done_with_a_deleted_member(caller: Caller) -> None:
    caller.member("m1", GREET)
    caller.followed(caller.send("DELETE", "/members/m1"))

    answers = [
        caller.send("DELETE", "/members/m1"),
        caller.send("PATCH", "/members/m1", {"displayName": "x"}),
        caller.bind("m1", GREET, "r2"),
        caller.invoke("m1"),
        caller.send("POST", "/members/m1/binding/revisions/r1:activate"),
    ]

    assert {one.json()["code"] for one in answers} == {"STUDIO_MEMBER_NOT_FOUND"}
    assert {one.status_code for one in answers} == {404}


def test_its_ids_are_given_to_nobody_else(caller: Caller) -> None:
    caller.member("m1")
    caller.followed(caller.send("DELETE", "/members/m1"))
    fields = {"memberId": "m1", "displayName": "M", "implementationKind": "workflow"}
    script = {"script": {"scriptId": "uppercase"}, "implementationKind": "script"}

    again = caller.send("POST", "/members", fields)
    legacy = caller.send("PUT", "/binding", {**script, "serviceId": "member-m1"})

    assert (again.status_code, again.json()["code"]) == (409, "STUDIO_MEMBER_CONFLICT")
    assert legacy.json()["code"] == "INVALID_SCOPE_BINDING_REQUEST"


def test_the_statuses_of_its_commands_stay_and_a_repeat_is_a_replay(caller: Caller) -> None:
    caller.member("m1", GREET)
    run = caller.invoke("m1")
    caller.followed(run)
    deleted = caller.send("DELETE", "/members/m1", headers={"Idempotency-Key": "k"})
    caller.followed(deleted)

    again = caller.send("DELETE", "/members/m1", headers={"Idempotency-Key": "k"})

    assert caller.followed(run)["status"] == "ready"
    assert again.json()["commandId"] == deleted.json()["commandId"]
    assert again.json()["replayed"] is True


def test_what_is_under_way_when_a_member_goes_still_comes_to_its_verdict(caller: Caller) -> None:
    caller.member("m1", SLOW)
    run, bind = caller.invoke("m1"), caller.bind("m1", GREET, "r2")
    caller.followed(caller.send("DELETE", "/members/m1"))

    assert caller.followed(run)["status"] == "ready"
    readiness = caller.http.get(bind.json()["readinessUrl"])
    assert caller.followed(bind)["status"] in {"ready", "failed"}
    assert readiness.status_code == 404


def test_a_deleted_member_stays_deleted_over_a_restart(tmp_path: Path) -> None:
    server = Server(tmp_path / "events.sqlite")
    server.bound_member("m1", workflow(delay(1)))
    receipt = server.http.delete("/members/m1").json()
    server.until(receipt, "ready")

    server.restart()

    assert server.http.get("/members/m1").status_code == 404
    assert server.rows("/members", "members") == []
    assert server.status(receipt)["status"] == "ready"
    server.end()
