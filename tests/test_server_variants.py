"""Each variant differs from the reference server on the wire as its sentence says."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from reference_server.variants import CONTRADICTIONS, VARIANTS, composed, contradiction

Document = dict[str, Any]

GREET = "name: greet\nsteps: [{id: shout, type: transform, parameters: {op: uppercase}}]"
POISON = "name: poison\nsteps: [{id: g, type: guard, parameters: {check: not_empty}}]"
BROKEN = "name: broken\nsteps: [{id: one, type: no-such-step}]"
HONEST = "honest"


class Caller:
    """A client of one scope, and so of one variant."""

    def __init__(self, base: str, scope: str) -> None:
        self.http = httpx.Client(base_url=base)
        self.scope = f"/base/api/scopes/{scope.replace('+', '%2B')}"

    def sends(self, method: str, path: str, **how: Any) -> httpx.Response:  # noqa: ANN401  # httpx's own
        return self.http.request(method, self.scope + path, **how)

    def creates(self, member_id: str, **how: Any) -> httpx.Response:  # noqa: ANN401  # httpx's own
        body = {"memberId": member_id, "displayName": "Greeter", "implementationKind": "workflow"}
        return self.sends("POST", "/members", json=body, **how)

    def binds(self, member_id: str, source: str = GREET) -> httpx.Response:
        body = {"workflow": {"workflowYamls": [source]}}
        return self.sends("PUT", f"/members/{member_id}/binding", json=body)

    def ends(self, answer: httpx.Response) -> Document:
        """Poll the status of an accepted write until it is terminal."""
        assert answer.status_code == 202, answer.text
        url = answer.json()["statusUrl"]
        while (status := self.http.get(url).json())["status"] == "pending":
            time.sleep(0.005)
        return dict(status)

    def bound(self, source: str = GREET) -> str:
        """Create and bind a member; give its id."""
        created = self.ends(self.creates("m1"))
        member_id = str(created["target"]["memberId"])
        assert self.ends(self.binds(member_id, source))["status"] == "ready"
        return member_id

    def invokes(self, member_id: str, prompt: str = "hello") -> httpx.Response:
        return self.sends("POST", f"/members/{member_id}/invoke/chat", json={"prompt": prompt})


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    command = [sys.executable, "-m", "reference_server", "--no-auth", "--port=0", "--lag=20"]
    served = [*command, "--scoped-variants", "--path-prefix=/base", "--deadline=2000"]
    with subprocess.Popen(served, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield str(json.loads(process.stdout.readline())["url"]).removesuffix("/base")
        process.terminate()


@pytest.fixture
def behaving(base: str, request: pytest.FixtureRequest) -> Callable[[str], Caller]:
    """Give a client of a fresh server that behaves as the variant: behaving("synchronous")."""

    def client(variant: str) -> Caller:
        caller = Caller(base, "honest" if variant == HONEST else f"variant-{variant}")
        request.addfinalizer(caller.http.close)
        return caller

    return client


Behaving = Callable[[str], Caller]


def test_foresees_failures_refuses_poison_before_it_is_accepted(behaving: Behaving) -> None:
    caller = behaving("foresees-failures")
    member_id = caller.bound(POISON)

    poisoned, unusable = caller.invokes(member_id, ""), caller.binds(member_id, BROKEN)

    assert (poisoned.status_code, unusable.status_code) == (400, 400)
    assert poisoned.json()["code"] == "INVALID_STUDIO_MEMBER_INVOKE_REQUEST"
    assert unusable.json()["code"] == "INVALID_STUDIO_MEMBER_BINDING"
    assert caller.sends("GET", f"/members/{member_id}/runs").json()["runs"] == []


def test_refuses_after_acceptance_accepts_what_it_will_refuse(behaving: Behaving) -> None:
    caller = behaving("refuses-after-acceptance")
    created = caller.ends(caller.creates("known"))

    ends = [
        caller.ends(caller.invokes("nobody")),
        caller.ends(caller.binds("nobody")),
        caller.ends(caller.invokes("known")),
        caller.ends(caller.sends("POST", "/members/known/binding/revisions/r9:activate")),
        caller.ends(caller.sends("POST", "/members/nobody/binding/revisions/r9:retire")),
    ]

    assert created["status"] == "ready"
    assert {one["status"] for one in ends} == {"failed"}
    assert [one["failure"]["code"] for one in ends] == [
        "STUDIO_MEMBER_NOT_FOUND",
        "STUDIO_MEMBER_NOT_FOUND",
        "STUDIO_MEMBER_NOT_BOUND",
        "STUDIO_MEMBER_NOT_BOUND",
        "STUDIO_MEMBER_NOT_FOUND",
    ]


@pytest.mark.parametrize(
    ("variant", "stage", "status"),
    [(HONEST, "observed", 200), ("replays-first-receipt", "accepted", 202)],
)
def test_a_repeated_request_is_answered_as_then_or_as_now(
    behaving: Behaving, variant: str, stage: str, status: int
) -> None:
    caller = behaving(variant)
    first = caller.creates("again", headers={"Idempotency-Key": "k1"})
    caller.ends(first)

    second = caller.creates("again", headers={"Idempotency-Key": "k1"})

    assert second.json()["commandId"] == first.json()["commandId"]
    assert (second.status_code, second.json()["stage"]) == (status, stage)
    assert second.json()["replayed"] is True


@pytest.mark.parametrize(
    ("variant", "accepted", "media_type"),
    [
        ("plain-json-problems", "*/*", "application/json"),
        ("problem-json-problems", "application/json", "application/problem+json"),
    ],
)
def test_problems_come_in_the_one_media_type(
    behaving: Behaving, variant: str, accepted: str, media_type: str
) -> None:
    answer = behaving(variant).sends("GET", "/members/nobody", headers={"Accept": accepted})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == media_type


@pytest.mark.parametrize(
    ("variant", "unbound", "unknown"),
    [(HONEST, 409, 404), ("bad-requests", 400, 400), ("not-founds", 404, 404)],
)
def test_unusable_revisions_are_refused_with_the_variants_status(
    behaving: Behaving, variant: str, unbound: int, unknown: int
) -> None:
    caller = behaving(variant)
    caller.ends(caller.creates("unbound"))
    member_id = caller.bound()
    path = "binding/revisions/r9:activate"

    answers = [caller.sends("POST", f"/members/{one}/{path}") for one in ("unbound", member_id)]

    assert [one.status_code for one in answers] == [unbound, unknown]
    assert answers[0].json()["code"] == "STUDIO_MEMBER_NOT_BOUND"
    assert answers[1].json()["code"] == "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND"


def test_unprocessable_contents_answers_422_and_409(behaving: Behaving) -> None:
    caller = behaving("unprocessable-contents")
    caller.ends(caller.creates("m2"))

    empty = caller.sends("PUT", "/members/m2/binding", json={})
    stale = caller.sends(
        "PATCH", "/members/m2", json={"displayName": "New"}, headers={"If-Match": '"9"'}
    )

    assert (empty.status_code, stale.status_code) == (422, 409)
    assert stale.json()["code"] == "STATE_VERSION_MISMATCH"


def test_absolute_urls_carry_scheme_and_host_and_prefix(base: str, behaving: Behaving) -> None:
    answer = behaving("absolute-urls").creates("m3")

    url = answer.json()["statusUrl"]
    assert url.startswith(f"{base}/base/api/scopes/")
    assert answer.headers["location"] == url
    assert answer.headers["link"] == f'<{url}>; rel="status"'


def test_opaque_service_ids_converge_on_a_repeated_create(behaving: Behaving) -> None:
    caller = behaving("opaque-service-ids")
    first, second = caller.ends(caller.creates("m4")), caller.ends(caller.creates("m4"))

    service_id = first["target"]["publishedServiceId"]
    taken = {"implementationKind": "workflow", "workflow": {"workflowYamls": [GREET]}}
    refused = caller.sends("PUT", "/binding", json={**taken, "serviceId": service_id})

    assert "m4" not in service_id
    assert second["target"]["publishedServiceId"] == service_id
    assert refused.json()["code"] == "INVALID_SCOPE_BINDING_REQUEST"


def test_own_member_ids_are_not_the_clients(behaving: Behaving) -> None:
    caller = behaving("own-member-ids")

    made = str(caller.ends(caller.creates("wished"))["target"]["memberId"])

    assert made.startswith("own-")
    assert caller.sends("GET", "/members/wished").status_code == 404
    assert caller.sends("GET", f"/members/{made}").status_code == 200


def test_late_run_ids_are_told_from_committed_on(behaving: Behaving) -> None:
    caller = behaving("late-run-ids")
    invoked = caller.invokes(caller.bound())

    ended = caller.ends(invoked)

    assert invoked.json()["stage"] == "accepted"
    assert "runId" not in invoked.text
    assert ended["target"]["runId"] in ended["readModelUrl"]


@pytest.mark.parametrize(("prompt", "word"), [("hello", "completed"), ("", "failed")])
def test_a_run_that_is_the_status_says_both(behaving: Behaving, prompt: str, word: str) -> None:
    caller = behaving("run-is-status")
    source = GREET if prompt else POISON
    invoked = caller.invokes(caller.bound(source), prompt)

    at_once = caller.http.get(invoked.json()["statusUrl"])
    ended = caller.ends(invoked)

    assert at_once.status_code == 200
    assert at_once.json()["commandId"] == invoked.json()["commandId"]
    assert ended["statusUrl"] == ended["readModelUrl"] == invoked.headers["location"]
    assert (ended["runStatus"], ended["stateVersion"]) == (word, 1)
    assert ended["runVersion"] > 1
    assert ("failure" in ended) == (word == "failed")


def test_bare_documents_have_only_what_is_owed(behaving: Behaving) -> None:
    caller = behaving("bare-documents")
    created = caller.creates("m5")

    status = caller.ends(created)
    read = caller.sends("GET", "/members/m5")

    assert not {"history", "expiresAt", "observeUrl"} & {*status, *created.json()}
    assert not {"etag", "link"} & {*created.headers, *read.headers}


def test_no_deadlines_publishes_none(behaving: Behaving) -> None:
    caller = behaving("no-deadlines")
    created = caller.creates("m6")

    assert "deadlineAt" not in created.json()
    assert "deadlineAt" not in caller.ends(created)


@pytest.mark.parametrize(
    ("variant", "status"), [(HONEST, 400), ("trims-ids", 200), ("refuses-padded-ids", 404)]
)
def test_a_padded_id_is_trimmed_or_refused(behaving: Behaving, variant: str, status: int) -> None:
    caller = behaving(variant)
    caller.ends(caller.creates("padded"))

    assert caller.sends("GET", "/members/%20padded%20").status_code == status


@pytest.mark.parametrize(
    ("variant", "word"), [("latches-timeouts", "timed_out"), ("corrects-timeouts", "ready")]
)
def test_a_timed_out_operation_stays_or_is_corrected(
    behaving: Behaving, variant: str, word: str
) -> None:
    caller = behaving(variant)
    slow = "name: slow\nsteps: [{id: d, type: delay, parameters: {duration_ms: 2100}}]"
    invoked = caller.invokes(caller.bound(slow))
    assert caller.ends(invoked)["status"] == "timed_out"

    time.sleep(0.3)

    assert caller.http.get(invoked.json()["statusUrl"]).json()["status"] == word


def test_keeps_statuses_briefly_forgets_one_as_it_published(behaving: Behaving) -> None:
    caller = behaving("keeps-statuses-briefly")
    created = caller.creates("brief")
    caller.ends(created)

    time.sleep(2.4)

    read = caller.http.get(created.json()["statusUrl"])
    assert (read.status_code, read.json()["code"]) == (410, "OPERATION_EXPIRED")


def test_pages_of_fifty_cuts_a_larger_page(behaving: Behaving) -> None:
    caller = behaving("pages-of-fifty")
    for created in [caller.creates(f"page-{number}") for number in range(51)]:
        caller.ends(created)

    page = caller.sends("GET", "/members?pageSize=200").json()

    assert len(page["members"]) == 50
    assert page["nextPageToken"]


@pytest.mark.parametrize(
    ("variant", "large", "zero"), [(HONEST, 200, 400), ("refuses-large-pages", 400, 200)]
)
def test_other_page_sizes_are_clamped_or_refused(
    behaving: Behaving, variant: str, large: int, zero: int
) -> None:
    caller = behaving(variant)

    assert caller.sends("GET", "/members?pageSize=201").status_code == large
    assert caller.sends("GET", "/members?pageSize=0").status_code == zero


def test_ok_throughout_answers_a_create_200_when_it_is_done(behaving: Behaving) -> None:
    answer = behaving("ok-throughout").creates("done")

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert "location" not in answer.headers


def test_creates_at_once_waits_for_a_create_and_not_for_a_bind(behaving: Behaving) -> None:
    caller = behaving("creates-at-once")

    assert caller.creates("quick").status_code == 200
    assert caller.binds("quick").status_code == 202


def test_float_versions_and_other_instants_are_the_same_values(behaving: Behaving) -> None:
    caller = behaving("float-versions+other-instants")
    read = caller.http.get(caller.ends(caller.creates("m9"))["readModelUrl"])

    assert '"stateVersion":1.0' in read.text
    assert read.json()["summary"]["createdAt"].endswith("+05:30")


def test_opaque_tags_are_taken_back_and_no_others(behaving: Behaving) -> None:
    caller = behaving("opaque-tags")
    caller.ends(caller.creates("m10"))
    tag = caller.sends("GET", "/members/m10").headers["etag"]

    def patched(given: str) -> int:
        change = {"displayName": f"As of {given}"}
        headers = {"If-Match": given}
        return caller.sends("PATCH", "/members/m10", json=change, headers=headers).status_code

    assert tag != '"1"'
    assert [patched('"1"'), patched(tag)] == [412, 202]


@pytest.mark.parametrize(
    ("variant", "statuses"), [("limits-rates", {429}), ("gateway-errors", {502, 503, 504})]
)
def test_a_gateway_fails_now_and_then(behaving: Behaving, variant: str, statuses: set[int]) -> None:
    caller = behaving(variant)

    seen = [caller.sends("GET", "/members").status_code for _ in range(40)]

    failed = [status for status in seen if status != 200]
    assert len(failed) == 2
    assert set(failed) <= statuses


def test_a_gateway_loses_the_answer_to_a_write_that_was_done(behaving: Behaving) -> None:
    caller = behaving("gateway-errors")
    for number in range(60):
        assert caller.creates(f"before-{number}").status_code == 202
    body = {"displayName": "Lost", "implementationKind": "workflow", "memberId": "lost"}
    key = {"Idempotency-Key": '"k-1"'}

    lost = caller.sends("POST", "/members", json=body, headers=key)
    again = caller.sends("POST", "/members", json=body, headers=key)

    assert lost.status_code in {502, 503, 504}
    assert again.json()["replayed"] is True


def test_newest_first_turns_the_roster_round(behaving: Behaving) -> None:
    caller = behaving("newest-first")
    for member_id in ("older", "newer"):
        caller.ends(caller.creates(member_id))

    rows = caller.sends("GET", "/members").json()["members"]

    assert [row["memberId"] for row in rows] == ["newer", "older"]


def test_older_runs_carry_their_word_as_status(behaving: Behaving) -> None:
    caller = behaving("older-runs")
    ended = caller.ends(caller.invokes(caller.bound(POISON), ""))

    run = caller.http.get(ended["readModelUrl"]).json()

    assert run["status"] == "failed"
    assert run["lastError"].startswith("RUN_FAILED: ")
    assert not {"runStatus", "failure"} & set(run)


@pytest.mark.parametrize(("variant", "status"), [(HONEST, 202), ("strict-kinds", 400)])
def test_a_kind_in_another_case_is_taken_or_refused(
    behaving: Behaving, variant: str, status: int
) -> None:
    body = {"displayName": "Greeter", "implementationKind": "Workflow"}

    assert behaving(variant).sends("POST", "/members", json=body).status_code == status


@pytest.mark.parametrize(
    ("variant", "kind"), [("scripts-only", "script"), ("actors-only", "gagent")]
)
def test_a_server_of_one_kind_refuses_members_of_the_others(
    behaving: Behaving, variant: str, kind: str
) -> None:
    caller = behaving(variant)
    bodies = [
        {"displayName": "Greeter", "implementationKind": one}
        for one in ("workflow", "script", "gagent")
    ]

    answers = [caller.sends("POST", "/members", json=body) for body in bodies]

    taken = [
        body["implementationKind"]
        for body, one in zip(bodies, answers, strict=True)
        if one.is_success
    ]
    assert taken == [kind]
    assert {one.json().get("code") for one in answers} == {None, "INVALID_STUDIO_MEMBER_REQUEST"}


def test_a_create_without_an_id_is_refused_where_ids_are_the_clients(behaving: Behaving) -> None:
    caller = behaving("needs-member-ids")

    answer = caller.sends(
        "POST", "/members", json={"displayName": "Greeter", "implementationKind": "workflow"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_STUDIO_MEMBER_REQUEST")
    assert caller.bound()


def test_offers_less_says_so_before_it_looks_for_anything(behaving: Behaving) -> None:
    caller = behaving("offers-less")

    answer = caller.sends("GET", "/members/nobody/binding/revisions")

    assert (answer.status_code, answer.json()["code"]) == (501, "NOT_IMPLEMENTED")
    assert caller.bound()


def test_deletes_nothing_refuses_a_delete_as_a_framework_does(behaving: Behaving) -> None:
    caller = behaving("deletes-nothing")
    member_id = caller.bound()

    answer = caller.sends("DELETE", f"/members/{member_id}")

    assert (answer.status_code, answer.content) == (405, b"")
    assert caller.sends("GET", f"/members/{member_id}").status_code == 200


def test_extra_members_stand_in_every_object(behaving: Behaving) -> None:
    caller = behaving("extra-members")
    caller.ends(caller.creates("m7"))

    read = caller.sends("GET", "/members/m7").json()
    refused = caller.sends("GET", "/members/nobody").json()

    assert "xVendorNote" in read
    assert "xVendorNote" in read["summary"]
    assert "xVendorNote" in refused


def test_writes_nulls_writes_one_for_each_optional_member_without_a_value(
    behaving: Behaving,
) -> None:
    caller = behaving("writes-nulls")
    accepted = caller.creates("m9")
    ended = caller.ends(accepted)

    refused = caller.sends("GET", "/members/nobody").json()

    for document in (accepted.json(), ended):
        assert document["failure"] is None
        assert document["target"]["runId"] is None
    assert accepted.json()["stateVersion"] is None
    assert ended["reason"] is None
    assert refused["errors"] is None


def test_two_variants_at_once_keep_both_sentences(behaving: Behaving) -> None:
    caller = behaving("absolute-urls+extra-members")

    answer = caller.creates("m8").json()

    assert answer["statusUrl"].startswith("http://")
    assert "xVendorNote" in answer["target"]


def test_every_variant_can_be_had_and_the_composed_one_inherits_all() -> None:
    for name, variant in VARIANTS.items():
        assert isinstance(composed((name,)), variant.behaviour)
    both = composed(("bad-requests", "extra-members"))
    assert isinstance(both, VARIANTS["bad-requests"].behaviour)
    assert isinstance(both, VARIANTS["extra-members"].behaviour)


def test_a_contradiction_is_found_in_either_order_and_names_two_variants() -> None:
    for found in CONTRADICTIONS:
        one, other = found.names()
        assert {one, other} <= set(VARIANTS)
        assert contradiction((one, other)) == contradiction((other, one)) == found
    assert contradiction(("synchronous", "extra-members")) is None
