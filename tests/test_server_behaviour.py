"""What callers may rely on beside the straight path: repeats, races, bad input, slow peers."""

import base64
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

Document = dict[str, Any]
Start = Callable[..., str]

SCOPE = "/api/scopes/s1"
GREET = "name: greet\nsteps: [{id: s, type: transform, parameters: {op: uppercase}}]"
OTHER = "name: other\nsteps: [{id: s, type: transform, parameters: {op: lowercase}}]"
FIELDS = {"memberId": "m1", "displayName": "M", "implementationKind": "workflow"}
LONGEST_BODY = 1_048_576


def waiting(milliseconds: int) -> str:
    step = f"{{id: d, type: delay, parameters: {{duration_ms: {milliseconds}}}}}"
    return f"name: slow\nsteps: [{step}]"


class Caller:
    """A client of one scope."""

    def __init__(self, url: str, **headers: str) -> None:
        self.http = httpx.Client(base_url=url, headers=headers, timeout=20)
        self.url = url

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, SCOPE + path, json=body, headers=named)

    def read(self, path: str) -> Document:
        answer = self.http.get(path if path.startswith("/api") else SCOPE + path)
        assert answer.status_code == 200, answer.text
        document: Document = answer.json()
        return document

    def until(self, receipt: Document, *words: str) -> Document:
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            status = self.read(receipt["statusUrl"])
            if status["status"] in words:
                return status
            time.sleep(0.005)
        pytest.fail(f"{receipt['statusUrl']} is not one of {words}")

    def done(self, answer: httpx.Response) -> Document:
        assert answer.status_code in {200, 201, 202}, answer.text
        status = self.until(answer.json(), "ready", "failed")
        assert status["status"] == "ready", status["failure"]
        return status

    def bind(self, source: str, revision_id: str = "r1", **headers: str) -> httpx.Response:
        body = {"revisionId": revision_id, "workflow": {"workflowYamls": [source]}}
        return self.send("PUT", "/members/m1/binding", body, **headers)

    def member(self, source: str | None = None) -> None:
        self.done(self.send("POST", "/members", FIELDS))
        if source is not None:
            self.done(self.bind(source))

    def invoke(self, body: object, **headers: str) -> httpx.Response:
        return self.send("POST", "/members/m1/invoke/chat", body, **headers)

    def stage(self) -> str:
        return str(self.read("/members/m1")["summary"]["lifecycleStage"])


Calling = Callable[..., Caller]


@pytest.fixture
def calling(reference_server: Start) -> Iterator[Calling]:
    """Start a server and give its caller: calling("--lag", "5")."""
    callers: list[Caller] = []

    def start(*arguments: str) -> Caller:
        callers.append(Caller(reference_server(*arguments)))
        return callers[-1]

    yield start
    for caller in callers:
        caller.http.close()


@pytest.fixture
def honest(calling: Calling) -> Caller:
    return calling("--lag", "5")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    body = answer.json()
    assert {"message", "correlationId", "type", "title"} <= set(body)
    assert body["status"] == answer.status_code
    assert not {"stage", "statusUrl"} & set(body)
    return answer.status_code, body["code"]


# Idempotency


def test_a_replay_is_202_while_pending_and_200_once_ended_even_in_failure(honest: Caller) -> None:
    honest.member(waiting(1000))
    key = {"Idempotency_Key": "run"}

    first = honest.invoke({"prompt": "x"}, **key)
    pending = honest.invoke({"prompt": "x"}, **key)
    honest.done(first)
    ended = honest.invoke({"prompt": "x"}, **key)
    broken = honest.bind("steps: []", "r2", Idempotency_Key="bind")
    honest.until(broken.json(), "failed")
    failed = honest.bind("steps: []", "r2", Idempotency_Key="bind")

    answers = [first, pending, ended, broken, failed]
    assert [a.status_code for a in answers] == [202, 202, 200, 202, 200]
    assert ["retry-after" in a.headers for a in answers] == [True, True, False, True, False]
    assert [a.json().get("replayed", False) for a in answers] == [False, True, True, False, True]
    assert failed.json()["failure"]["code"] == "INVALID_STUDIO_MEMBER_BINDING"
    assert len(honest.read("/members/m1/runs")["runs"]) == 1


