"""Commands that are accepted and then fail."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import UNPREPARABLE, Api, How, Implementation, Settled
from conformance.checks import (
    Judged,
    Judgement,
    Judgements,
    Missing,
    OtherBranch,
    Scenario,
    scenario,
)
from conformance.exchange import Exchange
from conformance.history import instant, not_offered, rank
from conformance.refusals import REFUSALS

TURNED_AWAY: Final = (*REFUSALS, 404)
TOO_EARLY: Final = ("STUDIO_MEMBER_NOT_BOUND", "STUDIO_MEMBER_NOT_READY")
ELSEWHERE: Final = ("STUDIO_MEMBER_ENDPOINT_NOT_FOUND", "INVALID_STUDIO_MEMBER_INVOKE_REQUEST")
READ_AGAIN: Final = 5
CONFLICT: Final = re.compile("CONFLICT|DUPLICATE|EXISTS|IDEMPOTENCY")
NOT_WELL: Final = ("failed", "stopped", "timed_out")
SUMMARY: Final = (
    "memberId",
    "displayName",
    "description",
    "implementationKind",
    "lifecycleStage",
    "publishedServiceId",
    "lastBoundRevisionId",
    "createdAt",
)
REFERENCE: Final = ("implementationKind", "workflowId", "scriptId", "actorTypeName")
BINDING: Final = ("publishedServiceId", "revisionId", "implementationKind", "boundAt")
REVISION: Final = ("revisionId", "status", "isServing")


@scenario("FLR-01", requests=19, writes=3, leaves=1)
def a_poisoned_invoke_ends_failed(api: Api) -> Judgements:
    yield from _ends_failed(api, _poisoned(api), None)


@scenario("FLR-02", requests=14, writes=3, leaves=1)
def the_failure_of_a_poisoned_invoke_is_whole(api: Api) -> Judgements:
    write = _poisoned(api)
    if not write.ok:
        yield refused_now(write)
        return
    settled = api.verdict_of(write)
    if settled.ending in {"failed", "timed_out"} and settled.failure:
        wanted = ("code", "message", "stage", "retryable", "effect", "occurredAt")
        missing = [name for name in wanted if name not in settled.failure]
        if instant(settled.failure.get("occurredAt")) is None:
            missing.append("an instant in occurredAt")
        yield expect.that(
            not missing, "a whole failure", f"it lacks {', '.join(missing)}", settled.last
        )
    else:
        what = f"the poisoned invoke ended {settled.ending} and shows no failure"
        yield Missing(what, (write, settled.last))


@scenario("FLR-03", requests=19, writes=7, leaves=2)
def the_same_poison_fails_with_the_same_code(api: Api) -> Judgements:
    broken = api.unpreparable
    bare_id = api.member(broken.kind).member_id
    yield _fails_alike(api, lambda: api.send.bind_member(bare_id, broken.branch))
    poison = api.fixture("poison")
    member_id = api.bound_member("poison").member_id
    yield _fails_alike(api, lambda: api.invoke(member_id, poison))


def _fails_alike(api: Api, ask: Callable[[], Exchange]) -> Judgement:
    ends = []
    for _ in range(2):
        write = ask()
        if not write.ok:
            return refused_now(write)
        ends.append(api.verdict_of(write))
    first, second = ends
    if (first.ending, second.ending) != ("failed", "failed"):
        what = f"{first.write.line} ended {first.ending}, and once more {second.ending}"
        return Missing(what, (first.last, second.last))
    code, again = (one.failure.get("code") for one in (first, second))
    what = "failure.code of the same poison once more"
    return expect.equal(again, code, what, first.last, second.last)


@scenario("FLR-04", requests=18, writes=5, leaves=1)
def a_failure_without_effect_changes_nothing(api: Api) -> Judgements:
    broken = api.unpreparable
    member_id = api.member(broken.kind).member_id
    for ask in _doomed(api, member_id, broken):
        before = _shown(api, member_id)
        write = ask()
        if not write.ok:
            yield _turned_away(write)
            continue
        settled = api.verdict_of(write)
        if settled.ending != "failed" or settled.failure.get("effect") != "none":
            what = f"{write.line} ended {settled.told}, and does not say that nothing stands"
            yield Missing(what, (write, settled.last))
            continue
        yield from _is_unchanged(api, settled, before)


def _doomed(api: Api, member_id: str, broken: Implementation) -> tuple[Callable[[], Exchange], ...]:
    """Return writes that a member without a binding cannot take."""
    return (
        lambda: api.send.activate_member_revision(member_id, "no-such-revision"),
        lambda: api.invoke(member_id, broken),
        lambda: api.send.bind_member(member_id, broken.branch),
    )


def _turned_away(write: Exchange) -> OtherBranch | Missing:
    if not_offered(write):
        return expect.branch("not_offered", write)
    if write.status in TURNED_AWAY and expect.code_of(write):
        return expect.branch("refused_synchronously", write)
    return Missing(f"it was neither accepted nor refused: {write.line}", (write,))


Shown = Mapping[str, tuple[object, Exchange]]


def _shown(api: Api, member_id: str) -> Shown:
    """Read what the contract names of a member and its revisions, and the version."""
    detail = api.read(member_id).shown_by
    revisions = api.send.list_member_revisions(member_id)
    rows = revisions.members.get("revisions")
    listed = [_only(REVISION, row) for row in rows] if isinstance(rows, list) else None
    return {
        "summary": (_only(SUMMARY, detail.members["summary"]), detail),
        "implementationRef": (_only(REFERENCE, detail.members.get("implementationRef")), detail),
        "lastBinding": (_only(BINDING, detail.members.get("lastBinding")), detail),
        "revisions": (listed, revisions),
        "stateVersion": (detail.members.get("stateVersion"), detail),
    }


def _only(names: Collection[str], value: object) -> dict[str, Any] | None:
    return {name: value.get(name) for name in names} if isinstance(value, dict) else None


def _is_unchanged(api: Api, settled: Settled, before: Shown) -> Judgements:
    """Compare what is shown at once, and once readers are sure to see what came before.

    A rename to the name that is there ends behind whatever the failed command did. The version
    may grow by it, unless its status says that it changed nothing.
    """
    summary, _ = before["summary"]
    name = summary["displayName"] if isinstance(summary, dict) else None
    member_id = settled.write.parameters["memberId"]
    yield from _compared(settled, before, _shown(api, member_id), versioned=True)
    if not isinstance(name, str):
        return
    rename = api.send.update_member(member_id, {"displayName": name})
    behind = api.verdict_of(rename, lambda: api.is_called(member_id, name)) if rename.ok else None
    noop = behind is not None and behind.last.members.get("noop") is True
    yield from _compared(settled, before, _shown(api, member_id), versioned=noop)


def _compared(settled: Settled, before: Shown, after: Shown, *, versioned: bool) -> Judgements:
    for what, (value, earlier) in before.items():
        met, later = after[what]
        comparable = earlier.ok and later.ok and (versioned or what != "stateVersion")
        if comparable:
            said = f"{what} after a failure with effect none"
            yield expect.equal(met, value, said, earlier, settled.last, later)


@scenario("FLR-05", requests=6, writes=2, leaves=1)
def a_bind_that_breaks_half_way_ends_partial(api: Api) -> Judgements:
    half = api.fixture("partial")
    member_id = api.member(half.kind).member_id
    write = api.send.bind_member(member_id, dict(half.branch))
    if not write.ok:
        yield refused_now(write)
        return
    settled = api.verdict_of(write)
    effect = settled.failure.get("effect")
    if settled.ending != "failed" or effect not in ("partial", "none"):
        what = f"what the half bind left cannot be told: it ended {settled.told}, effect {effect}"
        yield Missing(what, (write, settled.last))
        return
    revisions = api.send.list_member_revisions(member_id)
    left = revisions.members.get("revisions") if revisions.ok else None
    if effect == "none" and not left:
        yield expect.branch("all_or_nothing", settled.last, revisions)
        return
    actual = f"effect {effect}, and the revisions {expect.shown(left)}"
    expected = "effect partial, or nothing left of a bind that broke half way"
    yield expect.that(effect == "partial", expected, actual, write, settled.last, revisions)


@scenario("FLR-06", requests=21, writes=6, leaves=1)
def what_is_called_retryable_may_be_sent_again(api: Api) -> Judgements:
    poison = api.fixture("poison")
    member_id, bind = api.bound_member("poison").member_id, api.send.bind_member
    yield from _sent_again(api, lambda how: api.invoke(member_id, poison, how))
    for body in _broken_binds(api, poison.kind):
        named = {**body, "revisionId": api.names.fresh()}
        yield from _sent_again(api, partial(bind, member_id, named))


def _broken_binds(api: Api, kind: str) -> Iterator[Mapping[str, Any]]:
    half = api.target.partial
    if half and half.kind == kind:
        yield half.branch
    yield UNPREPARABLE[kind]


def _sent_again(api: Api, ask: Callable[[How], Exchange]) -> Judgements:
    """Repeat a write under a new key, if its failure says that this is safe."""
    write = ask(How({"Idempotency-Key": api.names.fresh()}))
    if not write.ok:
        yield refused_now(write)
        return
    settled = api.verdict_of(write)
    if settled.ending != "failed":
        yield Missing(f"{write.line} ended {settled.told}", (write, settled.last))
        return
    if settled.failure.get("retryable") is not True:
        yield expect.branch("nothing_retryable", settled.last)
        return
    before = _revision_ids(api, write)
    again = ask(How({"Idempotency-Key": api.names.fresh()}))
    code = api.refusal_of(again)
    expected = "no conflict when what is called retryable is sent again"
    yield expect.that(not CONFLICT.search(code), expected, code, settled.last, again)
    more = Counter(_revision_ids(api, write)) - Counter(
        {*before, str(write.given.get("revisionId"))}
    )
    expected = "no second revision by the repetition"
    yield expect.that(not more, expected, ", ".join(more), settled.last, again)


def _revision_ids(api: Api, write: Exchange) -> list[str]:
    rows = api.send.list_member_revisions(write.parameters["memberId"]).members.get("revisions")
    listed = rows if isinstance(rows, list) else []
    ids = [row.get("revisionId") for row in listed if isinstance(row, dict)]
    return [one for one in ids if isinstance(one, str)]


@scenario("FLR-07", requests=13, writes=2, leaves=1)
def a_bind_that_cannot_be_prepared_ends_failed(api: Api) -> Judgements:
    broken = api.unpreparable
    member_id = api.member(broken.kind).member_id
    write = api.send.bind_member(member_id, broken.branch)
    yield from _ends_failed(api, write, lambda: api.invoke(member_id, broken))


@scenario("FLR-08", requests=13, writes=3, leaves=1)
def a_failed_run_reads_the_same_in_three_places(api: Api) -> Judgements:
    write = _poisoned(api)
    if not write.ok:
        yield refused_now(write)
        return
    settled = api.verdict_of(write)
    if settled.ending != "failed" or rank(settled.failure.get("stage")) < rank("observed"):
        what = f"the poisoned invoke ended {settled.told}: no run that could be read had failed"
        yield Missing(what, (write, settled.last))
        return
    run = api.run_in(settled)
    yield _reads_failed(api, settled, "the run", lambda: api.send.follow(run.request.url, run))
    member_id = write.parameters["memberId"]
    listed = partial(api.send.list_member_runs, member_id)
    yield _reads_failed(api, settled, "the row in the member's runs", listed)


def _reads_failed(
    api: Api, settled: Settled, what: str, read: Callable[[], Exchange]
) -> Judged | Missing | OtherBranch:
    """Judge that a place agrees with a failed status, by the command's deadline at the latest."""
    code = settled.failure.get("code")

    def agrees() -> Exchange | None:
        shown = read()
        unsaid = _code(_told_of(shown, settled)) in (None, code)
        word = _word(_told_of(shown, settled))
        return shown if not_offered(shown) or (word in NOT_WELL and unsaid) else None

    agreed = api.awaited(settled.write, agrees)
    last = agreed or read()
    if not_offered(last):
        return expect.branch("not_offered", last)
    if agreed is None and api.deadline(settled.write) > api.target.completion_limit:
        limit = "the run's limit came before the published deadline"
        return Missing(f"{limit}: {what} did not agree yet", (settled.last, last))
    told = _told_of(last, settled)
    actual = f"{_word(told)} with code {_code(told)}: {last.line}"
    expected = f"{what} says failed with code {code}, as the status does"
    return expect.that(agreed, expected, actual, settled.write, settled.last, last)


