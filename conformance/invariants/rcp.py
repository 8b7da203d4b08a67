"""The receipt: its vocabulary, its identity and its URLs."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judged, Judgements, invariant
from conformance.contract import ReceiptRule
from conformance.exchange import Exchange
from conformance.history import (
    ACCEPTED,
    OK,
    TRUNCATION,
    OperationHistory,
    RouteHistory,
    http_date,
    instant,
    rank,
)
from conformance.urls import absolute, links, origin_of, resolved

CORRELATED: Final = "writes_under_a_correlation_id_of_the_callers"
CORRELATION: Final = re.compile(r"[\x21-\x7e]{1,128}")
OF_A_COMMAND: Final = {"commandId", "stage", "completionStage", "statusUrl"}
OF_A_RESOURCE: Final = {"summary", "memberId", "lastBinding", "runId"}
LONGEST_PACE: Final = 60
URLS: Final = ("statusUrl", "readModelUrl", "readinessUrl", "observeUrl")
SECRET_KEYS: Final = (
    "token",
    "access_token",
    "code",
    "sig",
    "signature",
    "key",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "password",
    "x-amz-signature",
)
IDENTIFIERS: Final = ("scopeId", "memberId", "revisionId", "runId", "publishedServiceId")
MADE: Final = {"createMember": "memberId", "bindMember": "revisionId", "invokeMember": "runId"}
OWED_URLS: Final = ("observed", "ready")


@invariant("RCP-01", over=RouteHistory)
def a_202_is_a_whole_receipt(route: RouteHistory) -> Judgements:
    for write in route.acknowledged_writes():
        if write.status != ACCEPTED:
            yield expect.branch("synchronous_throughout", write)
        else:
            violations = route.validators.shape("receipt", write.document)
            expected = "a receipt with every member of the vocabulary that it owes"
            cause = "" if "stage" in write.members else "no receipt"
            judged = expect.valid(violations, expected, write)
            yield expect.that(judged.held, expected, judged.actual, write, cause=cause)


@invariant("RCP-02", over=RouteHistory)
def every_capability_spells_the_vocabulary_alike(route: RouteHistory) -> Judgements:
    vocabulary = {_folded(name): name for name in route.validators.members("receipt")}
    for write in route.receipts():
        foreign = [
            f"{name} for {vocabulary[_folded(name)]}"
            for name in write.members
            if vocabulary.get(_folded(name), name) not in write.members
        ]
        expected = "each member of the vocabulary under its own name at the top level"
        yield expect.that(not foreign, expected, ", ".join(foreign), write)
        if route.rule.receipt:
            yield _means(route.rule.receipt, write)


def _means(rule: ReceiptRule, write: Exchange) -> Judged:
    """Compare what a receipt says of itself with the contract; a lacking member is RCP-01's."""
    said = {
        "operation": (write.members.get("operation"), rule.operation),
        "target.resourceType": (_target(write).get("resourceType"), rule.resource_type),
        "completionStage": (write.members.get("completionStage"), rule.completion_stage),
    }
    wrong = [f"{name} {met}" for name, (met, owed) in said.items() if met not in (None, owed)]
    expected = ", ".join(f"{name} {owed}" for name, (_, owed) in said.items())
    return expect.that(not wrong, expected, ", ".join(wrong), write)


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


@invariant("RCP-03", over=OperationHistory)
def a_command_id_names_one_command(operation: OperationHistory) -> Judgements:
    own = (operation.receipt, *operation.namesakes)
    others = f"{len(own)} writes were answered with {operation.command_id}"
    yield expect.that(len(own) == 1, "a commandId of its own for each write", others, *own[:3])


@invariant("RCP-04", over=OperationHistory, stimulus=(*EVERY_WRITE, CORRELATED))
def the_correlation_id_is_the_callers(operation: OperationHistory) -> Judgements:
    receipt = operation.receipt
    headers = dict(receipt.request.headers)
    asked = headers.get("x-correlation-id", "")
    repeats = "idempotency-key" in headers or "commandId" in receipt.given
    own = (
        CORRELATION.fullmatch(asked) and not repeats and receipt.members.get("replayed") is not True
    )
    for claim in operation.claims:
        told = claim.members.get("correlationId")
        if own:
            yield expect.equal(told, asked, "correlationId", receipt, claim)
        else:
            yield expect.that(isinstance(told, str) and told, "a correlationId", told, claim)