def test_a_key_stands_for_method_path_and_body_and_for_one_scope(honest: Caller) -> None:
    honest.member()
    key = {"Idempotency_Key": "k"}
    rename = {"displayName": "N", "description": "d"}
    first = honest.send("PATCH", "/members/m1", rename, **key)

    reordered = {"description": "d", "displayName": "N"}
    same = honest.send("PATCH", "/members/m1", reordered, X_Correlation_Id="other", **key)
    other_path = honest.send("PATCH", "/members/m2", rename, **key)
    other_method = honest.send("POST", "/members", FIELDS, **key)
    bad_key = honest.send("PATCH", "/members/m1", rename, Idempotency_Key='""')
    too_long = honest.send("PATCH", "/members/m1", rename, Idempotency_Key="k" * 256)
    elsewhere = honest.http.post(
        "/api/scopes/s2/members", json=FIELDS, headers={"Idempotency-Key": "k"}
    )

    assert same.json()["commandId"] == first.json()["commandId"]
    assert same.json()["correlationId"] == first.json()["correlationId"]
    assert refusal(other_path) == refusal(other_method) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert refusal(bad_key) == refusal(too_long) == (400, "INVALID_IDEMPOTENCY_KEY")
    assert elsewhere.status_code == 202


def test_a_refused_request_does_not_use_up_its_key(honest: Caller) -> None:
    key = {"Idempotency_Key": "k"}

    refused = honest.send("PATCH", "/members/m1", {"displayName": "N"}, **key)
    honest.member()
    accepted = honest.send("PATCH", "/members/m1", {"displayName": "N"}, **key)

    assert refusal(refused) == (404, "STUDIO_MEMBER_NOT_FOUND")
    assert (accepted.status_code, "replayed" in accepted.json()) == (202, False)


def test_one_key_sent_many_times_at_once_is_one_command(honest: Caller) -> None:
    honest.member(GREET)

    def send(_: int) -> httpx.Response:
        with httpx.Client(base_url=honest.url) as own:
            path = SCOPE + "/members/m1/invoke/chat"
            return own.post(path, json={"prompt": "x"}, headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))

    assert {a.status_code for a in answers} <= {200, 202}
    assert len({a.json()["commandId"] for a in answers}) == 1
    assert sum("replayed" not in a.json() for a in answers) == 1
    honest.done(answers[0])
    assert len(honest.read("/members/m1/runs")["runs"]) == 1


def test_a_clients_command_id_names_one_request(honest: Caller) -> None:
    honest.member(GREET)

    first = honest.invoke({"prompt": "x", "commandId": "c:1~a"})
    again = honest.invoke({"prompt": "x", "commandId": "c:1~a"})
    other = honest.invoke({"prompt": "y", "commandId": "c:1~a"})
    bad = honest.invoke({"prompt": "x", "commandId": "c/1"})

    assert first.json()["commandId"] == again.json()["commandId"] == "c:1~a"
    assert other.json()["code"] == "COMMAND_ID_CONFLICT"
    assert refusal(bad) == (400, "INVALID_STUDIO_MEMBER_INVOKE_REQUEST")
    assert honest.done(first)["commandId"] == "c:1~a"


def test_a_create_repeated_with_the_same_fields_changes_nothing(honest: Caller) -> None:
    honest.member()

    again = honest.done(honest.send("POST", "/members", FIELDS))
    other = honest.send("POST", "/members", {**FIELDS, "displayName": "N"})

    assert (again["noop"], again["stateVersion"]) == (True, 1)
    assert refusal(other) == (409, "STUDIO_MEMBER_CONFLICT")


# Versions and visibility


