"""Every rule on what a client may believe about a write, and its opposite."""

from collections.abc import Iterator
from typing import Final

from corpus_model import (
    BREAKS,
    DUTY,
    FINE,
    MAY_BREAK,
    OTHER,
    PERHAPS_OTHER,
    RELAXED,
    Case,
    Contract,
    Edit,
    Labels,
    all_of,
    drop,
    found,
    place,
    put,
    rename,
    reworded,
    untouched,
)
from corpus_operations import (
    BOOK,
    COMMAND,
    CORRECT,
    LABEL,
    LIST,
    P_BOOK,
    P_LABEL,
    P_ONE,
    P_QUOTE,
    P_READ,
    QUOTE,
    READ,
    WITHDRAW,
)

ACCEPTED: Final = "/components/responses/Accepted"
RECEIPT: Final = "/components/schemas/Receipt"
WITHDRAWN: Final = f"{P_ONE}/delete/responses/202"
CODES: Final = "/components/schemas/Problem/properties/code/enum"
CATALOGUE: Final = "requirements/prc.yaml#"
WRITES: Final = (BOOK, CORRECT, LABEL)
Ruled = tuple[str, Labels]
Pair = tuple[Ruled, Ruled]
STATUS: Final[Pair] = (("ack-status-changed", OTHER), ("ack-status-gained", OTHER))
LOCATOR: Final[Pair] = (("ack-locator-lost", BREAKS), ("ack-locator-gained", DUTY))
HINT: Final[Pair] = (("ack-retry-hint-lost", MAY_BREAK), ("ack-retry-hint-gained", DUTY))
FAILURE: Final[Pair] = (
    ("failure-became-unsayable", RELAXED),
    ("failure-became-sayable", PERHAPS_OTHER),
)
MUST: Final[Pair] = (("must-removed", RELAXED), ("must-added", DUTY))
FIRMNESS: Final[Pair] = (("must-weakened", RELAXED), ("must-strengthened", DUTY))
ANNOTATION: Final[Pair] = (
    ("guarantee-annotation-lowered", RELAXED),
    ("guarantee-annotation-raised", DUTY),
)
EXAMPLE: Final[Pair] = (("example-contradicts", FINE), ("example-agrees", FINE))
PROOF: Final[Pair] = (("proof-weakened", FINE), ("proof-strengthened", FINE))
LINK: Final[Pair] = (("requirement-unlinked", RELAXED), ("requirement-linked", DUTY))


# fmt: off
def two(
    name: str, pair: Pair, at: str, edit: Edit, *operations: str, gone: tuple[str, ...] = (), came: tuple[str, ...] = (), before: Edit | None = None, checked: bool = True
) -> Iterator[Case]:
    """Make a case that weakens, and its opposite, with what becomes of the requirements."""
    (rule, labels), (back, back_labels) = pair
    case = Case(
        name,
        "Guarantees",
        rule,
        labels,
        place(at),
        edit,
        operations=tuple(sorted(operations)),
        operations_checked=checked,
        guarantee="weakened",
        requirements=gone,
        before=before or untouched,
    )
    yield case
    more = {"guarantee": "strengthened", "requirements": came}
    yield case.reversed(f"{name}-undone", back, back_labels, **more)