def _told_of(read: Exchange, settled: Settled) -> Mapping[str, Any]:
    """Return the run's document: the answer itself, or its row for the command."""
    rows = read.members.get("runs")
    if not isinstance(rows, list):
        return read.members
    ids = (settled.target.get("runId"), settled.write.members.get("commandId"))
    named = [one for one in ids if one is not None]
    known = [row for row in rows if isinstance(row, dict)]
    own = (row for row in known if row.get("runId") in named or row.get("commandId") in named)
    return next(own, known[0] if len(known) == 1 else {})


def _word(run: Mapping[str, Any]) -> object:
    return run.get("runStatus", run.get("status"))


def _code(run: Mapping[str, Any]) -> object:
    failure = run.get("failure")
    return failure.get("code") if isinstance(failure, dict) else None


def _poisoned(api: Api) -> Exchange:
    poison = api.fixture("poison")
    member = api.bound_member("poison")
    return api.invoke(member.member_id, poison)


def _ends_failed(api: Api, write: Exchange, use: Callable[[], Exchange] | None) -> Judgements:
    """Follow a poisoned write; `use` tries what came of it, where ready could be true as well."""
    if not write.ok:
        yield refused_now(write)
        return
    settled = api.verdict_of(write)
    for _ in range(READ_AGAIN):
        api.look_up(write)
    if settled.ending == "ready" and use:
        yield _usable(settled, use())
    else:
        yield _failed(settled)


