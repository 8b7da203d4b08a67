"""What Schemathesis calls wrong and the contract allows: set aside, counted, with the reason."""

from collections.abc import Collection
from typing import Any, Final

from conformance.contract import Operation
from conformance.exchange import Exchange
from conformance.expect import code_of
from conformance.gateways import CODE, of_the_transport
from conformance.generated.choices import Choices
from conformance.generated.outcome import LaneFinding
from conformance.history import not_offered

UNREADABLE: Final = ("INVALID_REQUEST_BODY", "UNSUPPORTED_MEDIA_TYPE", "")
OF_THE_FORM: Final = ("INVALID_STUDIO_MEMBER",)
INTERNAL_ERROR: Final = "INTERNAL_ERROR"
TOO_LONG: Final = (413, 414, 431)
ABSENT: Final = "an operation that is not offered may be answered 405 or 501"
TRANSPORT: Final = "a gateway, a limiter or a framework may answer for the API"
METHOD: Final = "405 for another method is a SHOULD, and a server may offer more than the contract"
STATE: Final = "a request of legal form may be refused under a code for what it means or meets"
EITHER: Final = "what this request asks may be taken or refused"


def why_allowed(finding: LaneFinding, choices: Choices) -> str | None:
    """Return why the contract allows what was found; None if it does not."""
    asked = finding.exchange
    rule = choices.contract.operations.get(asked.operation_id or "")
    if not_offered(asked):
        return ABSENT
    if _is_of_the_transport(asked, rule):
        return TRANSPORT
    match finding.check:
        case "unsupported_method":
            return METHOD
        case "not_a_server_error":
            return STATE if _is_listed(asked, rule) else None
        case "positive_data_acceptance":
            return _why_refused(asked, choices)
    return None


def _is_of_the_transport(asked: Exchange, rule: Operation | None) -> bool:
    too_long = asked.status in TOO_LONG and not CODE.fullmatch(code_of(asked))
    return too_long or of_the_transport(asked, rule)


def _is_listed(asked: Exchange, rule: Operation | None) -> bool:
    """Whether the contract has a 5xx for what was met, other than an error of the server."""
    codes = rule.error_codes.get(str(asked.status), ()) if rule else ()
    return code_of(asked) in set(codes) - {INTERNAL_ERROR}


def _why_refused(asked: Exchange, choices: Choices) -> str | None:
    """Return why a request of legal form may be refused under this code."""
    code = code_of(asked)
    if code in UNREADABLE:
        return EITHER if choices.adds_a_member(asked) else None
    if code.startswith(OF_THE_FORM):
        return EITHER if choices.leaves(asked) else None
    return STATE


def relax(document: dict[str, Any], profiles: Collection[str]) -> None:
    """Let a request be called legal wherever the contract lets a server take it as it is.

    A correlation id of another form may be replaced, a preference or a tag ignored, a filter that
    nothing can match answered with an empty list, a page size above the most clamped, one of
    zero read as none; and who does not claim idempotency may ignore any key.
    """
    parameters = document["components"]["parameters"]
    free = ["CorrelationId", "Prefer", "IfMatch"]
    for name in free if "idempotency" in profiles else (*free, "IdempotencyKey"):
        parameters[name]["schema"] = {"type": "string"}
    parameters["PageSize"]["schema"].pop("maximum", None)
    parameters["PageSize"]["schema"]["minimum"] = 0
    for item in document["paths"].values():
        for parameter in item.get("get", {}).get("parameters", ()):
            if parameter.get("name") == "correlationId":
                parameter["schema"] = {"type": "string"}
