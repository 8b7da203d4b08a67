"""The member-first path over a real socket, every answer held against the contract."""

import json
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from reference_server import contract
from reference_server.routing import Router

Document = dict[str, Any]
Start = Callable[..., str]
Headers = dict[str, str] | None

SCOPE = "/api/scopes/s1"
BASE = "https://ackproof.example/"
GREET = "name: greet\nsteps: [{id: shout, type: transform, parameters: {op: uppercase}}]"
POISON = "name: poison\nsteps: [{id: g, type: guard, parameters: {check: not_empty}}]"
SLOW = "name: slow\nsteps: [{id: d, type: delay, parameters: {duration_ms: 400}}]"


@cache
def spec() -> tuple[Registry[Any], contract.Contract]:
    folder = contract.spec_folder()
    document = yaml.load((folder / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)
    resources = [(f"{BASE}openapi.yaml", document)]
    for path in (folder / "schemas").iterdir():
        schema = json.loads(path.read_text())
        resources += [(f"{BASE}schemas/{path.name}", schema), (schema["$id"], schema)]
    registry: Registry[Any] = Registry().with_resources(
        [(uri, DRAFT202012.create_resource(contents)) for uri, contents in resources]
    )
    return registry, contract.load(folder)


def hold_against_the_contract(response: httpx.Response) -> None:
    """Fail on an answer that the contract does not foresee."""
    response.read()
    registry, loaded = spec()
    router = Router(loaded.operations.values(), prefix="")
    raw = response.request.url.raw_path.partition(b"?")[0].removeprefix(b"/base")
    operation = router.match(response.request.method, raw).operation
    path = operation.path.replace("~", "~0").replace("/", "~1")
    pointer = f"#/paths/{path}/{operation.method.lower()}/responses/{response.status_code}"
    described = registry.resolver(f"{BASE}openapi.yaml").lookup(pointer)
    media_type = response.headers["content-type"].partition(";")[0]
    contents = described.contents
    if "$ref" in contents:
        contents = described.resolver.lookup(contents["$ref"]).contents
    reference = contents["content"][media_type]["schema"]["$ref"]
    jsonschema.Draft202012Validator(
        {"$ref": f"{BASE}openapi.yaml{reference}"},
        registry=registry,
        format_checker=jsonschema.FormatChecker(),
    ).validate(response.json())
    if response.status_code >= 400:
        assert response.json()["code"] in operation.error_codes[str(response.status_code)]


class Caller:
    """A client in the words of the tests."""

    def __init__(self, url: str, scope: str = SCOPE, headers: Headers = None) -> None:
        spec()
        hooks = {"response": [hold_against_the_contract]}
        self.http = httpx.Client(base_url=url, event_hooks=hooks, headers=headers)
        self.scope = scope

    def send(
        self, method: str, path: str, body: Document | None = None, headers: Headers = None
    ) -> httpx.Response:
        return self.http.request(method, self.scope + path, json=body, headers=headers)

    def followed(self, answer: httpx.Response) -> Document:
        """Follow an answer to its verdict."""
        assert answer.status_code in {200, 201, 202}, answer.text
        url = answer.json()["statusUrl"]
        until = time.monotonic() + 5
        while time.monotonic() < until:
            status: Document = self.http.get(httpx.URL(self.http.base_url).join(url)).json()
            if status["status"] != "pending":
                return status
            time.sleep(0.005)
        pytest.fail(f"{url} is still pending")

    def member(self, member_id: str, source: str | None = None) -> None:
        fields = {"memberId": member_id, "displayName": "M", "implementationKind": "workflow"}
        assert self.followed(self.send("POST", "/members", fields))["status"] == "ready"
        if source is not None:
            assert self.followed(self.bind(member_id, source))["status"] == "ready"

    def bind(self, member_id: str, source: str, revision_id: str = "r1") -> httpx.Response:
        body = {"revisionId": revision_id, "workflow": {"workflowYamls": [source]}}
        return self.send("PUT", f"/members/{member_id}/binding", body)

    def invoke(self, member_id: str, prompt: str = "hi", headers: Headers = None) -> httpx.Response:
        return self.send("POST", f"/members/{member_id}/invoke/chat", {"prompt": prompt}, headers)


Calling = Callable[..., Caller]


@pytest.fixture
def calling() -> Iterator[Calling]:
    """Make callers: calling(url, scope, headers)."""
    callers: list[Caller] = []

    def make(url: str, scope: str = SCOPE, headers: Headers = None) -> Caller:
        callers.append(Caller(url, scope, headers))
        return callers[-1]

    yield make
    for caller in callers:
        caller.http.close()


@pytest.fixture
def honest(reference_server: Start, calling: Calling) -> Caller:
    return calling(reference_server("--lag", "30"))


def test_the_whole_path_from_create_to_run(reference_server: Start, calling: Calling) -> None:
    honest = calling(reference_server("--lag", "300"))
    fields = {"memberId": "m1", "displayName": "M", "implementationKind": "workflow"}
    created = honest.send("POST", "/members", fields)
    assert created.status_code == 202
    assert created.headers["location"] == created.json()["statusUrl"]
    assert honest.send("GET", "/members/m1").status_code == 404  # accepted is not observed
    assert honest.followed(created)["stage"] == "observed"
    assert honest.send("GET", "/members/m1/binding").json()["lastBinding"] is None

    bound = honest.bind("m1", GREET)
    assert bound.json()["stage"] == "accepted"
    assert honest.http.get(bound.json()["readinessUrl"]).json()["status"] == "pending"
    assert honest.followed(bound)["stage"] == "ready"
    assert honest.http.get(bound.json()["readinessUrl"]).json()["status"] == "ready"
    detail = honest.send("GET", "/members/m1").json()
    assert detail["summary"]["lifecycleStage"] == "bind_ready"

    offer = honest.send("GET", "/members/m1/endpoints/chat/contract").json()
    invoked = honest.http.post(offer["invokePath"], json={"prompt": "hi"})
    status = honest.followed(invoked)
    run = honest.http.get(status["readModelUrl"]).json()
    assert (run["runStatus"], run["output"]) == ("completed", "HI")
    assert run["commandId"] == invoked.json()["commandId"]
    services = {
        detail["summary"]["publishedServiceId"],
        detail["lastBinding"]["publishedServiceId"],
        honest.send("GET", "/members/m1/published-service").json()["publishedServiceId"],
        offer["publishedServiceId"],
        status["target"]["publishedServiceId"],
        run["publishedServiceId"],
    }
    assert services == {"member-m1"}


def test_a_bind_that_does_not_compile_is_accepted_and_fails(honest: Caller) -> None:
    honest.member("m1")

    status = honest.followed(honest.bind("m1", "name: x\nsteps: [{id: a, type: dance}]"))

    failure = status["failure"]
    assert (status["status"], failure["code"]) == ("failed", "INVALID_STUDIO_MEMBER_BINDING")
    assert (failure["stage"], failure["effect"]) == ("accepted", "none")
    assert honest.send("GET", "/members/m1/binding/revisions").json()["revisions"] == []


def test_a_failing_guard_fails_the_run_and_its_operation(honest: Caller) -> None:
    honest.member("m1", POISON)

    status = honest.followed(honest.invoke("m1", prompt=""))

    assert (status["status"], status["stage"]) == ("failed", "observed")
    assert status["failure"]["code"] == "RUN_FAILED"
    run = honest.http.get(status["readModelUrl"]).json()
    assert (run["runStatus"], run["failure"]["code"]) == ("failed", "RUN_FAILED")


def test_another_implementation_takes_a_bound_member_back_to_build_ready(honest: Caller) -> None:
    honest.member("m1", GREET)

    body = {"workflow": {"workflowYamls": [SLOW]}}
    honest.followed(honest.send("PUT", "/members/m1/implementation", body))

    assert honest.send("GET", "/members/m1").json()["summary"]["lifecycleStage"] == "build_ready"
    readiness = honest.send("GET", "/members/m1/binding/readiness").json()
    assert (readiness["status"], readiness["reason"]) == ("pending", "IMPLEMENTATION_CHANGED")
    wrong_kind = honest.send("PUT", "/members/m1/binding", {"script": {"scriptId": "trim"}})
    assert wrong_kind.json()["code"] == "STUDIO_MEMBER_KIND_LOCKED"


def test_revisions_are_activated_and_retired(honest: Caller) -> None:
    honest.member("m1", GREET)
    honest.followed(honest.bind("m1", POISON, "r2"))
    revisions = "/members/m1/binding/revisions"

    assert honest.followed(honest.send("POST", f"{revisions}/r1:activate"))["status"] == "ready"
    run_url = honest.followed(honest.invoke("m1"))["readModelUrl"]
    assert honest.http.get(run_url).json()["revisionId"] == "r1"
    assert honest.followed(honest.send("POST", f"{revisions}/r1:retire"))["status"] == "ready"

    assert honest.invoke("m1").json()["code"] == "STUDIO_MEMBER_NOT_READY"
    again = honest.send("POST", f"{revisions}/r1:activate").json()
    assert again["code"] == "STUDIO_MEMBER_BINDING_REVISION_RETIRED"
    shown = honest.send("GET", revisions).json()["revisions"]
    assert {r["revisionId"]: r["status"] for r in shown} == {"r1": "retired", "r2": "published"}


def test_a_service_named_like_the_member_takes_none_of_its_traffic(honest: Caller) -> None:
    honest.member("m1", GREET)
    decoy = {
        "serviceId": "m1",
        "implementationKind": "script",
        "script": {"scriptId": "lowercase"},
    }
    assert honest.send("PUT", "/binding", decoy).status_code == 200

    run = honest.http.get(honest.followed(honest.invoke("m1", "Hi"))["readModelUrl"]).json()

    assert (run["publishedServiceId"], run["output"]) == ("member-m1", "HI")


def test_a_missing_member_has_one_answer_on_every_route(honest: Caller) -> None:
    answers = [
        honest.send("GET", "/members/m9"),
        honest.send("PATCH", "/members/m9", {"displayName": "N"}),
        honest.send("PUT", "/members/m9/binding", {}),
        honest.send("GET", "/members/m9/binding/readiness"),
        honest.send("POST", "/members/m9/binding/revisions/r1:retire"),
        honest.send("GET", "/members/m9/endpoints/chat/contract"),
        honest.invoke("m9"),
        honest.send("GET", "/members/m9/runs"),
        honest.send("GET", "/members/m9/runs/run-1"),
    ]

    for answer in answers:
        body = answer.json()
        assert (answer.status_code, body["code"]) == (404, "STUDIO_MEMBER_NOT_FOUND")
        assert (body["scopeId"], body["memberId"]) == ("s1", "m9")


def test_a_repeated_key_gives_the_same_command_and_another_body_is_refused(
    honest: Caller,
) -> None:
    key = {"Idempotency-Key": '"k1"'}
    honest.member("m1", GREET)

    first = honest.invoke("m1", headers=key)
    honest.followed(first)
    again = honest.invoke("m1", headers={"Idempotency-Key": "k1"})

    assert (again.status_code, again.json()["replayed"]) == (200, True)
    assert again.json()["commandId"] == first.json()["commandId"]
    assert len(honest.send("GET", "/members/m1/runs").json()["runs"]) == 1
    assert honest.invoke("m1", "other", headers=key).json()["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_pages_walk_the_roster_once(honest: Caller) -> None:
    for number in range(5):
        honest.member(f"m{number}")
    seen: list[str] = []
    token = ""
    for _ in range(3):
        page = honest.send("GET", "/members?pageSize=2" + token).json()
        seen += [row["memberId"] for row in page["members"]]
        token = f"&pageToken={page['nextPageToken']}"

    assert seen == ["m0", "m1", "m2", "m3", "m4"]
    assert page["nextPageToken"] is None
    assert honest.send("GET", "/members?pageToken=x").json()["code"] == "INVALID_PAGE_TOKEN"


def test_a_passed_deadline_is_timed_out_and_corrected_once(
    reference_server: Start, calling: Calling
) -> None:
    caller = calling(reference_server("--lag", "5", "--deadline", "200"))
    caller.member("m1", SLOW)

    answer = caller.invoke("m1")
    late = caller.followed(answer)
    time.sleep(0.4)
    corrected = caller.http.get(answer.json()["statusUrl"]).json()

    assert (late["status"], late["failure"]["effect"]) == ("timed_out", "committed")
    assert (corrected["status"], "failure" in corrected) == ("ready", False)


def test_the_synchronous_variant_claims_only_what_can_be_read(
    reference_server: Start, calling: Calling
) -> None:
    caller = calling(reference_server("--variant", "synchronous"))
    fields = {"memberId": "m1", "displayName": "M", "implementationKind": "workflow"}

    created = caller.send("POST", "/members", fields)
    assert (created.status_code, created.headers["location"]) == (201, f"{SCOPE}/members/m1")
    assert caller.http.get(created.headers["location"]).status_code == 200
    assert caller.bind("m1", GREET).json()["status"] == "ready"
    assert caller.bind("m1", "steps", "r2").json()["status"] == "failed"
    assert caller.invoke("m1").json()["stage"] == "ready"


def test_a_scope_needs_its_token_below_a_prefix(
    reference_server: Start, calling: Calling, tmp_path: Path
) -> None:
    tokens = tmp_path / "tokens.json"
    tokens.write_text('{"secret": {"principal": "p1", "scopes": ["s1"]}}')
    url = reference_server("--token-file", str(tokens), "--path-prefix", "/base")
    scope = "/base" + SCOPE
    bearer = {"Authorization": "Bearer secret"}

    stranger = calling(url.removesuffix("/base"), scope).send("GET", "/members")
    elsewhere = calling(url.removesuffix("/base"), "/base/api/scopes/s2", bearer)
    owner = calling(url.removesuffix("/base"), scope, bearer)

    assert (stranger.status_code, "www-authenticate" in stranger.headers) == (401, True)
    assert elsewhere.send("GET", "/members").json()["code"] == "SCOPE_ACCESS_DENIED"
    owner.member("m1", GREET)
    offer = owner.send("GET", "/members/m1/endpoints/chat/contract").json()
    assert owner.http.post(offer["invokePath"], json={"prompt": "hi"}).status_code == 202


def test_a_scoped_fault_shows_in_its_own_scope_only(
    reference_server: Start, calling: Calling
) -> None:
    url = reference_server("--scoped-faults", "--lag", "5")
    verdicts = {}
    for scope in ("s1", "fault-calls-a-failed-run-ready"):
        caller = calling(url, f"/api/scopes/{scope}")
        caller.member("m1", POISON)
        verdicts[scope] = caller.followed(caller.invoke("m1", prompt=""))["status"]

    assert verdicts == {"s1": "failed", "fault-calls-a-failed-run-ready": "ready"}


def test_the_resolver_fault_sends_the_run_to_the_decoy(
    reference_server: Start, calling: Calling
) -> None:
    caller = calling(reference_server("--fault", "invoke-resolves-to-bare-member-id"))
    caller.member("m1", GREET)
    decoy = {"serviceId": "m1", "implementationKind": "workflow"}
    caller.send("PUT", "/binding", {**decoy, "workflowYamls": [POISON]})

    status = caller.followed(caller.invoke("m1"))

    assert status["target"]["publishedServiceId"] == "m1"


def test_a_late_status_is_404_first_and_known_afterwards(
    reference_server: Start, calling: Calling
) -> None:
    caller = calling(reference_server("--fault", "registers-status-late"))
    fields = {"displayName": "M", "implementationKind": "workflow"}

    answer = caller.send("POST", "/members", fields)

    assert caller.http.get(answer.json()["statusUrl"]).status_code == 404
    time.sleep(0.25)
    assert caller.http.get(answer.json()["statusUrl"]).status_code == 200
