"""What Schemathesis calls wrong and the contract allows: set aside, counted, with the reason."""

from typing import Any, Final

from conformance.expect import code_of
from conformance.generated.outcome import LaneFinding

MALFORMED: Final = ("INVALID_REQUEST_BODY", "UNSUPPORTED_MEDIA_TYPE", "")
OF_THE_FORM: Final = ("INVALID_STUDIO_MEMBER",)
STATE: Final = "a request of legal form may be refused under a code for what it means or meets"


def why_allowed(finding: LaneFinding) -> str | None:
    """Return why the contract allows what was found; None if it does not."""
    if finding.check != "positive_data_acceptance":
        return None
    code = code_of(finding.exchange)
    of_the_form = code in MALFORMED or code.startswith(OF_THE_FORM)
    return None if of_the_form else STATE


def relax(document: dict[str, Any]) -> None:
    """Let a request be called legal wherever the contract lets a server take it as it is.

    A correlation id of another form may be replaced, a preference ignored, a filter that nothing
    can match answered with an empty list, a page size above the most clamped.
    """
    parameters = document["components"]["parameters"]
    for name in ("CorrelationId", "Prefer"):
        parameters[name]["schema"] = {"type": "string"}
    parameters["PageSize"]["schema"].pop("maximum", None)
    for item in document["paths"].values():
        for parameter in item.get("get", {}).get("parameters", ()):
            if parameter.get("name") == "correlationId":
                parameter["schema"] = {"type": "string"}