def acknowledgements() -> Iterator[Case]:
    answers = f"{P_ONE}/delete/responses"
    yield from two("ack-202-to-200", STATUS, answers, rename(WITHDRAWN, "200"), WITHDRAW)
    yield from two("ack-202-to-201", STATUS, f"{P_BOOK}/responses", rename(f"{P_BOOK}/responses/202", "201"), BOOK)
    yield from two("ack-202-gone", STATUS, f"{P_LABEL}/responses/202", drop(f"{P_LABEL}/responses/202"), LABEL)
    location, retry = f"{ACCEPTED}/headers/Location", f"{ACCEPTED}/headers/Retry-After"
    yield from two("location-gone", LOCATOR, location, drop(location), *WRITES)
    yield from two("location-gone-inline", LOCATOR, f"{WITHDRAWN}/headers/Location", drop(f"{WITHDRAWN}/headers/Location"), WITHDRAW)
    yield from two("location-optional", LOCATOR, "/components/headers/Location", drop("/components/headers/Location/required"), *WRITES)
    yield from two("location-format-gone", LOCATOR, "/components/headers/Location/schema", drop("/components/headers/Location/schema/format"), *WRITES)
    locators = (*WRITES, COMMAND)
    yield from two(
        "status-url-gone",
        LOCATOR,
        f"{RECEIPT}/properties/statusUrl",
        all_of(drop(f"{RECEIPT}/properties/statusUrl"), drop(f"{RECEIPT}/required/1")),
        *locators,
        before=drop(f"{ACCEPTED}/content/application~1json/examples"),
    )
    yield from two("status-url-optional", LOCATOR, RECEIPT, drop(f"{RECEIPT}/required/1"), *locators)
    yield from two("status-url-null", LOCATOR, f"{RECEIPT}/properties/statusUrl", put(f"{RECEIPT}/properties/statusUrl/type", ["string", "null"]), *locators)
    yield from two("status-url-format-gone", LOCATOR, f"{RECEIPT}/properties/statusUrl", drop(f"{RECEIPT}/properties/statusUrl/format"), *locators)
    url, link = "/components/schemas/Url", {"$ref": "#/components/schemas/Url"}
    shared = all_of(put(url, {"type": "string", "format": "uri"}), put(f"{RECEIPT}/properties/commandId", link), put(f"{RECEIPT}/properties/statusUrl", link))
    yield from two("status-url-format-gone-beside-another-of-its-schema", LOCATOR, url, drop(f"{url}/format"), *locators, before=shared)
    body = f"{ACCEPTED}/content"
    yield from two("receipt-gone", (("ack-locator-lost", BREAKS), ("ack-locator-gained", DUTY)), body, drop(body), *WRITES)
    yield from two("retry-after-gone", HINT, retry, drop(retry), *WRITES)
    yield from two("retry-after-optional", HINT, retry, put(f"{retry}/required", value=False), *WRITES)
    yield from two("retry-after-optional-inline", HINT, f"{WITHDRAWN}/headers/Retry-After", drop(f"{WITHDRAWN}/headers/Retry-After/required"), WITHDRAW)


def failures() -> Iterator[Case]:
    refusing = (BOOK, CORRECT, LABEL, LIST, READ, COMMAND)
    yield from two("error-code-gone", FAILURE, CODES, drop(f"{CODES}/3"), *refusing)
    yield from two("response-409-gone", FAILURE, f"{P_BOOK}/responses/409", drop(f"{P_BOOK}/responses/409"), BOOK, before=drop(f"{P_BOOK}/x-error-codes"))
    yield from two("response-503-gone", FAILURE, f"{P_BOOK}/responses/503", drop(f"{P_BOOK}/responses/503"), BOOK, before=drop(f"{P_BOOK}/x-error-codes"))
    yield from two("response-default-gone", FAILURE, f"{P_BOOK}/responses/default", drop(f"{P_BOOK}/responses/default"), BOOK)
    yield from two("response-4XX-gone", FAILURE, f"{P_BOOK}/responses/4XX", drop(f"{P_BOOK}/responses/4XX"), BOOK, before=put(f"{P_BOOK}/responses/4XX", {"description": "Refused"}))
    yield from two("response-500-gone-inline", FAILURE, f"{P_ONE}/delete/responses/500", drop(f"{P_ONE}/delete/responses/500"), WITHDRAW)
    missing = f"{P_READ}/responses/404"
    yield from two("response-404-of-a-read-gone", FAILURE, missing, drop(missing), READ)
    yield from two("error-code-of-operation-gone", FAILURE, f"{P_BOOK}/x-error-codes/409", drop(f"{P_BOOK}/x-error-codes/409/1"), BOOK)
    yield from two("error-codes-of-status-gone", FAILURE, f"{P_BOOK}/x-error-codes/503", drop(f"{P_BOOK}/x-error-codes/503"), BOOK)
    problem = "/components/schemas/Problem"
    told = (("failure-became-unsayable", BREAKS), FAILURE[1])
    yield from two("error-code-optional", told, problem, drop(f"{problem}/required"), *refusing)
    codes = ["ADDRESS_UNKNOWN", "PARCEL_EXISTS", "KEY_REUSED", "NOT_STORED", "NOT_FOUND"]
    constants = f"{problem}/properties/code"
    written = put(constants, {"oneOf": [{"const": code, "type": "string"} for code in codes]})
    yield from two("error-code-as-a-constant-gone", FAILURE, f"{constants}/oneOf", drop(f"{constants}/oneOf/3"), *refusing, before=written)
    forms = [{"type": "object", "required": ["code"], "properties": {"code": {"const": code}}} for code in codes]
    yield from two("error-with-a-form-of-its-own-gone", FAILURE, f"{problem}/oneOf", drop(f"{problem}/oneOf/3"), *refusing, before=put(problem, {"oneOf": forms}))
    yield from two("failure-code-of-receipt-gone", FAILURE, f"{P_BOOK}/x-operation-receipt/failureCodes", drop(f"{P_BOOK}/x-operation-receipt/failureCodes/1"), BOOK)


