"""What is kept of a run: headers by a list of those allowed, and no secret in any spelling."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from conformance.checks import Judged, Judgement, Missing, OtherBranch
from conformance.exchange import Exchange, Request, Response
from conformance.generated.outcome import LaneOutcome
from conformance.judge import Broke, Heard, Verdict, verdict
from conformance.masking import masked
from conformance.plan import Plan
from conformance.run_result import RunResult
from conformance.waivers import Waiver

REDACTED: Final = "<redacted>"
BETWEEN_PARTS: Final = re.compile(r"[\s,;\"]+")
NAMED_CREDENTIAL: Final = re.compile(r"Bearer \$[A-Za-z_][A-Za-z0-9_]*")
# fmt: off
KEPT: Final = frozenset({
    "accept", "accept-encoding", "accept-language", "age", "allow", "cache-control", "connection",
    "content-encoding", "content-language", "content-length", "content-location", "content-type",
    "date", "deprecation", "etag", "expires", "host", "idempotency-key", "idempotent-replayed",
    "if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "keep-alive",
    "last-modified", "link", "location", "prefer", "preference-applied", "ratelimit-limit",
    "ratelimit-remaining", "ratelimit-reset", "retry-after", "server", "sunset", "traceparent",
    "transfer-encoding", "user-agent", "vary", "via", "warning", "www-authenticate",
    "x-correlation-id", "x-request-id",
})
# fmt: on


def redacted(run: RunResult) -> RunResult:
    """Return a run as it may be kept and shown; its verdicts are weighed from what is kept."""
    return _Kept(run.target.secrets, {}).run(run)


def kept_header(name: str, value: str, secrets: Mapping[str, str]) -> str:
    """Return what is kept of a header's value; nothing if a secret is split over its parts."""
    credential = name.lower() == "authorization" and NAMED_CREDENTIAL.fullmatch(value)
    if not (credential or name.lower() in KEPT):
        return REDACTED
    kept = masked(value, secrets)
    whole = BETWEEN_PARTS.sub("", kept)
    split = {BETWEEN_PARTS.sub("", secret): name for secret, name in secrets.items()}
    return kept if masked(whole, split) == whole else REDACTED


def kept_body(body: bytes, secrets: Mapping[str, str]) -> bytes:
    """Return a body without secrets; it need not be text."""
    named = {secret: name.encode().decode("latin-1") for secret, name in secrets.items()}
    return masked(body.decode("latin-1"), named).encode("latin-1", "replace")


def weighed(plan: Plan, heard: Iterable[Heard], control: str | None) -> tuple[Verdict, ...]:
    """Return the verdict of each requirement of a plan, from what was heard of it."""
    own: dict[str, list[Heard]] = {}
    for one in heard:
        own.setdefault(one.requirement, []).append(one)
    return tuple(verdict(one, own.get(one.id, ()), control) for one in plan.requirements)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Turns what a run holds into what is kept of it; `exchanges` are kept, by number."""

    secrets: Mapping[str, str]
    exchanges: dict[int, Exchange]

    def run(self, run: RunResult) -> RunResult:
        self.exchanges.update((one.number, self.exchange(one)) for one in run.exchanges)
        heard = tuple(self.heard(one) for one in run.heard)
        control = None if run.control is None else self.text(run.control)
        return replace(
            run,
            target=replace(run.target, waivers=tuple(map(self.waiver, run.target.waivers))),
            exchanges=tuple(self.exchanges.values()),
            heard=heard,
            control=control,
            verdicts=weighed(run.plan, heard, control),
            lane=run.lane and self.lane(run.lane),
        )

    def text(self, text: str) -> str:
        return masked(text, self.secrets)

    def waiver(self, one: Waiver) -> Waiver:
        text = self.text
        return replace(one, owner=text(one.owner), issue=text(one.issue), reason=text(one.reason))

    def exchange(self, one: Exchange) -> Exchange:
        return replace(
            one,
            parameters={name: self.text(value) for name, value in one.parameters.items()},
            request=self.request(one.request),
            response=one.response and self.response(one.response),
            error=one.error and self.text(one.error),
            violates=one.violates and self.text(one.violates),
        )

    def request(self, asked: Request) -> Request:
        headers = tuple(
            (
                name,
                self.text(value)
                if name.lower() in asked.secret
                else kept_header(name, value, self.secrets),
            )
            for name, value in asked.headers
        )
        body = None if asked.body is None else kept_body(asked.body, self.secrets)
        return replace(asked, url=self.text(asked.url), headers=headers, body=body)

    def response(self, answer: Response) -> Response:
        headers = {
            name: kept_header(name, value, self.secrets) for name, value in answer.headers.items()
        }
        return replace(answer, headers=headers, body=kept_body(answer.body, self.secrets))

    def heard(self, heard: Heard) -> Heard:
        broke = heard.broke and Broke(heard.broke.check, self.text(heard.broke.traceback))
        return replace(heard, said=tuple(self.judgement(one) for one in heard.said), broke=broke)

    def judgement(self, one: Judgement) -> Judgement:
        shown_by = tuple(self.exchanges[exchange.number] for exchange in one.shown_by)
        match one:
            case Judged():
                return Judged(
                    one.held,
                    self.text(one.expected),
                    self.text(one.actual),
                    shown_by,
                    self.text(one.cause),
                    one.twin and self.exchanges[one.twin.number],
                )
            case OtherBranch():
                return OtherBranch(one.word, shown_by)
            case Missing():
                return Missing(self.text(one.what), shown_by)

    def lane(self, lane: LaneOutcome) -> LaneOutcome:
        return replace(
            lane,
            findings=tuple(
                replace(
                    one,
                    message=self.text(one.message),
                    exchange=self.exchanges[one.exchange.number],
                )
                for one in lane.findings
            ),
            errors=tuple(self.text(error) for error in lane.errors),
            stopped=self.text(lane.stopped),
        )