def test_if_match_lets_one_of_two_writers_win(honest: Caller) -> None:
    honest.member()
    tag = honest.http.get(f"{SCOPE}/members/m1").headers["etag"]

    def rename(name: str) -> httpx.Response:
        with httpx.Client(base_url=honest.url, headers={"If-Match": tag}) as own:
            return own.patch(f"{SCOPE}/members/m1", json={"displayName": name})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(rename, "abcdefgh"))

    outcomes = []
    for answer in answers:
        if answer.status_code == 412:
            outcomes.append(answer.json()["code"])
            continue
        status = honest.until(answer.json(), "ready", "failed")
        outcomes.append(status.get("failure", {"code": "ready"})["code"])
    assert sorted(outcomes) == ["STATE_VERSION_MISMATCH"] * 7 + ["ready"]
    assert honest.read("/members/m1")["stateVersion"] == 2


def test_another_tag_matches_no_version(honest: Caller) -> None:
    honest.member()
    for tag in (b'"9"', b'W/"1"', b"no-version", '"²"'.encode(), b"9" * 5000):
        headers = httpx.Headers({b"If-Match": tag})

        answer = honest.http.patch(
            f"{SCOPE}/members/m1", json={"displayName": "N"}, headers=headers
        )

        assert refusal(answer) == (412, "STATE_VERSION_MISMATCH"), tag
    assert honest.bind(GREET, If_Match="*").status_code == 202


@pytest.mark.parametrize(
    "arguments", [("--lag", "0-80"), ("--variant", "random-lag"), ("--variant", "synchronous")]
)
def test_what_a_status_calls_observed_can_be_read(
    calling: Calling, arguments: tuple[str, ...]
) -> None:
    caller = calling(*arguments)
    assert caller.send("POST", "/members", FIELDS).status_code in {201, 202}
    for number in range(3):
        name = {"displayName": f"N{number}"}
        answer = caller.send("PATCH", "/members/m1", name)
        assert answer.status_code in {200, 202}

        status = answer.json()
        while status["stage"] != "observed":
            status = caller.read(status["statusUrl"])
        shown = caller.read(status["readModelUrl"])

        assert shown["stateVersion"] >= status["stateVersion"] == number + 2
        assert shown["summary"]["displayName"] == f"N{number}"
        assert caller.read("/members")["members"] == [shown["summary"]]


def test_changes_made_at_once_become_visible_in_order(calling: Calling) -> None:
    caller = calling("--lag", "0-60")
    caller.member()

    answers = [caller.send("PATCH", "/members/m1", {"displayName": f"N{n}"}) for n in range(10)]
    versions = [caller.done(answer)["stateVersion"] for answer in answers]

    assert versions == list(range(2, 12))
    assert caller.read("/members/m1")["summary"]["displayName"] == "N9"


# Deadlines


def test_a_timed_out_document_stands_still_and_is_corrected_once(calling: Calling) -> None:
    caller = calling("--lag", "1000", "--deadline", "400")
    answer = caller.send("POST", "/members", FIELDS)
    samples = [caller.read(answer.json()["statusUrl"])]
    while samples[-1]["status"] != "ready":
        samples.append(caller.read(answer.json()["statusUrl"]))

    distinct = [s for s, later in zip(samples, [*samples[1:], {}], strict=True) if s != later]
    words = [sample["status"] for sample in distinct]
    assert words[-2:] == ["timed_out", "ready"]
    assert words.count("timed_out") == words.count("ready") == 1
    late = distinct[-2]
    assert (late["stage"], late["failure"]["effect"]) == ("committed", "committed")
    assert (late["failure"]["code"], late["failure"]["stage"]) == (
        "OPERATION_TIMED_OUT",
        "committed",
    )
    assert [entry["stage"] for entry in distinct[-1]["history"]] == [
        "accepted",
        "committed",
        "observed",
    ]


