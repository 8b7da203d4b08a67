"""Whether what a target file says of a server is so: a line for each thing, with what to change."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from conformance.api import Api
from conformance.exchange import Exchange
from conformance.following import Settled
from conformance.history import NOT_OFFERED, http_date
from conformance.reading import told, values
from conformance.reports.counted import counted
from conformance.wire import PLAIN

State = Literal["ok", "note", "change"]
REFUSED: Final = (401, 403)
CLOSED: Final = (401, 403, 404)
LARGEST_SKEW: Final = 60.0
NOT_FOUND: Final = 404
QUICK_SECONDS: Final = 1.0
AT_ONCE: Final = "is refused at once, which may be"
ISOLATION: Final = "isolation"


@dataclass(frozen=True, slots=True)
class Line:
    """What one look has shown.

    Attributes:
        what: the thing looked at.
        state: ok, note for what is none of the target file's business, change for what is.
        said: what was met, and what to change.

    """

    what: str
    state: State
    said: str


Look = Callable[[Api], Iterator[Line]]


def credential(api: Api) -> Iterator[Line]:
    """Ask without the token what was answered with it."""
    if api.target.token is None:
        yield Line("credential", "ok", "none is asked for")
        return
    nobody = api.anonymous().send.list_members()
    if nobody.status in REFUSED:
        yield Line("credential", "ok", f"${api.target.token_env} is needed, and lets in")
    else:
        yield Line("credential", "note", f"not looked at: without it, too, {nobody.line}")


def scope(api: Api) -> Iterator[Line]:
    """Read the roster of the target's scope."""
    roster = api.send.list_members()
    name = f"scope {api.target.scope}"
    if roster.ok:
        members = len(values(roster, "members", "memberId"))
        yield Line(name, "ok", f"can be read; its first page shows {members} members")
    else:
        said = f"{told(roster)}. Give scope one that the run may write to"
        yield Line(name, "change", said)


def clock(api: Api) -> Iterator[Line]:
    """Compare the server's clock with this machine's; nothing is judged by either."""
    now = http_date(api.send.list_members().header("date"))
    if now is None:
        yield Line("clock", "note", "no Date header tells the server's time")
        return
    ahead = (now - datetime.now(UTC)).total_seconds()
    if abs(ahead) <= LARGEST_SKEW:
        yield Line("clock", "ok", f"within {LARGEST_SKEW:.0f} s of this machine's")
    else:
        side = "ahead of" if ahead > 0 else "behind"
        said = f"{abs(ahead):.0f} s {side} this machine's. No verdict rests on it; set one of them"
        yield Line("clock", "note", said)


def openapi(api: Api) -> Iterator[Line]:
    """Read the OpenAPI document that the target names."""
    path = api.target.openapi
    if path is None:
        yield Line("openapi", "note", "none is named: HTP-06 will not be verified")
        return
    served = api.send.sent("GET", api.target.url + path, None, PLAIN)
    paths = served.members.get("paths")
    if served.ok and isinstance(paths, dict) and paths:
        yield Line("openapi", "ok", f"{path} describes {counted(len(paths), 'path')}")
    else:
        said = f"{served.line}, which is no JSON object with paths. Correct openapi or leave it out"
        yield Line("openapi", "change", said)


def second_principal(api: Api) -> Iterator[Line]:
    """See whether the second principal may use its own scope, and not the target's."""
    what, target = "second principal", api.target
    if target.other is None:
        claimed = ISOLATION in target.profiles
        said = "none: isolation will not be verified. Describe one under [principals.other]"
        yield Line(what, "change" if claimed else "note", said)
        return
    other = api.as_other()
    if target.other.token is None:
        yield Line(what, "note", "it has no token, so that nobody is kept out of anything")
        return
    stranger = api.as_stranger().send.list_members()
    if stranger.status in CLOSED:
        yield Line(what, "ok", f"uses {other.target.scope} and is kept out of {target.scope}")
    else:
        said = f"{stranger.line} by its token, too. Give [principals.other] a token that may not"
        yield Line(what, "change", said)


def other_scope(api: Api) -> Iterator[Line]:
    """Read the further scope that the target names, which has no members."""
    name = api.target.other_scope
    if name is None:
        return
    roster = api.in_scope(name).send.list_members()
    if roster.ok and not values(roster, "members", "memberId"):
        yield Line(f"other_scope {name}", "ok", "can be read, and has no members")
    else:
        met = "it has members" if roster.ok else told(roster)
        said = f"{met}. Give other_scope one that the token may read and that is empty"
        yield Line(f"other_scope {name}", "change", said)


