"""Prefer: a write that waits for its verdict, or does not, and says which."""

import time
from collections.abc import Callable

import httpx
import pytest

from reference_server.requests import Preferences, preferences

Serve = Callable[..., str]
SLOW = "name: slow\nsteps: [{id: d, type: delay, parameters: {duration_ms: 1500}}]"


def creates(url: str, member_id: str, prefer: str) -> httpx.Response:
    body = {"memberId": member_id, "displayName": "Patient", "implementationKind": "workflow"}
    members = f"{url}/api/scopes/s1/members"
    return httpx.post(members, json=body, headers={"Prefer": prefer} if prefer else {})


@pytest.mark.parametrize(
    ("prefer", "status", "applied"),
    [
        ("", 202, None),
        ("wait=5", 200, "wait=5"),
        ("respond-async, wait=5", 200, "wait=5"),
        ("respond-async", 202, "respond-async"),
        ("wait=0", 202, "wait=0"),
        ("handling=strict", 202, None),
    ],
)
def test_a_write_waits_as_long_as_it_is_asked_to(
    reference_server: Serve, prefer: str, status: int, applied: str | None
) -> None:
    created = creates(reference_server("--lag", "100"), "m1", prefer)

    assert (created.status_code, created.headers.get("preference-applied")) == (status, applied)
    assert created.json()["status"] == ("ready" if status == 200 else "pending")


@pytest.mark.parametrize(
    ("deadline", "prefer"), [("5000", "wait=1"), ("500", "wait=2")], ids=["wait", "deadline"]
)
def test_a_wait_that_ends_without_a_verdict_is_answered_as_pending(
    reference_server: Serve, deadline: str, prefer: str
) -> None:
    url = reference_server("--deadline", deadline)
    member = f"{url}/api/scopes/s1/members/m1"
    creates(url, "m1", "wait=5")
    source = SLOW if deadline == "5000" else SLOW.replace("1500", "9000")
    body = {"workflow": {"workflowYamls": [source]}}
    httpx.put(f"{member}/binding", json=body, headers={"Prefer": "wait=5"})
    began = time.monotonic()

    invoked = httpx.post(
        f"{member}/invoke/chat", json={"prompt": "x"}, headers={"Prefer": prefer}, timeout=10
    )

    assert (invoked.status_code, invoked.json()["status"]) == (202, "pending")
    assert invoked.headers["preference-applied"] == prefer
    assert time.monotonic() - began > 0.9


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ('Wait="7"; x=y, respond-async', Preferences(respond_async=True, wait=7)),
        ("wait=1, wait=9", Preferences(wait=1)),
        ("wait=soon", Preferences()),
        ("wait=99999", Preferences()),
        ("", Preferences()),
    ],
)
def test_preferences_are_read_as_rfc_7240_has_them(given: str, read: Preferences) -> None:
    assert preferences({"prefer": given}) == read