@invariant("RCP-05", over=OperationHistory)
def the_target_names_every_known_identifier(operation: OperationHistory) -> Judgements:
    parameters = operation.receipt.parameters.items()
    addressed = {name: value.strip() for name, value in parameters if name in IDENTIFIERS}
    for receipt in operation.acknowledgements:
        named = _target(receipt)
        missing = [name for name, value in addressed.items() if named.get(name) != value]
        actual = f"the target lacks or changes {', '.join(missing)}: {named}"
        expected = f"the target names {', '.join(addressed)}"
        yield expect.that(not missing, expected, actual, receipt)
    made = MADE.get(operation.rule.operation_id)
    for claim in operation.claims:
        alive = claim.members.get("status") in ("pending", "ready")
        if made and alive and rank(claim.members.get("stage")) >= rank("committed"):
            named = _target(claim)
            expected = f"from committed on the target names the {made} that came of the write"
            yield expect.that(isinstance(named.get(made), str), expected, named, claim)


def _target(claim: Exchange) -> Mapping[str, object]:
    target = claim.members.get("target")
    return target if isinstance(target, dict) else {}


@invariant("RCP-06", over=OperationHistory)
def the_location_of_a_202_is_its_status_url(operation: OperationHistory) -> Judgements:
    for receipt in operation.acknowledgements:
        if receipt.status != ACCEPTED:
            yield expect.branch("synchronous_throughout", receipt)
            continue
        origins = operation.target.own_origins
        location, status_url = receipt.header("location"), _status_url(receipt)
        same = location and absolute(location, receipt, origins) == absolute(
            status_url, receipt, origins
        )
        yield expect.that(same, f"Location is {status_url}", location or "no Location", receipt)
        definition = absolute(status_url, receipt, origins) in _definitions(receipt, origins)
        expected = "statusUrl is not the URL of a definition"
        yield expect.that(not definition, expected, status_url, receipt)


def _status_url(receipt: Exchange) -> str:
    return expect.spelt(receipt.members.get("statusUrl"))


def _definitions(receipt: Exchange, origins: tuple[str, ...]) -> set[str]:
    """Return the URLs above the one addressed, which are definitions all."""
    parts = urlsplit(receipt.request.url)
    above = parts.path.split("/")
    paths = ["/".join(above[:length]) for length in range(2, len(above) + 1)]
    base = f"{parts.scheme}://{parts.netloc}"
    return {absolute(base + path, receipt, origins) for path in paths}


@invariant("RCP-07", over=OperationHistory)
def urls_stay_at_the_origin_and_hold_no_credential(operation: OperationHistory) -> Judgements:
    known = {origin_of(urlsplit(url)) for url in operation.target.origins}
    for claim in (*operation.acknowledgements, *operation.samples[-1:]):
        urls = {name: claim.members[name] for name in URLS if name in claim.members}
        if not urls:
            continue
        allowed = known | {origin_of(urlsplit(claim.request.url))}
        parts = {name: resolved(str(url), claim) for name, url in urls.items()}
        wrong = [
            f"{name} {urls[name]}"
            for name, url in parts.items()
            if url is None or origin_of(url) not in allowed or _secret(url)
        ]
        yield expect.that(
            not wrong, "URLs of the same origin without a credential", ", ".join(wrong), claim
        )


def _secret(url: SplitResult) -> bool:
    keys = {key.lower() for key, _ in parse_qsl(url.query, keep_blank_values=True)}
    return bool(url.username or url.password or keys & set(SECRET_KEYS))


@invariant("RCP-08", over=OperationHistory)
def from_committed_on_it_says_where_to_look(operation: OperationHistory) -> Judgements:
    expected = (
        "readModelUrl, and readinessUrl or target.runId where ready is owed, from committed on"
    )
    for kind, claims in (("receipt", operation.acknowledgements), ("status", operation.samples)):
        for claim in claims:
            committed = rank(claim.members.get("stage")) >= rank("committed")
            if committed and claim.members.get("completionStage") in OWED_URLS:
                violations = operation.validators.rule("RCP-08", kind, claim.document)
                yield expect.valid(violations, expected, claim)