def test_a_late_failure_corrects_a_timed_out_run(calling: Calling) -> None:
    caller = calling("--lag", "5", "--deadline", "500")
    guard = "{id: g, type: guard, parameters: {check: not_empty}}"
    slow = waiting(1500).replace("}}]", f"}}}}, {guard}]")
    caller.send("POST", "/members", FIELDS)
    bound = caller.bind(slow)
    caller.until(bound.json(), "ready")

    answer = caller.invoke({"prompt": ""})
    assert caller.until(answer.json(), "timed_out")["stage"] == "observed"

    assert caller.until(answer.json(), "failed")["failure"]["code"] == "RUN_FAILED"


def test_a_synchronous_server_answers_with_the_outcome_past_its_deadline(
    calling: Calling,
) -> None:
    caller = calling("--variant", "synchronous", "--deadline", "150")
    caller.member(waiting(400))

    answer = caller.invoke({"prompt": "x"})

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert "retry-after" not in answer.headers
    assert caller.read(answer.json()["statusUrl"])["status"] == "ready"


# Access

TOKENS = {
    "one": {"principal": "p1", "scopes": ["s1"]},
    "two": {"principal": "p2", "scopes": ["s1", "s2"]},
    "all": {"principal": "p3", "scopes": ["*"]},
}


@pytest.fixture
def guarded(calling: Calling, tmp_path: Path) -> Caller:
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps(TOKENS))
    return calling("--lag", "5", "--token-file", str(path))


ACCESS: list[tuple[str | None, str, tuple[int, str]]] = [
    (None, "/api/scopes/s1/members", (401, "UNAUTHENTICATED")),
    ("Bearer", "/api/scopes/s1/members", (401, "UNAUTHENTICATED")),
    ("Bearer wrong", "/api/scopes/s1/members", (401, "UNAUTHENTICATED")),
    ("Basic one", "/api/scopes/s1/members", (401, "UNAUTHENTICATED")),
    (None, "/api/scopes/s1/members/a%2Fb", (401, "UNAUTHENTICATED")),  # before the id
    ("Bearer one", "/api/scopes/s2/members/none", (403, "SCOPE_ACCESS_DENIED")),
    ("Bearer one", "/api/scopes/*/members", (403, "SCOPE_ACCESS_DENIED")),
    ("Bearer one", "/api/scopes/%73%32/members", (403, "SCOPE_ACCESS_DENIED")),
    ("Bearer one", "/api/scopes/%FF/members", (403, "SCOPE_ACCESS_DENIED")),
    ("Bearer one", "/api/scopes/s1/operations/c", (404, "OPERATION_NOT_FOUND")),
    ("bearer all", "/api/scopes/any/members/m1", (404, "STUDIO_MEMBER_NOT_FOUND")),
]


def test_access_is_asked_before_anything_is_looked_up(guarded: Caller) -> None:
    for authorization, path, expected in ACCESS:
        headers = {} if authorization is None else {"Authorization": authorization}

        answer = guarded.http.get(path, headers=headers)

        assert refusal(answer) == expected, (authorization, path)
        assert ("www-authenticate" in answer.headers) == (expected[0] == 401)


def test_a_key_belongs_to_its_principal_and_health_to_everybody(guarded: Caller) -> None:
    def rename(token: str) -> Document:
        answer = guarded.send(
            "PATCH",
            "/members/m1",
            {"displayName": "N"},
            Authorization=f"Bearer {token}",
            Idempotency_Key="k",
        )
        document: Document = answer.json()
        return document

    guarded.send("POST", "/members", FIELDS, Authorization="Bearer one")

    first, other, again = rename("one"), rename("two"), rename("one")

    assert first["commandId"] == again["commandId"] != other["commandId"]
    assert guarded.http.get("/health/live").status_code == 200


# Members, bindings and revisions


