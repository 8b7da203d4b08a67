"""Judging scopes of one reference server side by side: what the matrices share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final, TypeVar

from conformance.contract import Contract
from conformance.embedded import PROFILES, Embedded, embedded_server
from conformance.nearest import hint
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.run_result import RunResult
from conformance.runner import run
from conformance.scenarios import SCENARIOS

AT_ONCE: Final = 3
RED: Final = frozenset({"fail", "warn", "harness_error"})
ACROSS_A_RESTART: Final = frozenset(one.requirement for one in SCENARIOS if one.restarts)
DURABLE: Final = (*PROFILES, "durability")

Listed = dict[str, Any]
T = TypeVar("T")


class UnknownName(Exception):  # noqa: N818  # the CLI words it
    """The reference server has no fault or variant of that name."""


def chosen(kind: str, listed: Sequence[Listed], names: Sequence[str]) -> list[Listed]:
    """Return the listed faults or variants that are named, all of them if none is.

    Raises:
        UnknownName: the reference server has none of that name.

    """
    known = [one["name"] for one in listed]
    for name in names:
        if name not in known:
            raise UnknownName(f"There is no {kind} {name}. {hint(name, known)}")
    return [one for one in listed if not names or one["name"] in names]


def side_by_side(
    judge: Callable[[Listed], T], listed: Sequence[Listed], at_once: int = AT_ONCE
) -> Iterator[T]:
    """Judge several at once, and yield what came of each in the order given."""
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(judge, listed)


def judged_in(
    contract: Contract,
    served: Embedded,
    scope: str,
    only: Sequence[str] = (),
    flags: Mapping[str, Any] | None = None,
) -> RunResult:
    """Judge one scope of the reference server, which is not restarted under the others.

    Args:
        contract: what it is judged by.
        served: the server.
        scope: the scope.
        only: ids to judge instead of the profiles.
        flags: further keys of the target.

    Raises:
        TargetUnusable: it cannot be judged at all.

    """
    target = replace(served.target({"scope": scope, **(flags or {})}), restart=None)
    return run(contract, target, make_plan(contract, target, only), Silent())


def judged_alone(
    contract: Contract,
    arguments: Sequence[str],
    only: Sequence[str] = (),
    flags: Mapping[str, Any] | None = None,
) -> RunResult:
    """Judge a reference server of its own, which is restarted, by durability too.

    Args:
        contract: what it is judged by.
        arguments: further ones of its command line.
        only: ids to judge instead of the profiles.
        flags: further keys of the target.

    Raises:
        ServerNotStarted: it did not start.
        TargetUnusable: it cannot be judged at all.

    """
    with embedded_server(*arguments) as served:
        target = served.target({"profiles": list(DURABLE), **(flags or {})})
        return run(contract, target, make_plan(contract, target, only), Silent())
