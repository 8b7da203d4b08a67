"""The status of a command: what it says over time."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judged, Judgements, Missing, invariant
from conformance.exchange import Exchange
from conformance.history import (
    OK,
    STAGES,
    STATUSES,
    TERMINAL,
    TRANSPORT,
    TRUNCATION,
    OperationHistory,
    instant,
    kept_for,
    names_a_command,
    rank,
    retry_after,
)
from conformance.urls import absolute

POISON: Final = ("a_poisoned_invoke_ends_failed",)
SLOW: Final = ("a_slow_invoke_is_decided_by_its_deadline",)
SEE_OTHER: Final = 303
GONE: Final = (404, 410)
EXPIRED: Final = ("OPERATION_EXPIRED", "OPERATION_NOT_FOUND", "SERVICE_RUN_NOT_FOUND")
REPRODUCED: Final = 3
NOT_A_VERDICT: Final = (401, 403, 404, 410, *TRANSPORT)
LATCHED: Final = ("status", "stage")
IDENTITY: Final = ("commandId", "correlationId", "operation")


@invariant(
    "STA-01",
    over=OperationHistory,
    stimulus=(*EVERY_WRITE, *SLOW, *POISON),
    without_receipt=True,
)
def the_status_is_always_a_200_document(operation: OperationHistory) -> Judgements:
    for read in operation.status_reads:
        if read.status == OK:
            violations = operation.validators.shape("status", read.document)
            yield expect.valid(violations, "200 with an OperationStatus", read)
        elif _told_by_http(operation, read):
            expected = "200, whatever became of the command"
            yield expect.that(False, expected, expect.answer(read), read)  # noqa: FBT003
        else:
            yield Missing(f"the transport answered: {read.line}", (read,))
    if not operation.status_reads and operation.synchronous:
        yield expect.branch("synchronous_throughout", operation.receipt)


def _told_by_http(operation: OperationHistory, read: Exchange) -> bool:
    """Whether the API itself says by another status than 200 what it knows of the command."""
    if read.ok or read.status == SEE_OTHER or names_a_command(read):
        return True
    if read.status in NOT_A_VERDICT:
        return False
    since = [one.status for one in operation.status_reads if one.sent >= read.sent]
    lasts = len(since) >= REPRODUCED and set(since) == {read.status}
    return lasts or bool(expect.code_of(read))


@invariant("STA-02", over=OperationHistory, stimulus=(*EVERY_WRITE, *SLOW), without_receipt=True)
def stage_never_decreases(operation: OperationHistory) -> Judgements:
    for earlier, later in operation.ordered_samples():
        before, after = earlier.members.get("stage"), later.members.get("stage")
        expected = f"{before} or a later stage"
        if before in STAGES:
            yield expect.that(rank(after) >= rank(before), expected, after, earlier, later)
    yield from _if_unread(operation)


@invariant("STA-03", over=OperationHistory, stimulus=(*EVERY_WRITE, *POISON), without_receipt=True)
def a_verdict_stays(operation: OperationHistory) -> Judgements:
    for earlier, later in operation.ordered_samples():
        if earlier.members.get("status") in ("ready", "failed"):
            before, after = _latched(earlier), _latched(later)
            expected = f"as before: {_spelt(before)}"
            yield expect.that(before == after, expected, _spelt(after), earlier, later)
    yield from _if_unread(operation)


def _latched(sample: Exchange) -> dict[str, object]:
    failure = sample.members.get("failure")
    code = failure.get("code") if isinstance(failure, dict) else None
    completed = sample.members.get("completedAt")
    latched = {name: sample.members.get(name) for name in LATCHED}
    return latched | {"completedAt": instant(completed) or completed, "failure.code": code}


def _spelt(latched: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in latched.items() if value is not None)


@invariant("STA-04", over=OperationHistory, stimulus=SLOW)
def a_time_out_is_replaced_once_at_most(operation: OperationHistory) -> Judgements:
    seen = False
    for earlier, later in operation.ordered_samples():
        if earlier.members.get("status") == "timed_out":
            seen, met = True, later.members.get("status")
            yield expect.that(met in TERMINAL, "timed_out, ready or failed", met, earlier, later)
    if not seen:
        yield expect.branch("no_timed_out", operation.receipt)


@invariant("STA-05", over=OperationHistory, without_receipt=True)
def status_and_stage_are_a_legal_pair(operation: OperationHistory) -> Judgements:
    kinds = [(one, "receipt") for one in operation.acknowledgements]
    for claim, kind in (*kinds, *((one, "status") for one in operation.samples)):
        pair = {name: claim.members.get(name) for name in ("status", "stage", "completionStage")}
        if not _is_spelt_out(pair):
            continue
        violations = operation.validators.rule("STA-05", kind, claim.document)
        expected = "ready exactly when the stage has reached completionStage"
        yield expect.that(not violations, expected, pair, claim)


def _is_spelt_out(pair: Mapping[str, object]) -> bool:
    """Whether all three are words of the vocabulary; if not, that is for the document's shape."""
    stages = pair["stage"] in STAGES and pair["completionStage"] in STAGES[1:]
    return stages and pair["status"] in STATUSES