def test_a_member_moves_between_the_lifecycle_stages(honest: Caller) -> None:
    honest.member()
    implementation = "/members/m1/implementation"
    greet, other = ({"workflow": {"workflowYamls": [source]}} for source in (GREET, OTHER))
    seen = [honest.stage()]

    honest.done(honest.send("PUT", implementation, greet))
    seen.append(honest.stage())
    honest.done(honest.send("PUT", "/members/m1/binding", {"revisionId": "r1"}))
    seen.append(honest.stage())
    honest.done(honest.send("PUT", implementation, other))
    honest.done(honest.send("PUT", implementation, greet))  # there and back is a change too
    seen.append(honest.stage())
    honest.done(honest.bind(GREET, "r1"))
    seen.append(honest.stage())
    assert honest.done(honest.bind(GREET, "r1"))["noop"] is True
    honest.done(honest.send("POST", "/members/m1/binding/revisions/r1:retire"))
    seen.append(honest.stage())

    built, bound = "build_ready", "bind_ready"
    assert seen == ["created", built, bound, built, bound, built]
    contract = honest.read("/members/m1/endpoints/chat/contract")
    assert contract["revisionId"] is None
    readiness = honest.read("/members/m1/binding/readiness")
    assert (readiness["status"], readiness["reason"]) == ("pending", "REVISION_RETIRED")


def test_the_kind_is_locked_whoever_asks(honest: Caller) -> None:
    honest.member(GREET)
    script, actor = {"script": {"scriptId": "trim"}}, {"gAgent": {"actorTypeName": "echo"}}

    for path in ("/members/m1/implementation", "/members/m1/binding"):
        for body in (script, actor):
            assert refusal(honest.send("PUT", path, body)) == (409, "STUDIO_MEMBER_KIND_LOCKED")
    recreated = honest.send("POST", "/members", {**FIELDS, "implementationKind": "script"})

    assert refusal(recreated) == (409, "STUDIO_MEMBER_CONFLICT")
    assert honest.read("/members/m1")["summary"]["implementationKind"] == "workflow"


def test_a_pinned_invoke_reaches_its_revision_and_no_retired_one(honest: Caller) -> None:
    honest.member(GREET)
    honest.done(honest.bind(OTHER, "r2"))

    pinned = honest.done(honest.invoke({"prompt": "Hi", "revisionId": "r1"}))
    assert honest.read(pinned["readModelUrl"])["output"] == "HI"
    honest.done(honest.send("POST", "/members/m1/binding/revisions/r1:retire"))

    retired = honest.invoke({"prompt": "Hi", "revisionId": "r1"})
    unknown = honest.invoke({"prompt": "Hi", "revisionId": "r9"})
    rebound = honest.bind(GREET, "r1")
    serving = honest.done(honest.invoke({"prompt": "Hi"}))
    assert refusal(retired) == (409, "STUDIO_MEMBER_BINDING_REVISION_RETIRED")
    assert refusal(unknown) == (404, "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND")
    assert refusal(rebound) == (400, "INVALID_STUDIO_MEMBER_BINDING")
    assert honest.read(serving["readModelUrl"])["output"] == "hi"


def test_of_binds_made_at_once_each_ends_and_the_last_one_serves(honest: Caller) -> None:
    honest.member()
    answers = [honest.bind(waiting(n), f"r{n}") for n in range(6)]

    ends = [honest.until(answer.json(), "ready", "failed") for answer in answers]

    codes = {end["failure"]["code"] for end in ends if end["status"] == "failed"}
    assert codes <= {"OPERATION_SUPERSEDED"}
    assert ends[-1]["status"] == "ready"
    last = max(ends, key=lambda end: int(end["stateVersion"]))
    serving = [
        r for r in honest.read("/members/m1/binding/revisions")["revisions"] if r["isServing"]
    ]
    assert [r["revisionId"] for r in serving] == [last["target"]["revisionId"]]


LISTS = [
    ("/members", "members"),
    ("/members/m1/runs", "runs"),
    ("/members/m1/binding/revisions", "revisions"),
    ("/operations", "operations"),
    ("/operations?correlationId=k-1", "operations"),
]


