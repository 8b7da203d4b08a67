"""A target's description held against the contract, before anything is sent."""

import json

from conformance.contract import Contract
from conformance.masking import masked
from conformance.modes import READ_ONLY
from conformance.nearest import hint
from conformance.target import Implementation, Target
from conformance.target_file import TargetFileError


def check_target(contract: Contract, target: Target) -> None:
    """Hold the target's fixtures, the ids that it names and its secrets against the contract.

    Raises:
        TargetFileError: a body breaks the contract, an id is none of it, a secret is a word of it,
            or a run that only reads has nothing to begin with.

    """
    for name in ("good", "poison", "slow", "partial"):
        _check_fixture(contract, target, name)
    _check_secrets(contract, target)
    if target.mode == READ_ONLY and target.existing.member is None:
        raise TargetFileError(
            f"{target.described_by}: a run in mode read-only reads what is there already: name a "
            "member of its scope as member under [existing] (or --set existing.member=ID)."
        )
    for key, (operation_id, value) in _existing(target).items():
        _check_id(contract, target, key, operation_id, value)
    for name in target.accept_not_verified:
        if name not in contract.requirements:
            raise TargetFileError(
                f"{target.described_by}: accept_not_verified names {name}, which is no "
                f"requirement. {hint(name, contract.requirements)}"
            )
    for name in target.not_offered:
        if name not in contract.operations:
            raise TargetFileError(
                f"{target.described_by}: not_offered names {name}, which is no operation. "
                f"{hint(name, contract.operations)}"
            )


def _check_secrets(contract: Contract, target: Target) -> None:
    """See that a report without the secrets of a run still says what the contract names.

    Raises:
        TargetFileError: one stands in the contract, in some spelling.

    """
    text = _text_of(contract) if target.secrets else ""
    headers = {one.shown for one in target.headers}
    for secret, name in target.secrets.items():
        if masked(text, {secret: name}) != text:
            plain = " A header that is no secret is written into [target.headers]."
            raise TargetFileError(
                f"{target.described_by}: the secret {name} stands in the contract, word for word. "
                "A report shows the variable in its place everywhere, so that its evidence could "
                "be read by nobody. Give the run one that is long and drawn at random."
                f"{plain if name in headers else ''}"
            )


def _text_of(contract: Contract) -> str:
    """Return the words that answers, requests and judgements are made of."""
    documents = json.dumps([contract.document, contract.schemas], ensure_ascii=False)
    return "\n".join([documents, *(one.text for one in contract.requirements.values())])


def _existing(target: Target) -> dict[str, tuple[str, str]]:
    """Return the ids that the target names as existing, each with an operation that takes it."""
    named = {"member": target.existing.member, "run": target.existing.run}
    takes = {"member": "getMember", "run": "getMemberRun"}
    return {key: (takes[key], value) for key, value in named.items() if value is not None}


def _check_id(contract: Contract, target: Target, key: str, operation_id: str, value: str) -> None:
    parameters = contract.operations[operation_id].parameters
    rule = next(one for one in parameters if one.name == f"{key}Id")
    if wrong := contract.validators.part(rule.schema, value):
        raise TargetFileError(
            f"{target.described_by}: existing.{key} {value!r} is no {rule.name} of the contract: "
            f"{wrong[0].message}."
        )


def _check_fixture(contract: Contract, target: Target, name: str) -> None:
    """Hold the bodies that an implementation is bound and invoked with against the contract.

    Raises:
        TargetFileError: the contract does not allow one of them.

    """
    implementation: Implementation | None = getattr(target, name)
    if implementation is None:
        return
    bodies = {"branch": ("bindMember", implementation.branch)}
    bodies["payload"] = ("invokeMember", implementation.payload)
    for key, (operation_id, body) in bodies.items():
        pointer = contract.operations[operation_id].body
        wrong = contract.validators.part(pointer, dict(body)) if pointer else []
        if wrong:
            raise TargetFileError(
                f"{target.described_by}: {key} of [implementations.{name}] is no body of "
                f"{operation_id}: {wrong[0]}"
            )