@invariant("STA-06", over=OperationHistory, stimulus=(*EVERY_WRITE, *SLOW))
def nothing_is_pending_past_its_deadline(operation: OperationHistory) -> Judgements:
    receipt, samples = operation.receipt, operation.samples
    accepted = instant(receipt.members.get("acceptedAt"))
    published = operation.first_of("deadlineAt")
    due = instant(published)
    limit = (due - accepted) if accepted and due else _seconds(operation.target.completion_limit)
    slack = max(operation.target.slack, 2 * retry_after(receipt))
    expected = (
        f"a verdict by deadlineAt {published}"
        if accepted and due
        else f"a verdict within the {limit.total_seconds():.0f} s of the target file's "
        "completion_limit (the server publishes no deadline)"
    )
    for read in samples[-1:]:
        elapsed = _seconds(read.sent - receipt.received)
        if read.members.get("status") in TERMINAL:
            yield expect.that(True, expected, "", receipt, read)  # noqa: FBT003
        elif elapsed > limit + _seconds(slack):
            late = f"pending {elapsed.total_seconds():.1f} s after it was accepted"
            yield expect.that(False, expected, late, receipt, read)  # noqa: FBT003
        else:
            yield Missing("the run's limit came before the published deadline", (receipt, read))
    yield from _if_unread(operation)


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@invariant("STA-07", over=OperationHistory, stimulus=SLOW)
def a_time_out_says_that_the_outcome_is_unknown(operation: OperationHistory) -> Judgements:
    timed_out = [one for one in operation.samples if one.members.get("status") == "timed_out"]
    for sample in timed_out:
        failure, stage = sample.members.get("failure"), sample.members.get("stage")
        told = failure if isinstance(failure, dict) else {}
        met = {name: told.get(name) for name in ("code", "effect", "stage")}
        proven = ("committed", "partial") if rank(stage) >= rank("committed") else ()
        held = met["code"] == "OPERATION_TIMED_OUT" and met["effect"] in ("unknown", *proven)
        effects = " or ".join(("unknown", *proven))
        expected = f"code OPERATION_TIMED_OUT, effect {effects}, stage {stage}"
        yield expect.that(held and met["stage"] == stage, expected, met, sample)
    if not timed_out:
        yield expect.branch("no_timed_out", operation.receipt)


@invariant("STA-08", over=OperationHistory, stimulus=(*EVERY_WRITE, *SLOW))
def a_status_is_kept_until_it_expires(operation: OperationHistory) -> Judgements:
    for known in operation.samples[:1]:
        for read in (one for one in operation.status_reads if one.sent >= known.received):
            if read.status == OK:
                yield expect.that(True, "200 as before", "", known, read)  # noqa: FBT003
            elif read.status in GONE:
                yield _gone(operation, known, read)
    yield from _if_unread(operation)


def _gone(operation: OperationHistory, known: Exchange, read: Exchange) -> Judged | Missing:
    """Judge a read that found no status any more by the expiry that was published last."""
    published = operation.published_expiry(read) or known
    lifetime = kept_for(published)
    if lifetime is None or not operation.may_have_expired(read):
        until = f"expiresAt {published.members['expiresAt']}" if lifetime else "the end of the run"
        lost = f"{expect.answer(read)} after it had been known"
        return expect.that(False, f"200 until {until}", lost, published, read)  # noqa: FBT003
    if _seconds(read.sent - operation.receipt.received) - TRUNCATION < lifetime:
        return Missing("the status went at about its expiresAt", (published, read))
    held = expect.code_of(read) in EXPIRED
    expected = "404 or 410 with OPERATION_EXPIRED or OPERATION_NOT_FOUND after its expiresAt"
    return expect.that(held, expected, expect.answer(read), published, read)


@invariant("STA-09", over=OperationHistory)
def the_status_keeps_the_identity_of_the_receipt(operation: OperationHistory) -> Judgements:
    receipt = operation.receipt
    for sample in operation.samples:
        pairs = {name: (receipt.members.get(name), sample.members.get(name)) for name in IDENTITY}
        changed = [_now(name, *pair) for name, pair in pairs.items() if pair[0] != pair[1]]
        changed += _changed(receipt.members.get("target"), sample.members.get("target"))
        urls = [one.members.get("statusUrl") for one in (receipt, sample)]
        origins = operation.target.own_origins
        if absolute(str(urls[0]), receipt, origins) != absolute(str(urls[1]), sample, origins):
            changed.append(_now("statusUrl", *urls))
        expected = "commandId, correlationId, operation, target and statusUrl as in the receipt"
        lacking = [name for name, pair in pairs.items() if pair == (None, None)]
        if lacking and not changed:
            yield Missing(f"neither document names {', '.join(lacking)}", (receipt, sample))
            continue
        yield expect.that(not changed, expected, "; ".join(changed), receipt, sample)
    yield from _if_unread(operation)