def test_a_walk_over_pages_gives_every_item_once_while_others_write(honest: Caller) -> None:
    honest.member(GREET)
    for number in range(4):
        marked = {"X_Correlation_Id": "k-1"}
        fields = {**FIELDS, "memberId": f"n{number}"}
        honest.done(honest.send("POST", "/members", fields, **marked))
        honest.done(honest.invoke({"prompt": "x"}, **marked))
        honest.done(honest.bind(GREET, f"p{number}", **marked))

    for path, name in LISTS:
        before = honest.read(path)[name]
        walked, token = walk(honest, path, name)

        assert [row for row in walked if row in before] == before
        assert len(walked) == len({json.dumps(row, sort_keys=True) for row in walked})
        elsewhere = "/members/m1/runs" if name == "members" else "/members"
        foreign = honest.http.get(f"{SCOPE}{elsewhere}?pageSize=2{token}")
        assert refusal(foreign) == (400, "INVALID_PAGE_TOKEN")


def walk(caller: Caller, path: str, name: str) -> tuple[list[Document], str]:
    """Read page after page, with a write between; give the rows and the last token."""
    sign = "&" if "?" in path else "?"
    walked: list[Document] = []
    token = ""
    while True:
        page = caller.read(f"{path}{sign}pageSize=2{token}")
        walked += page[name]
        if page["nextPageToken"] is None:
            return walked, token
        token = f"&pageToken={page['nextPageToken']}"
        caller.done(caller.invoke({"prompt": "new"}))


def test_bad_paging_is_refused(honest: Caller) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 20_000).decode()
    for token in ("", "é", "!!", "bnVsbA", deep):
        answer = honest.http.get(f"{SCOPE}/members", params={"pageToken": token})
        assert refusal(answer) == (400, "INVALID_PAGE_TOKEN")
    for size in ("0", "-1", "x", "²", ""):
        answer = honest.http.get(f"{SCOPE}/members", params={"pageSize": size})
        assert refusal(answer) == (400, "INVALID_STUDIO_MEMBER_REQUEST")
    assert honest.read("/members?pageSize=" + "9" * 5000)["members"] == []


# Hostile bodies

HOSTILE = {
    "nothing-like-json": (b"hello", "INVALID_REQUEST_BODY"),
    "cut": (b'{"displayName": "M', "INVALID_REQUEST_BODY"),
    "two-documents": (b"{}{}", "INVALID_REQUEST_BODY"),
    "list": (b"[]", "INVALID_REQUEST_BODY"),
    "null": (b"null", "INVALID_REQUEST_BODY"),
    "nan": (b'{"x": NaN}', "INVALID_REQUEST_BODY"),
    "infinity": (b'{"x": -Infinity}', "INVALID_REQUEST_BODY"),
    "beyond-floats": (b'{"x": 1e999}', "INVALID_REQUEST_BODY"),
    "endless-integer": (b'{"x": ' + b"9" * 5000 + b"}", "INVALID_REQUEST_BODY"),
    "duplicate-names": (b'{"displayName": "M", "displayName": "N"}', "INVALID_REQUEST_BODY"),
    "not-utf-8": (b'{"displayName": "\xff"}', "INVALID_REQUEST_BODY"),
    "utf-16": ('{"displayName": "M"}'.encode("utf-16"), "INVALID_REQUEST_BODY"),
    "byte-order-mark": (b"\xef\xbb\xbf{}", "INVALID_REQUEST_BODY"),
    "half-surrogate": (b'{"displayName": "\\ud800"}', "INVALID_REQUEST_BODY"),
    "deep": (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "INVALID_REQUEST_BODY"),
    "rather-deep": (b'{"x": ' + b"[" * 400 + b"]" * 400 + b"}", "INVALID_REQUEST_BODY"),
    "wrong-types": (b'{"displayName": {}, "memberId": 1}', "INVALID_REQUEST_BODY"),
    "control-characters": (b'{"displayName": "a\\u0000b"}', "INVALID_STUDIO_MEMBER_REQUEST"),
    "blank-name": (b'{"displayName": "  "}', "INVALID_STUDIO_MEMBER_REQUEST"),
    "empty": (b"", "INVALID_STUDIO_MEMBER_REQUEST"),
}