@invariant("RCP-09", over=OperationHistory)
def a_read_model_is_neither_status_nor_readiness(operation: OperationHistory) -> Judgements:
    for read in operation.model_reads:
        if read.status == OK:
            named = set(read.members)
            status = named >= OF_A_COMMAND and not named & OF_A_RESOURCE
            readiness = not operation.validators.shape("readiness", read.document)
            met = f"a document of {', '.join(read.members)}"
            held = not (status or readiness)
            yield expect.that(held, "the resource at readModelUrl", met, operation.receipt, read)


@invariant("RCP-10", over=OperationHistory)
def what_is_pending_says_when_to_ask_again(operation: OperationHistory) -> Judgements:
    pending = [one for one in operation.claims if one.members.get("status") == "pending"]
    for claim in pending:
        asked = claim.header("retry-after")
        expected = "Retry-After in whole seconds from 0 to 60, or as an HTTP date"
        yield expect.that(asked and _paces(asked), expected, f"Retry-After: {asked}", claim)
    if not pending:
        yield expect.branch("synchronous_throughout", operation.receipt)


def _paces(asked: str) -> bool:
    if asked.isascii() and asked.isdigit():
        return len(asked) <= len(str(LONGEST_PACE)) and int(asked) <= LONGEST_PACE
    return http_date(asked) is not None


@invariant("RCP-11", over=OperationHistory)
def the_deadline_comes_first_and_then_the_expiry(operation: OperationHistory) -> Judgements:
    names = ("acceptedAt", "deadlineAt", "expiresAt")
    told = [(name, operation.first_of(name)) for name in names]
    dated = [(name, at) for name, value in told if (at := instant(value))]
    wrong = [
        f"{later} before {earlier}"
        for (earlier, one), (later, other) in pairwise(dated)
        if one - other > TRUNCATION
    ]
    if len(dated) > 1 and dated[0][0] == "acceptedAt":
        met = ", ".join(f"{name} {value}" for name, value in told)
        expected = "acceptedAt, deadlineAt and expiresAt in this order"
        yield expect.that(not wrong, expected, met, *operation.claims[:1])
    elif operation.synchronous:
        yield expect.branch("synchronous_throughout", operation.receipt)
    else:
        yield expect.branch("no_deadline", operation.receipt)


@invariant("RCP-12", over=OperationHistory)
def the_instant_of_acceptance_stays(operation: OperationHistory) -> Judgements:
    receipt = operation.receipt
    accepted = instant(receipt.members.get("acceptedAt"))
    said = receipt.members.get("acceptedAt")
    yield expect.that(accepted, "acceptedAt in RFC 3339 with an offset", said, receipt)
    for sample in operation.samples:
        later = instant(sample.members.get("acceptedAt"))
        held = accepted and later and abs(later - accepted) <= TRUNCATION
        shown = sample.members.get("acceptedAt")
        yield expect.that(held, f"acceptedAt {said} as in the receipt", shown, receipt, sample)


@invariant("RCP-14", over=OperationHistory)
def a_status_link_is_the_status_url(operation: OperationHistory) -> Judgements:
    origins = operation.target.own_origins
    for receipt in operation.acknowledgements:
        status_url = _status_url(receipt)
        given = links(receipt, "status")
        met = {absolute(one, receipt, origins) for one in given}
        if given:
            held = absolute(status_url, receipt, origins) in met
            yield expect.that(held, f'Link rel="status" is {status_url}', ", ".join(given), receipt)
        else:
            yield expect.branch("no_status_link", receipt)


INVARIANTS: Final[tuple[Invariant, ...]] = (
    a_202_is_a_whole_receipt,
    every_capability_spells_the_vocabulary_alike,
    a_command_id_names_one_command,
    the_correlation_id_is_the_callers,
    the_target_names_every_known_identifier,
    the_location_of_a_202_is_its_status_url,
    urls_stay_at_the_origin_and_hold_no_credential,
    from_committed_on_it_says_where_to_look,
    a_read_model_is_neither_status_nor_readiness,
    what_is_pending_says_when_to_ask_again,
    the_deadline_comes_first_and_then_the_expiry,
    the_instant_of_acceptance_stays,
    a_status_link_is_the_status_url,
)
