"""The names by which a contract says what it guarantees; `review.toml` may give others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

ORDERED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"x-ack-guarantee": ("none", "memory", "durable")}
)


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is looked for in a contract, by name.

    Attributes:
        receipt: on a write, an object: its answer is a receipt; `completionStage` is ordered,
            `failureCodes` are what an accepted command may end with.
        error_codes: a map of status to list of codes, on an operation or on the document.
        requirements: a list of ids of requirements on an operation.
        requirement: the id of the requirement that a branch of a schema is.
        ordered: annotations that promise more or less, each with its values, lowest first.
        exempting: annotations that, where true, free an operation of duties.
        stages: of a command, lowest first, where no vocabulary names them.
        locator_headers: where what was accepted can be found.
        locator_properties: the same in a body.
        retry_headers: when to come back.
        failure_properties: members of an answer that tell failures apart.
        failure_values: values by which any member of an answer tells a failure.
        final_statuses: what an acknowledgement never says of what is only accepted.
        claims: members that are never true in an acknowledgement.

    """

    receipt: str = "x-operation-receipt"
    error_codes: str = "x-error-codes"
    requirements: str = "x-requirements"
    requirement: str = "x-requirement"
    ordered: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: ORDERED)
    exempting: tuple[str, ...] = ("x-legacy-write", "x-optional")
    stages: tuple[str, ...] = ("accepted", "committed", "observed", "ready")
    locator_headers: tuple[str, ...] = ("Location",)
    locator_properties: tuple[str, ...] = ("statusUrl",)
    retry_headers: tuple[str, ...] = ("Retry-After",)
    failure_properties: tuple[str, ...] = ("code", "errorCode", "failureCode")
    failure_values: tuple[str, ...] = (
        "failed",
        "failure",
        "error",
        "rejected",
        "refused",
        "timed_out",
        "expired",
        "cancelled",
        "not_stored",
    )
    final_statuses: tuple[str, ...] = (
        "ready",
        "done",
        "completed",
        "complete",
        "delivered",
        "succeeded",
        "success",
        "finished",
    )
    claims: tuple[str, ...] = ("success", "succeeded", "completed", "ready", "bound", "done")
