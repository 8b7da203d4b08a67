"""`ackproof init`: ask a server what it can, and write a first target file of the answers."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from conformance.command_probe import described
from conformance.contract import Contract, load_contract
from conformance.plan import make_plan
from conformance.preflight import TargetUnusable, check_usable
from conformance.probing import Probed, probe
from conformance.reports import whole_files
from conformance.reports.hanging import print_hanging
from conformance.reports.printable import printable
from conformance.target import Target
from conformance.target_check import check_target
from conformance.target_draft import Draft
from conformance.target_file import TargetFileError, load_target

UNAUTHENTICATED: Final = 401
FORBIDDEN: Final = 403
ANY_TOKEN: Final = "a-token-in-its-place"  # noqa: S105  # no secret: the file is loaded with it


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the file goes.

    Attributes:
        path: the file.
        force: whether one that is there is overwritten.
        offline: whether nothing is asked.

    """

    path: Path
    force: bool
    offline: bool


def write_draft(flags: Mapping[str, Any], wanted: Wanted) -> int:
    """Write a target file for the server at a URL; say what was found and what was not.

    Args:
        flags: what the command line says of `[target]`, its url among it.
        wanted: where the file goes.

    Raises:
        TargetFileError: the file is there already, or the flags describe no target.
        TargetUnusable: it does not answer, is not ready, is not this API, or refuses the token.
        ReportUnwritable: the file cannot be written.

    """
    if wanted.path.exists() and not wanted.force:
        raise TargetFileError(
            f"{wanted.path} is there already: name another file with -o, or say --force to "
            "overwrite it."
        )
    contract, console = load_contract(), Console()
    masked: Callable[[str], str] = str
    if wanted.offline:
        draft, lines = _skeleton(flags), [("not asked", "anything: --offline")]
    else:
        target, guessed = described(None, flags)
        probed = _asked(contract, target)
        draft, masked = _draft(contract, probed, guessed=guessed), target.masked
        lines = [*_found(probed), *_not_found(probed, draft, guessed=guessed)]
    _write(contract, draft, wanted, flags.get("ca_file"), masked)
    for label, said in lines:
        print_hanging(console, Text(f"{label:<11}", "dim"), printable(masked(said)))
    console.print(Text(f"written to {wanted.path}", "bold"), soft_wrap=True)
    for said in _next(draft, wanted.path):
        console.print(Text(said), soft_wrap=True)
    return 0


def _asked(contract: Contract, target: Target) -> Probed:
    """Ask the server, and see that the answer is this API's, even where it lets nobody in yet.

    Raises:
        TargetUnusable: it does not answer, is not ready, is not this API, or refuses the token.

    """
    try:
        probed = probe(contract, target)
        unnamed = probed.roster.status == UNAUTHENTICATED and target.token is None
        if not unnamed and probed.roster.status != FORBIDDEN:
            check_usable(probed.roster, target.url)
    except TargetUnusable as problem:
        said = f"{problem} Nothing was written; --offline writes a file without asking."
        raise TargetUnusable(target.masked(said)) from None
    return probed


def _skeleton(flags: Mapping[str, Any]) -> Draft:
    """Return what can be said without asking.

    Raises:
        TargetFileError: the flags describe no target.

    """
    described(None, {name: value for name, value in flags.items() if name != "token_env"})
    scope = flags.get("scope")
    told = "a run writes to it" if scope else "SAY: a scope that a run may write to"
    token = flags.get("token_env")
    return Draft(flags["url"].rstrip("/"), scope or "ackproof", told, token)


def _draft(contract: Contract, probed: Probed, *, guessed: bool) -> Draft:
    target = probed.target
    return Draft(
        url=target.url,
        scope=target.scope,
        scope_told=_of_scope(probed, guessed=guessed),
        token_env=target.token_env,
        credential_told=_of_token(probed),
        openapi=probed.document,
        profiles=_profiles(contract, probed),
        kinds=probed.kinds,
        origins=probed.origins,
        not_offered=probed.words("not offered"),
        member=next(iter(probed.members), None),
        run=probed.run,
        status_url=probed.status_url,
    )