def receipt(api: Api) -> Iterator[Line]:
    """Create a member and read what its receipt names."""
    write = api.create().write
    url = write.members.get("statusUrl")
    if not isinstance(url, str):
        said = "the answer to a write names none: commands will be followed by what they change"
        yield Line("receipt", "note", said)
    elif not api.send.may_follow(url, write):
        said = f"its statusUrl {url} is at another origin: list that one under origins"
        yield Line("receipt", "change", said)
    else:
        yield _status(api.send.follow(url, write))


def _status(read: Exchange) -> Line:
    if read.ok and "stage" in read.members:
        return Line("receipt", "ok", "its statusUrl answers with a status")
    said = f"its statusUrl does not answer with a status: {told(read)}"
    advice = "If a gateway changes hosts or prefixes, name the public one as url, others in origins"
    return Line("receipt", "change", f"{said}. {advice}")


def kinds(api: Api) -> Iterator[Line]:
    """Create a member of each kind that the target offers."""
    for kind in api.target.kinds:
        body = {"memberId": api.names.fresh(), "displayName": "Smoke", "implementationKind": kind}
        write = api.send.create_member(body)
        if write.ok:
            yield Line(f"kind {kind}", "ok", "is taken")
        else:
            said = f"{told(write)}. Leave it out of kinds"
            yield Line(f"kind {kind}", "change", said)


def good(api: Api) -> Iterator[Line]:
    """Bind and invoke the good implementation."""
    yield _ended(_invoked(api, "good"), "good", {"ready": "is bound, and its invoke succeeds"})


def poison(api: Api) -> Iterator[Line]:
    """Bind and invoke the implementation that must fail."""
    met = _invoked(api, "poison")
    routed = isinstance(met, Exchange) and met.status not in (NOT_FOUND, *NOT_OFFERED)
    if isinstance(met, Exchange) and routed and not met.ok:
        yield Line("implementation poison", "note", f"its invoke {AT_ONCE}: {told(met)}")
        return
    yield _ended(met, "poison", {"failed": "is bound, and its invoke fails once accepted"})


def slow(api: Api) -> Iterator[Line]:
    """Bind and invoke the implementation that must take some seconds."""
    invoked = _invoked(api, "slow")
    asked = invoked.write if isinstance(invoked, Settled) else invoked
    seconds = api.send.trace.now() - asked.sent
    if seconds < QUICK_SECONDS and isinstance(invoked, Settled) and invoked.ending == "ready":
        said = f"its invoke took {seconds:.1f} s. Describe one that takes longer, or say false"
        yield Line("implementation slow", "change", said)
        return
    still = f"is bound, and its invoke is under way after {seconds:.0f} s"
    yield _ended(
        invoked,
        "slow",
        {
            "ready": f"is bound, and its invoke takes {seconds:.0f} s",
            "undecided": still,
            "overdue": still,
            "timed_out": still,
        },
    )


def partial(api: Api) -> Iterator[Line]:
    """Bind the implementation whose bind must break half way."""
    implementation = api.fixture("partial")
    member = api.member(implementation.kind)
    bound = api.send.bind_member(member.member_id, dict(implementation.branch))
    if not bound.ok:
        yield Line("implementation partial", "note", f"its bind {AT_ONCE}: {told(bound)}")
        return
    yield _ended(api.verdict_of(bound), "partial", {"failed": "its bind fails once accepted"})


def _invoked(api: Api, name: Literal["good", "poison", "slow"]) -> Settled | Exchange:
    """Bind a fixture and follow its invoke; return the answer alone where it names no receipt."""
    invoked = api.invoke(api.bound_member(name).member_id, api.fixture(name))
    if not invoked.ok or not isinstance(invoked.members.get("statusUrl"), str):
        return invoked
    return api.verdict_of(invoked)


def _ended(met: Settled | Exchange, name: str, fine: Mapping[str, str]) -> Line:
    what, advice = f"implementation {name}", f"Describe your own under [implementations.{name}]"
    if isinstance(met, Settled) and met.ending in fine:
        return Line(what, "ok", fine[met.ending])
    if isinstance(met, Settled):
        return Line(what, "change", f"{met.write.line}, then {met.told}. {advice}")
    if met.ok:
        return Line(what, "note", "is bound; its invoke names no receipt to follow")
    return Line(what, "change", f"{told(met)}. {advice}")
