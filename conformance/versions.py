"""The two versions that every report prints, read without loading the contract."""

from importlib.metadata import PackageNotFoundError, version

import yaml

from conformance.contract import ContractUnreadable, spec_folder


def kit_version() -> str:
    """Return the version of the installed distribution."""
    try:
        return version("ackproof")
    except PackageNotFoundError:
        return "not installed"


def contract_version() -> str:
    """Return `info.version` of the contract, parsing no more of it than that.

    Raises:
        ContractUnreadable: there is none.

    """
    path = spec_folder() / "openapi.yaml"
    try:
        with path.open(encoding="utf-8") as file:
            return _info_version(file.read())
    except (OSError, ValueError, yaml.YAMLError) as problem:
        reason = " ".join(str(problem).split())
        raise ContractUnreadable(
            f"The contract file {path} tells no version: {reason}"
        ) from problem


def _info_version(text: str) -> str:
    scalars: list[str] = []
    for event in yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.Loader)):
        if isinstance(event, yaml.ScalarEvent):
            scalars.append(event.value)
            if scalars[-2:-1] == ["version"]:
                return event.value
    raise ValueError("info.version is missing")