def _of_scope(probed: Probed, *, guessed: bool) -> str:
    met = "it can be read" if probed.roster.ok else f"{probed.roster.status} when it was read"
    if guessed or not probed.roster.ok:
        return f"SAY: a scope that a run may write to ({met})"
    return f"a run writes to it; {met}"


def _of_token(probed: Probed) -> str:
    if probed.target.token_env:
        return "the variable that holds the bearer token, never the token"
    if probed.roster.status == UNAUTHENTICATED:
        return "SAY: the variable that holds the bearer token; it lets nobody in without"
    return "none was needed; otherwise the variable that holds the bearer token"


def _profiles(contract: Contract, probed: Probed) -> list[str]:
    """Return the profiles that the server itself claims, and that the contract has."""
    told = (probed.described or {}).get("profiles")
    claimed = told if isinstance(told, list) else []
    return [one for one in claimed if isinstance(one, str) and one in contract.profiles]


def _found(probed: Probed) -> Iterator[tuple[str, str]]:
    yield "found", f"{probed.target.url} answers: {probed.roster.line}"
    fine, typed = probed.words("as the contract"), probed.words("typed refusal")
    if fine:
        yield "found", f"{len(fine)} reads answer as the contract: {', '.join(fine)}"
    if typed:
        yield "found", f"{len(typed)} more are there: {', '.join(typed)}"
    if probed.document:
        yield "found", f"an OpenAPI document at {probed.document}"
    if probed.members:
        yield "found", f"members, the first of them {probed.members[0]}"


def _not_found(probed: Probed, draft: Draft, *, guessed: bool) -> Iterator[tuple[str, str]]:
    if guessed:
        yield "not found", f"a scope: {draft.scope} is a guess, and a run writes to it"
    if probed.roster.status == UNAUTHENTICATED:
        yield "not found", "a token: it lets nobody in without (--token-env NAME, and ask again)"
    if probed.roster.status == FORBIDDEN:
        yield "not found", f"a scope that may be used: {draft.scope} is refused"
    for name in probed.words("otherwise", "no route", "broken"):
        told = next(one.told for one in probed.operations if one.operation.operation_id == name)
        yield "otherwise", f"{name}: {told}"
    if not probed.document:
        yield "not found", "an OpenAPI document"
    if not draft.profiles:
        yield "not found", "which profiles it claims: core and member-first are the default"
    yield "not found", "a second principal, and implementations of its own: see the comments"


def _next(draft: Draft, path: Path) -> Iterator[str]:
    if draft.token_env:
        yield f"next: look through it, set ${draft.token_env}, and type"
    else:
        yield "next: look through it, say what is marked SAY, and type"
    yield f"  ackproof run -c {path} --mode smoke"


def _write(
    contract: Contract,
    draft: Draft,
    wanted: Wanted,
    ca_file: str | None,
    masked: Callable[[str], str],
) -> None:
    """Write the file once it is seen to load; whether its token is set matters later.

    Args:
        contract: what it must fit.
        draft: what it says.
        wanted: where it goes.
        ca_file: as it was named, beside the working folder.
        masked: puts the variable of a token that the server repeats in its place.

    """
    environ = {**os.environ, **({draft.token_env: ANY_TOKEN} if draft.token_env else {})}
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / wanted.path.name
        absolute = ca_file and str(Path(ca_file).absolute())
        trial.write_text(masked(replace(draft, ca_file=absolute).text()), encoding="utf-8")
        target = load_target(trial, {}, environ)
        check_target(contract, target)
        make_plan(contract, target)
    beside = ca_file and Path(os.path.relpath(ca_file, wanted.path.parent)).as_posix()
    text = masked(replace(draft, ca_file=beside).text())
    whole_files.replace(wanted.path, text.encode("utf-8"))