def posted(caller: Caller, content: bytes, path: str = "/members") -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return caller.http.post(SCOPE + path, content=content, headers=headers)


def test_a_hostile_body_is_a_typed_refusal(honest: Caller) -> None:
    found = {name: refusal(posted(honest, content)) for name, (content, _) in HOSTILE.items()}

    assert found == {name: (400, code) for name, (_, code) in HOSTILE.items()}
    assert honest.read("/members")["members"] == []


def test_plain_bodies_at_the_edge_are_taken(honest: Caller) -> None:
    honest.member("name: w\nsteps: [{id: s, type: transform, parameters: {op: identity}}]")
    nested: Document = {"leaf": "ü\n", "number": 1e300, "integer": 10**300}
    for _ in range(30):
        nested = {"down": [nested]}
    typed = {"payloadTypeUrl": "t", "payloadJson": nested, "unknown": None}
    encoded = {"payloadTypeUrl": "t", "payloadBase64": base64.b64encode("né".encode()).decode()}

    from_json = honest.read(honest.done(honest.invoke(typed))["readModelUrl"])
    from_base64 = honest.read(honest.done(honest.invoke(encoded))["readModelUrl"])

    assert json.loads(from_json["output"]) == nested
    assert from_base64["output"] == "né"
    named = {**FIELDS, "memberId": "m2", "displayName": " " + "é" * 256 + " "}
    honest.done(honest.send("POST", "/members", named))
    assert honest.read("/members/m2")["summary"]["displayName"] == "é" * 256


BAD_PAYLOADS: list[Document] = [
    {"prompt": "x", "payloadBase64": "eA==", "payloadTypeUrl": "t"},
    {"payloadJson": {"x": 1}},
    {"payloadBase64": "no base64", "payloadTypeUrl": "t"},
    {"prompt": "x" * 65537},
    {"prompt": "x", "revisionId": "a:b"},
]


def test_a_bad_payload_begins_no_run(honest: Caller) -> None:
    honest.member(GREET)

    found = [refusal(honest.invoke(payload)) for payload in BAD_PAYLOADS]

    assert found == [(400, "INVALID_STUDIO_MEMBER_INVOKE_REQUEST")] * len(BAD_PAYLOADS)
    assert honest.read("/members/m1/runs")["runs"] == []


def test_bytes_that_are_no_utf_8_are_read_as_the_replacement_character(honest: Caller) -> None:
    honest.member(GREET)

    answer = honest.invoke({"payloadBase64": "/2E=", "payloadTypeUrl": "t"})

    assert answer.status_code == 202
    ready = honest.until(answer.json(), "ready")
    assert honest.read(ready["readModelUrl"])["output"] == "\ufffdA"


def test_a_body_too_large_is_413_however_it_is_sent(honest: Caller) -> None:
    large = b'{"displayName": "' + b"x" * (2 * LONGEST_BODY) + b'"}'
    pieces = [large[n : n + 65536] for n in range(0, len(large), 65536)]
    host, port = httpx.URL(honest.url).host, httpx.URL(honest.url).port
    found = []
    for body, chunked in ((large, False), (iter(pieces), True)):
        connection = http.client.HTTPConnection(host, port, timeout=20)
        headers = {"Content-Type": "application/json"}
        connection.request(
            "POST", f"{SCOPE}/members", body=body, headers=headers, encode_chunked=chunked
        )
        answer = connection.getresponse()
        found.append((answer.status, json.loads(answer.read())["code"]))
        connection.close()

    assert found == [(413, "PAYLOAD_TOO_LARGE")] * 2
    assert honest.read("/members")["members"] == []