def _apart(contract: Contract) -> None:
    """Write an answer into a file of its own."""
    holder, status = found(contract, WITHDRAWN)
    contract["withdrawn.yaml"] = holder[status]
    holder[status] = {"$ref": "withdrawn.yaml"}


def meanings() -> Iterator[Case]:
    rule: Ruled = ("ack-meaning-changed", FINE)
    words = {
        "meaning-of-a-shared-202": (f"{ACCEPTED}/description", "The command is noted.", WRITES),
        "meaning-of-a-202": (f"{WITHDRAWN}/description", "The withdrawal may be tried.", (WITHDRAW,)),
        "meaning-of-a-200-of-a-write": (f"{P_LABEL}/responses/200/description", "It is on", (LABEL,)),
    }
    for name, (at, to, operations) in words.items():
        yield Case(name, "Guarantees", *rule, place(at), put(at, to), tuple(sorted(operations)), guarantee="weakened")
    yield Case("meaning-of-a-202-in-a-file-of-its-own", "Guarantees", *rule, "withdrawn.yaml#", put("withdrawn.yaml#/description", "It may be tried."), (WITHDRAW,), guarantee="weakened", before=_apart)
    plain = f"{P_QUOTE}/responses/200/description"
    yield Case("meaning-of-an-answer-that-acknowledges-nothing", "Guarantees", "text-changed", FINE, place(plain), put(plain, "The price"), (QUOTE,))


def sentences() -> Iterator[Case]:
    at = f"{P_BOOK}/description"
    must = "The server MUST store the booking before it answers 202. "
    yield from two("must-gone", MUST, at, reworded(at, must, ""), BOOK)
    yield from two("must-of-the-document-gone", MUST, "/info/description", reworded("/info/description", " A server MUST NOT answer 202 before the booking is stored.", ""))
    note = "/components/schemas/Receipt/properties/statusUrl/description"
    yield from two(
        "must-of-a-property-gone", MUST, "/components/schemas/Receipt/properties/statusUrl", drop(note), *WRITES, COMMAND, before=put(note, "It MUST be readable once the answer is sent.")
    )
    header = "/components/headers/Location/description"
    yield from two("must-of-a-header-gone", MUST, header, put(header, "The statusUrl"), *WRITES, before=put(header, "The statusUrl. It MUST NOT be the URL of the parcel."))
    yield from two("must-to-should", FIRMNESS, at, reworded(at, "server MUST", "server SHOULD"), BOOK)
    yield from two("must-to-may", FIRMNESS, f"{P_ONE}/patch/description", reworded(f"{P_ONE}/patch/description", "correction MUST", "correction MAY"), CORRECT)
    yield from two("shall-to-should", FIRMNESS, at, reworded(at, "server SHALL", "server SHOULD"), BOOK, before=reworded(at, "server MUST", "server SHALL"))
    yield from two(
        "must-to-should-in-a-parameter",
        FIRMNESS,
        "/components/parameters/Key/description",
        put("/components/parameters/Key/description", "A client SHOULD send a new one."),
        BOOK,
        before=put("/components/parameters/Key/description", "A client MUST send a new one."),
    )
    negated: Ruled = ("must-negated", OTHER)
    for name, old, new in (("must-negated", "MUST store", "MUST NOT store"), ("must-no-more-negated", "MUST NOT store", "MUST store")):
        before = reworded(at, "MUST store", "MUST NOT store") if "NOT" in old else untouched
        yield Case(name, "Guarantees", *negated, place(at), reworded(at, old, new), (BOOK,), guarantee="weakened", before=before)
    yield Case("must-reworded", "Guarantees", "must-reworded", FINE, place(at), reworded(at, "before it answers", "soon after it answers"), (BOOK,), guarantee="weakened")
    ordered = "The server MUST keep it. The server MAY weigh it."
    yield Case(
        "sentences-in-another-order",
        "Guarantees",
        "text-changed",
        FINE,
        place(f"{P_QUOTE}/description"),
        put(f"{P_QUOTE}/description", "The server MAY weigh it. The server MUST keep it."),
        (QUOTE,),
        before=put(f"{P_QUOTE}/description", ordered),
    )
    yield Case(
        "must-in-small-letters",
        "Guarantees",
        "text-changed",
        FINE,
        place(f"{P_READ}/description"),
        put(f"{P_READ}/description", "What must be known."),
        (READ,),
        before=put(f"{P_READ}/description", "What can be known."),
    )


