"""A target's description held against the contract, before anything is sent."""

from conformance.contract import Contract
from conformance.modes import READ_ONLY
from conformance.nearest import hint
from conformance.target import Implementation, Target
from conformance.target_file import TargetFileError


def check_target(contract: Contract, target: Target) -> None:
    """Hold the fixtures' bodies and the ids that the target names against the contract.

    Raises:
        TargetFileError: a body breaks the contract, an id is none of it, or a run that only reads
            has nothing to begin with.

    """
    for name in ("good", "poison", "slow", "partial"):
        _check_fixture(contract, target, name)
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