def test_only_json_is_taken_and_problems_come_as_the_caller_reads_them(honest: Caller) -> None:
    text = honest.http.post(
        f"{SCOPE}/members", content=b"{}", headers={"Content-Type": "text/plain"}
    )
    untyped = honest.http.post(f"{SCOPE}/members", content=b"{}")
    plain = honest.http.get(f"{SCOPE}/members/m9", headers={"Accept": "application/json"})
    head = honest.http.head(f"{SCOPE}/members/m9")

    assert refusal(text) == refusal(untyped) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert plain.headers["content-type"] == "application/json"
    assert (head.status_code, head.content) == (404, b"")


NESTED = 20_000
HOSTILE_WORKFLOWS = {
    "deep": "name: w\nsteps: " + "[" * NESTED + "]" * NESTED,
    "deep-blocks": "name: w\nsteps:\n" + "- " * NESTED + "x",
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nname: w\nsteps: [{id: s, type: *b}]",
    "merges": "a: &a {x: y}\nname: w\nsteps: [{id: s, <<: [*a, *a], type: delay}]",
    "odd-tag": "name: w\nsteps: [{id: s, type: !!bool perhaps}]",
    "odd-instant": "name: w\nsteps: [{id: s, type: !!timestamp never}]",
    "odd-key": "? [a]\n: b\nname: w\nsteps: []",
    "two-documents": "name: w\n---\nname: v",
    "endless-delay": waiting(10**9),
    "endless-digits": waiting(400).replace("400", "9" * 5000),
    "control-characters": "name: w\x07",
    "no-steps": "name: w\nsteps: {}",
}


def test_a_hostile_workflow_fails_its_bind_and_no_more(honest: Caller) -> None:
    honest.member()
    found, legacy = {}, {}
    for name, source in HOSTILE_WORKFLOWS.items():
        failure = honest.until(honest.bind(source).json(), "failed")["failure"]
        found[name] = (failure["code"], failure["effect"])
        body = {"implementationKind": "workflow", "workflowYamls": [source]}
        legacy[name] = refusal(honest.send("PUT", "/binding", body))

    assert found == dict.fromkeys(HOSTILE_WORKFLOWS, ("INVALID_STUDIO_MEMBER_BINDING", "none"))
    assert legacy == dict.fromkeys(HOSTILE_WORKFLOWS, (400, "INVALID_SCOPE_BINDING_REQUEST"))
    assert honest.stage() == "created"


# Slow and rude peers


def test_half_sent_requests_hold_up_nobody(honest: Caller) -> None:
    address = (httpx.URL(honest.url).host, httpx.URL(honest.url).port)
    post = f"POST {SCOPE}/members HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
    beginnings = [b"GET /api/sc", post.encode(), f"{post}Content-Length: 99\r\n\r\n{{".encode()]
    peers = [socket.create_connection(address, timeout=20) for _ in range(60)]
    for number, peer in enumerate(peers):
        peer.sendall(beginnings[number % len(beginnings)])

    honest.member(GREET)
    honest.done(honest.invoke({"prompt": "x"}))

    late = peers[2]
    body = json.dumps({**FIELDS, "memberId": "m2"}).encode()
    late.sendall(body[1:].ljust(98))
    assert late.recv(65536).startswith(b"HTTP/1.1 202 ")
    for peer in peers:
        peer.close()
    assert len(honest.read("/members")["members"]) in {1, 2}


def test_a_caller_who_leaves_does_not_undo_what_was_accepted(calling: Calling) -> None:
    caller = calling("--variant", "synchronous")
    caller.member(waiting(1000))

    with pytest.raises(httpx.ReadTimeout):
        caller.http.post(
            f"{SCOPE}/members/m1/invoke/chat",
            json={"prompt": "x", "commandId": "left"},
            timeout=0.5,
        )

    status = caller.until({"statusUrl": f"{SCOPE}/operations/left"}, "ready", "failed")
    assert status["status"] == "ready"
    assert len(caller.read("/members/m1/runs")["runs"]) == 1