def refused_now(write: Exchange) -> OtherBranch | Missing:
    """Note that a poison was refused before it was accepted, if it was for its own sake."""
    if write.status in REFUSALS and expect.code_of(write) not in {"", *TOO_EARLY}:
        return expect.branch("refused_synchronously", write)
    what = f"the poison was neither accepted nor refused: {write.line} {expect.answer(write)}"
    return Missing(what, (write,))


def _usable(settled: Settled, used: Exchange) -> Judged | Missing:
    if used.ok or used.status not in REFUSALS or expect.code_of(used) in ELSEWHERE:
        what = f"nothing failed: {settled.write.line} ended ready, and then {used.line}"
        return Missing(what, (settled.write, used))
    expected = "its statusUrl ends failed, or what it calls ready can be invoked"
    return expect.that(False, expected, expect.answer(used), settled.write, settled.last, used)  # noqa: FBT003


def _failed(settled: Settled) -> Judged | Missing:
    if settled.ending in {"undecided", "unreadable", "timed_out"}:
        what = f"what became of {settled.write.line} cannot be told: {settled.ending}"
        return Missing(what, (settled.write, settled.last))
    expected = "its statusUrl ends at status failed with a failure"
    actual = f"{settled.ending}: {settled.last.line}"
    held = settled.ending == "failed" and settled.failure
    return expect.that(held, expected, actual, settled.write, settled.last)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_poisoned_invoke_ends_failed,
    the_failure_of_a_poisoned_invoke_is_whole,
    the_same_poison_fails_with_the_same_code,
    a_failure_without_effect_changes_nothing,
    a_bind_that_breaks_half_way_ends_partial,
    what_is_called_retryable_may_be_sent_again,
    a_bind_that_cannot_be_prepared_ends_failed,
    a_failed_run_reads_the_same_in_three_places,
)