def annotations() -> Iterator[Case]:
    receipt = f"{P_BOOK}/x-operation-receipt"
    yield from two("completion-stage-lowered", ANNOTATION, receipt, put(f"{receipt}/completionStage", "committed"), BOOK)
    yield from two("completion-stage-gone", ANNOTATION, receipt, drop(f"{receipt}/completionStage"), BOOK)
    yield from two("receipt-annotation-gone", ANNOTATION, f"{P_ONE}/patch", drop(f"{P_ONE}/patch/x-operation-receipt"), CORRECT)
    yield from two("error-codes-annotation-gone", ANNOTATION, P_BOOK, drop(f"{P_BOOK}/x-error-codes"), BOOK)
    yield from two("ack-guarantee-lowered", ANNOTATION, f"{P_BOOK}/x-ack-guarantee", put(f"{P_BOOK}/x-ack-guarantee", "memory"), BOOK)
    sample = f"{ACCEPTED}/content/application~1json/examples/usual/value"
    yield from two("example-of-a-202-is-ready", EXAMPLE, sample, all_of(put(f"{sample}/stage", "ready"), put(f"{sample}/status", "ready")), *WRITES)
    inline = f"{WITHDRAWN}/content/application~1json/example"
    yield from two("example-of-a-202-is-ready-inline", EXAMPLE, inline, put(f"{inline}/status", "ready"), WITHDRAW)


def requirements() -> Iterator[Case]:
    linked = f"{P_BOOK}/x-requirements"
    yield from two("requirement-of-an-operation-gone", LINK, linked, drop(f"{linked}/1"), BOOK, gone=("@PRC-02",), came=("@PRC-02",))
    named = f"{CATALOGUE}/PRC-02/operations"
    yield from two("operation-of-a-requirement-gone", LINK, named, drop(f"{named}/2"), WITHDRAW, gone=("@PRC-02",), came=("@PRC-02",))
    yield from two("requirement-must-gone", MUST, f"{CATALOGUE}/PRC-02", drop(f"{CATALOGUE}/PRC-02"), gone=("-PRC-02",), came=("+PRC-02",), checked=False, before=put(linked, ["PRC-01"]))
    yield from two("requirement-must-to-should", FIRMNESS, f"{CATALOGUE}/PRC-01", put(f"{CATALOGUE}/PRC-01/level", "SHOULD"), gone=("~PRC-01",), came=("~PRC-01",), checked=False)
    words = f"{CATALOGUE}/PRC-03/text"
    yield Case(
        "requirement-reworded",
        "Guarantees",
        "requirement-changed",
        FINE,
        words,
        put(words, "A list is sorted by the time at which the parcel was booked."),
        operations_checked=False,
        requirements=("~PRC-03",),
    )
    gone = Case("requirement-should-gone", "Guarantees", "requirement-removed", FINE, f"{CATALOGUE}/PRC-03", drop(f"{CATALOGUE}/PRC-03"), operations_checked=False, requirements=("-PRC-03",))
    yield gone
    yield gone.reversed("requirement-should-gone-undone", "requirement-added", FINE, requirements=("+PRC-03",))
    level = f"{CATALOGUE}/PRC-03/level"
    yield Case("requirement-should-to-may", "Guarantees", "requirement-changed", FINE, level, put(level, "MAY"), operations_checked=False, requirements=("~PRC-03",))


def proofs() -> Iterator[Case]:
    for kind, index in (("scenarios", 1), ("invariants", 0), ("faults", 0)):
        name = "PRC-01" if kind == "scenarios" else "PRC-02"
        at = f"plan.json#/requirements/{name}"
        yield from two(f"{kind}-one-gone", PROOF, at, drop(f"{at}/{kind}/{index}"), gone=(f"~{name}",), came=(f"~{name}",), checked=False)


CASES: Final = (*acknowledgements(), *failures(), *meanings(), *sentences(), *annotations(), *requirements(), *proofs())
