"""What a report shows of a verdict: its findings, and the exchanges that show them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request; its body is UTF-8 text, cut, with undecodable bytes replaced."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    body_bytes: int
    body_cut: bool


@dataclass(frozen=True, slots=True)
class ShownResponse:
    """An answer; its body as in `ShownRequest`."""

    status: int
    headers: Mapping[str, str]
    body: str
    body_bytes: int
    body_cut: bool


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """One request and its answer.

    Attributes:
        number, of: its place among all exchanges of the run.
        line: method, path and status.
        operation: operation of the contract; None for a URL outside it.
        role: `twin` for the same request without the fault, which was accepted; else "".
        sent, received: seconds since the run began.
        error: how the transport failed; `response` is then None.
        curl: a shell line that sends the request again.

    """

    number: int
    of: int
    line: str
    operation: str | None
    role: str
    status: int
    sent: float
    received: float
    violates: str | None
    error: str | None
    request: ShownRequest
    response: ShownResponse | None
    curl: str


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One counterexample.

    Attributes:
        exchanges: what shows it, in the order of sending.
        differs: where two of them read the same and met another body, the members that changed.
        fingerprint: the same in every run that meets the same defect; a waiver names it.
        waived: whether an entry of the waivers file with this fingerprint holds.

    """

    requirement: str
    check: str
    expected: str
    actual: str
    cause: str
    exchanges: tuple[ShownExchange, ...]
    differs: tuple[str, ...]
    fingerprint: str
    waived: bool


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """The outcome of one requirement.

    Attributes:
        findings: the first of them; `findings_total` counts all.
        accepted: whether the target's owner accepts that it is not verified.
        fingerprints: of all its findings, each once, in the order of meeting.
        waived: whether it is broken and each of its findings is waived.
        beyond_mode: whether it is not verified only because the run sent no write.
        scored: whether it decides the exit code, and whether a profile is held.

    """

    id: str
    level: str
    profiles: tuple[str, ...]
    text: str
    why: str
    outcome: str
    judged: int
    other_branch: int
    missing: int
    accepted: bool
    reasons: tuple[str, ...]
    findings: tuple[ShownFinding, ...]
    findings_total: int
    fingerprints: tuple[str, ...]
    waived: bool
    beyond_mode: bool = False
    scored: bool = True


@dataclass(frozen=True, slots=True)
class ShownLaneFinding:
    """What Schemathesis says of an answer; `count` answers show the same.

    Attributes:
        fingerprint: the same in every run that meets the same; no waiver is for it.

    """

    check: str
    operation: str
    title: str
    message: str
    count: int
    exchange: ShownExchange
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ShownLane:
    """The generated lane.

    Attributes:
        seed, examples: what decided the requests.
        gates: whether its findings decide the exit code.
        replay: the command line that sends the same again.
        set_aside: how many more findings the contract allows, by the reason.
        errors: what could not be generated or sent, a sentence each.
        stopped: what ended it early; "" if nothing did.

    """

    seed: int
    examples: int
    operations: tuple[str, ...]
    requests: int
    seconds: float
    gates: bool
    replay: str
    findings: tuple[ShownLaneFinding, ...]
    set_aside: Mapping[str, int]
    errors: tuple[str, ...]
    stopped: str