def _changed(before: object, after: object) -> list[str]:
    """Say what of a target is no longer as it was; further members may come."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [_now("target", before, after)]
    pairs = {name: (value, after.get(name)) for name, value in before.items()}
    return [_now(f"target.{name}", *pair) for name, pair in pairs.items() if pair[0] != pair[1]]


def _now(name: str, before: object, after: object) -> str:
    return f"{expect.named(name, before)} is now {expect.shown(after)}"


@invariant("STA-10", over=OperationHistory, without_receipt=True)
def the_version_of_a_command_never_changes(operation: OperationHistory) -> Judgements:
    for kind, claims in (("receipt", operation.acknowledgements), ("status", operation.samples)):
        for claim in claims:
            if claim.members.get("stage") in STAGES:
                violations = operation.validators.rule("STA-10", kind, _without_nulls(claim))
                yield expect.valid(violations, "stateVersion exactly from committed on", claim)
    versioned = [one for one in operation.claims if one.members.get("stateVersion") is not None]
    for first, later in ((versioned[0], one) for one in versioned[1:]):
        version, shown = first.members["stateVersion"], later.members["stateVersion"]
        yield expect.that(version == shown, f"stateVersion {version}", shown, first, later)
    yield from _if_unread(operation)


def _without_nulls(claim: Exchange) -> dict[str, object]:
    """Return the members that say something; null is for the document's shape to judge."""
    return {name: value for name, value in claim.members.items() if value is not None}


@invariant("STA-11", over=OperationHistory)
def observed_means_that_reads_show_it(operation: OperationHistory) -> Judgements:
    observed = [
        one for one in operation.samples if rank(one.members.get("stage")) >= rank("observed")
    ]
    for claim in observed[:1]:
        for read in operation.model_reads_after(claim):
            yield expect.shows_version(read, claim.members.get("stateVersion"), claim)
    yield from _if_unread(operation)


@invariant("STA-12", over=OperationHistory)
def the_history_lists_each_stage_once_and_in_order(operation: OperationHistory) -> Judgements:
    told = [one for one in operation.samples if isinstance(one.members.get("history"), list)]
    for sample in told:
        rows = [one for one in sample.members["history"] if isinstance(one, dict)]
        ranks = [rank(one.get("stage")) for one in rows]
        times = [instant(one.get("at")) for one in rows]
        known = [one for one in times if one is not None]
        accepted = instant(operation.receipt.members.get("acceptedAt"))
        since = not (accepted and known) or accepted - known[0] <= TRUNCATION
        ordered = known == sorted(known) and None not in times
        held = ranks == sorted(set(ranks)) and ordered and since
        expected = "each stage once, in order, at times that never go back before acceptedAt"
        pairs = ([expect.shown(one.get(name)) for name in ("stage", "at")] for one in rows)
        met = ", ".join(map(" at ".join, pairs))
        yield expect.that(held, expected, met, sample)
    if not told:
        yield expect.branch("no_history", operation.receipt)


@invariant("STA-13", over=OperationHistory, without_receipt=True)
def a_verdict_asks_for_no_further_poll(operation: OperationHistory) -> Judgements:
    for sample in operation.samples:
        if sample.members.get("status") in TERMINAL:
            asked = sample.header("retry-after")
            met = f"Retry-After: {expect.shown(asked)}"
            yield expect.that(asked is None, "no Retry-After beside a verdict", met, sample)
    yield from _if_unread(operation)


def _if_unread(operation: OperationHistory) -> Judgements:
    if operation.synchronous and not operation.samples:
        yield expect.branch("synchronous_throughout", operation.receipt)


INVARIANTS: Final[tuple[Invariant, ...]] = (
    the_status_is_always_a_200_document,
    stage_never_decreases,
    a_verdict_stays,
    a_time_out_is_replaced_once_at_most,
    status_and_stage_are_a_legal_pair,
    nothing_is_pending_past_its_deadline,
    a_time_out_says_that_the_outcome_is_unknown,
    a_status_is_kept_until_it_expires,
    the_status_keeps_the_identity_of_the_receipt,
    the_version_of_a_command_never_changes,
    observed_means_that_reads_show_it,
    the_history_lists_each_stage_once_and_in_order,
    a_verdict_asks_for_no_further_poll,
)
