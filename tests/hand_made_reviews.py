"""Reviews made by hand: the one of a pull request, the empty one, a hostile one, and any one."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from hypothesis import strategies as st

from conformance.review.changes import (
    ABSENT,
    Approval,
    BadApproval,
    Change,
    Reach,
    RequirementEffect,
    Review,
    SideTold,
    Tests,
    VersionAdvice,
    Violation,
    order,
)
from conformance.review.clauses import Facts, violations
from conformance.review.nodes import Place
from conformance.review.rules import RULES
from conformance.review.version import advise

API: Final = "spec/openapi.yaml"
ORDERS: Final = "/components/schemas"
LINES: Final = {"base": 41, "head": 41}
WITH_PROBLEMS: Final = (
    ("DELETE /orders/{orderId}", "cancelOrder"),
    ("GET /orders", "listOrders"),
    ("GET /orders/{orderId}", "getOrder"),
    ("POST /orders", "placeOrder"),
    ("POST /orders/{orderId}/delivery", "reportDelivery"),
    ("PUT /orders/{orderId}", "changeOrder"),
    ("PUT /orders/{orderId}/address", "changeAddress"),
)


def change(rule: str, what: str, at: str, lines: tuple[int, int], **more: Any) -> Change:  # noqa: ANN401  # as the model has it
    """A change at a pointer of openapi.yaml; line 0 is a side on which it is not."""
    base, head = (Place(API, line, at) if line else None for line in lines)
    labels = RULES[rule].labels("from-server")
    told = {"clients": labels[0], "servers": labels[1], "guarantee": RULES[rule].guarantee}
    return Change(rule, what, base, head, **(told | more))


def answered(status: str, at: str, operations: Iterable[tuple[str, str]]) -> tuple[Reach, ...]:
    return tuple(
        Reach(name, id_, "response", "from-server", status, at) for name, id_ in operations
    )


def asked(at: str, *operations: tuple[str, str]) -> tuple[Reach, ...]:
    return tuple(Reach(name, id_, at=at) for name, id_ in operations)


PLACE: Final = ("POST /orders", "placeOrder")
CHANGES: Final = (
    change(
        "ack-status-changed",
        "the answer 202 of POST /orders became 200",
        "/paths/~1orders/post/responses/200",
        (63, 63),
        before="202",
        after="200",
        means="200 says done where 202 said accepted: "
        "a client stops waiting for the receipt, and a lost order looks placed.",
        requirements=(RequirementEffect("ACK-01", "changed"),),
        tests=Tests(("accepted_is_202", "receipt_follows_an_acceptance")),
        reaches=answered("202", "", [PLACE]),
    ),
    change(
        "failure-became-unsayable",
        "error code ORDER_NOT_STORED is gone",
        f"{ORDERS}/Problem/properties/code/enum",
        (412, 410),
        before=["INVALID", "NOT_FOUND", "CONFLICT", "ORDER_NOT_STORED"],
        after=["INVALID", "NOT_FOUND", "CONFLICT"],
        means="A server that could not store an order can no longer say so, "
        "and must answer with something else.",
        tests=Tests(prove_nothing=("a_lost_order_is_reported",)),
        reaches=answered("503", "body /code", WITH_PROBLEMS),
        clients="ok",
        servers="relaxed",
    ),
    change(
        "must-removed",
        "a MUST NOT of POST /orders/{orderId}/delivery is gone",
        "/paths/~1orders~1{orderId}~1delivery/post/description",
        (188, 188),
        before="A server MUST NOT report `delivered` before the recipient has signed.",
        means="Nothing promises any longer that `delivered` means delivered.",
        requirements=(RequirementEffect("DLV-03", "removed"),),
        tests=Tests(prove_nothing=("delivered_only_after_a_signature",)),
        reaches=asked("", ("POST /orders/{orderId}/delivery", "reportDelivery")),
    ),
    change(
        "guarantee-annotation-lowered",
        "completionStage of POST /orders went from durable to accepted",
        "/paths/~1orders/post/x-operation-receipt/completionStage",
        (58, 58),
        before="durable",
        after="accepted",
        means="An operation may be called complete while its effect can still be lost.",
        requirements=(RequirementEffect("ACK-04", "changed"),),
        tests=Tests(("complete_survives_a_crash",)),
        reaches=asked("", PLACE),
    ),
    change(
        "operation-removed",
        "operation DELETE /orders/{orderId} is gone",
        "/paths/~1orders~1{orderId}/delete",
        (140, 0),
        before={"operationId": "cancelOrder", "responses": {"202": {"description": "Accepted."}}},
        means="A client that cancels orders is answered 404 or 405.",
        reaches=asked("", ("DELETE /orders/{orderId}", "cancelOrder")),
        tests=Tests(prove_nothing=("a_cancelled_order_stays_cancelled",)),
        clients="breaks",
        servers="relaxed",
    ),
    change(
        "required-property-added",
        "property currency is new and required",
        f"{ORDERS}/NewOrder/properties/currency",
        (0, 305),
        after={"type": "string", "pattern": "^[A-Z]{3}$"},
        means="A request without it was valid and is refused from now on.",
        reaches=asked("body /currency", PLACE, ("PUT /orders/{orderId}", "changeOrder")),
        clients="breaks",
        servers="relaxed",
    ),
    change(
        "enum-value-removed",
        "value draft of query parameter status is gone",
        "/paths/~1orders/get/parameters/0/schema/enum",
        (33, 33),
        before=["draft", "open", "delivered"],
        after=["open", "delivered"],
        means="A client that lists drafts is refused.",
        reaches=asked("query status", ("GET /orders", "listOrders")),
        clients="breaks",
        servers="relaxed",
    ),
    change(
        "property-became-optional",
        "property estimatedArrival can be left out",
        f"{ORDERS}/Order/required",
        (340, 338),
        before=["orderId", "status", "estimatedArrival"],
        after=["orderId", "status"],
        means="A client that reads it from every order fails on one without it.",
        reaches=answered(
            "200",
            "body /estimatedArrival",
            [("GET /orders", "listOrders"), ("GET /orders/{orderId}", "getOrder")],
        ),
    ),
    change(
        "text-changed",
        "the text of parameter pageSize is another",
        "/components/parameters/PageSize/description",
        (287, 286),
        before="How many orders a page has.",
        after="How many orders a page has, at most 100.",
        reaches=asked("query pageSize", ("GET /orders", "listOrders")),
    ),
    change(
        "not-judged",
        "x-rate-limit is another",
        "/paths/~1orders/get/x-rate-limit",
        (22, 22),
        before={"perMinute": 60},
        after={"perMinute": 30},
        judged=False,
        reaches=asked("", ("GET /orders", "listOrders")),
    ),
)
APPROVED: Final = CHANGES[7]


def approval(one: Change, **more: str) -> Approval:
    key = {"rule": one.rule, "pointer": one.pointer, "values": one.values}
    said = {"who": "Ada Park", "why": "no client reads it", "until": "2027-03-31", "pr": "#118"}
    return Approval(**(key | said | more), line=3)


BASE: Final = SideTold("3f2a1c0 (merge-base with main)", "1.4.0", "3.1.0", 10)
HEAD: Final = SideTold("9b77e12", "1.4.0", "3.1.0", 9)
YES: Final = {APPROVED.fingerprint: approval(APPROVED)}
OPEN: Final = tuple(one for one in CHANGES if one is not APPROVED)
MAJOR: Final = advise("1.4.0", "1.4.0", CHANGES, YES)
CLAUSES: Final = ("guarantee=weakened", "clients=breaks without major")
PULL_REQUEST: Final = Review(
    BASE,
    HEAD,
    MAJOR,
    tuple(sorted(CHANGES, key=order)),
    approved=YES,
    violations=tuple(violations(OPEN, CLAUSES, Facts(MAJOR, has_major=False))),
    exit_code=1,
)
NO_CHANGE: Final = Review(
    BASE,
    BASE,
    VersionAdvice("none", "1.4.0", enough=True, sentence="Nothing changed, so 1.4.0 can stay."),
)
STALE: Final = Review(
    BASE,
    BASE,
    NO_CHANGE.version,
    bad_approvals=(
        BadApproval(
            approval(APPROVED),
            "stale",
            "spec-approvals.yaml:3 matches no change. Remove the entry, or renew its values.",
        ),
    ),
    exit_code=5,
)
READY: Final = replace(
    PULL_REQUEST,
    changes=tuple(sorted(CHANGES[7:], key=order)),
    version=VersionAdvice(
        "major", "2.0.0", enough=True, sentence="2.0.0 is enough, these changes need 2.0.0."
    ),
    violations=(),
    exit_code=0,
)
REVIEWS: Final = {
    "pull-request": PULL_REQUEST,
    "no-change": NO_CHANGE,
    "stale": STALE,
    "ready": READY,
}
HOSTILE: Final = (
    '</code></pre></details><img src=x onerror="alert(1)">**b** `tick` @octocat #1 GH-2 a/b#3\n'
    "## head\n<!-- c --> | cell | [l](javascript:alert(1)) https://example.org www.example.org "
    "\x1b[31m\u202e::error::%0A ```\n~~~ &lt; \\ $x$ ]]>"
)


def planted(text: str) -> Review:
    """A review in which a text stands wherever a contract or a person may have put it."""
    place = Place(text, 7, f"/paths/{text}")
    reach = Reach(f"POST /{text}", text, "response", "from-server", text, f"body /{text}")
    effects = (RequirementEffect(text, "changed"),)
    tests = Tests((text,), (text,))
    rules = ("must-removed", "enum-value-removed", "text-changed", "not-judged", "header-added")
    changes = tuple(
        Change(
            rule,
            f"{text} changed",
            None if rule == "header-added" else place,
            None if rule == "must-removed" else place,
            ABSENT if rule == "header-added" else text,
            ABSENT if rule == "must-removed" else {text: [f"{text} and", 1]},
            f"{text} matters.",
            guarantee=RULES[rule].guarantee,
            clients="breaks" if rule == "enum-value-removed" else "ok",
            requirements=effects if rule == "must-removed" else (),
            tests=tests,
            reaches=(reach,),
            judged=rule != "not-judged",
        )
        for rule in rules
    )
    yes = Approval(rules[4], text, text, text, text, text, 3, text)
    return Review(
        SideTold(text, text, text, 3),
        SideTold(text, text, text, 3),
        VersionAdvice("major", text, enough=False, sentence=f"{text} is no version."),
        tuple(sorted(changes, key=order)),
        approved={changes[4].fingerprint: yes},
        bad_approvals=(BadApproval(yes, "expired", f"{text} is over."),),
        violations=(Violation(text, text, tuple(one.fingerprint for one in changes[:2])),),
        notices=(text,),
        exit_code=1,
    )


ALL_REACHED: Final = tuple(
    Reach(f"GET /resources{number:03}/{{id}}", "", "response", "from-server", "200", "body /x")
    for number in range(1_000)
)


def large(number: int) -> Change:
    """A change with 1,000 operations, no two with the same set, and long texts on both sides."""
    reached = [one for place, one in enumerate(ALL_REACHED) if place != number]
    before = {"description": f"It is said at length <{number}>. " * 60, "enum": [*range(60)]}
    return replace(
        CHANGES[1],
        base=Place("openapi.yaml", number + 1, f"/components/schemas/S{number}/enum"),
        head=Place("openapi.yaml", number + 1, f"/components/schemas/S{number}/enum"),
        before=before,
        after=before | {"enum": [*range(59)]},
        reaches=tuple(reached),
    )


def largest() -> Review:
    """500 changes of 999 operations each."""
    changes = sorted((large(number) for number in range(500)), key=order)
    return replace(PULL_REQUEST, changes=tuple(changes), violations=())


WORDS = st.text(min_size=1, max_size=8)
VALUES = st.one_of(
    st.just(ABSENT),
    WORDS,
    st.integers(),
    st.floats(),
    st.lists(WORDS),
    st.dictionaries(WORDS, WORDS),
)
REACHES = st.builds(
    Reach,
    st.sampled_from([name for name, _ in WITH_PROBLEMS]),
    st.just(""),
    st.sampled_from(["request", "response"]),
    st.sampled_from(["to-server", "from-server"]),
    st.sampled_from(["", "202"]),
    st.sampled_from(["", "body /a", "header Location"]),
)
PLACES = st.builds(
    Place, st.sampled_from([API, "schemas/a b.json"]), st.integers(1, 900), WORDS.map("/{}".format)
)
EFFECTS = st.builds(
    RequirementEffect,
    st.sampled_from(["ACK-01", "ACK-02"]),
    st.sampled_from(["added", "removed", "changed", "relinked"]),
)
NAMES = st.lists(st.sampled_from(["one", "two", "three"]), max_size=2, unique=True).map(tuple)


@st.composite
def any_change(draw: st.DrawFn) -> Change:
    base, head = draw(st.tuples(PLACES, PLACES))
    gone = draw(st.sampled_from(["base", "head", ""]))
    return Change(
        draw(st.sampled_from(sorted(RULES))),
        draw(WORDS),
        None if gone == "base" else base,
        None if gone == "head" else head,
        draw(VALUES),
        draw(VALUES),
        draw(st.sampled_from(["", "It matters."])),
        draw(st.sampled_from(["breaks", "may-break", "ok"])),
        draw(st.sampled_from(["new-duty", "relaxed", "ok"])),
        draw(st.sampled_from(["weakened", "strengthened", "same"])),
        draw(st.lists(EFFECTS, max_size=2).map(tuple)),
        Tests(draw(NAMES), draw(NAMES)),
        tuple(sorted(draw(st.sets(REACHES, max_size=6)))),
        draw(st.booleans()),
    )


@st.composite
def any_review(draw: st.DrawFn) -> Review:
    """A review that agrees with itself, as the gate makes them."""
    changes = sorted(draw(st.lists(any_change(), max_size=8)), key=order)
    prints = sorted({one.fingerprint for one in changes})
    chosen = draw(st.sets(st.sampled_from(prints))) if prints else set()
    approved = {one.fingerprint: approval(one) for one in changes if one.fingerprint in chosen}
    weak = [one for one in changes if one.guarantee == "weakened" and one.fingerprint not in chosen]
    broken = tuple(dict.fromkeys(one.fingerprint for one in weak))
    bad = STALE.bad_approvals if draw(st.booleans()) else ()
    return Review(
        BASE,
        HEAD,
        MAJOR,
        tuple(changes),
        approved,
        bad,
        (Violation("guarantee=weakened", "Restore it.", broken),) if broken else (),
        tuple(draw(st.lists(WORDS, max_size=2))),
        1 if broken else 5 if bad else 0,
    )
