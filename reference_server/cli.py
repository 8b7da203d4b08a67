"""The command line of the server; refusals are one sentence on stderr."""

import difflib
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from reference_server.behaviour import Behaviour
from reference_server.faults import FAULTS
from reference_server.shapes import SHAPES
from reference_server.variants import CONTRADICTIONS, VARIANTS, composed, contradiction
from reference_server.variants.declaration import document

USAGE = 2
CANNOT_LISTEN = 3
STORE_REFUSED = 6
FAULT_SCOPE = "fault-"
VARIANT_SCOPE = "variant-"
BESIDE = "--"
OTHER = "other-"

T = TypeVar("T")

_LAG = re.compile(r"(?P<least>[0-9]{1,7})(?:-(?P<most>[0-9]{1,7}))?")
_LONGEST_DEADLINE_MS = 1_000_000_000


def refuse(code: int, sentence: str) -> NoReturn:
    """End with one sentence and an exit code."""
    click.echo(f"reference_server: {sentence}", err=True)
    sys.exit(code)


class LagRange(click.ParamType[tuple[float, float]]):
    """MS or MIN-MAX, given in milliseconds, taken in seconds."""

    name = "MS|MIN-MAX"

    def convert(
        self,
        value: str | tuple[float, float],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[float, float]:
        """Read one lag or a range."""
        if isinstance(value, tuple):
            return value
        given = _LAG.fullmatch(value)
        if given is None:
            self.fail(f"'{value}' is neither MS nor MIN-MAX", param, ctx)
        ends = int(given["least"]), int(given["most"] or given["least"])
        if ends[0] > ends[1]:
            self.fail(f"'{value}' ends before it begins", param, ctx)
        return ends[0] / 1000, ends[1] / 1000


@click.command("serve", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: a free one."
)
@click.option(
    "--data", type=click.Path(path_type=Path), help="Store file; without it, a temporary one."
)
@click.option(
    "--flush/--no-flush",
    default=True,
    show_default=True,
    help="Flush each commit of --data to the disk, for the machine to crash as well.",
)
@click.option(
    "--lag",
    default="20",
    show_default=True,
    type=LagRange(),
    help="Milliseconds from commit to visibility: MS or MIN-MAX.",
)
@click.option(
    "--deadline",
    default=120_000,
    show_default=True,
    type=click.IntRange(1, _LONGEST_DEADLINE_MS),
    help="Milliseconds until an undecided command times out.",
)
@click.option("--token-file", type=click.Path(path_type=Path), help="Tokens and their scopes.")
@click.option("--no-auth", is_flag=True, help="Let everybody in.")
@click.option("--path-prefix", default="", help="Serve below this path, such as /base.")
@click.option("--fault", help="Plant a fault.")
@click.option(
    "--variant", "variants", multiple=True, help="Behave in another legitimate way; repeatable."
)
@click.option("--shape", help="Answer in the shapes of an older API.")
@click.option(
    "--scoped-faults", is_flag=True, help="Serve fault NAME in the scopes [other-]fault-NAME[MORE]."
)
@click.option(
    "--scoped-variants", is_flag=True, help="Serve variants A and B in the scope variant-A+B."
)
@click.option("--until-stdin-closes", is_flag=True, help="End with whoever holds its input open.")
@click.option("--list-faults", is_flag=True, help="List the faults and end.")
@click.option("--list-variants", is_flag=True, help="List the variants and end.")
@click.option("--json", "as_json", is_flag=True, help="List as JSON.")
def main(  # noqa: PLR0913  # the options of the command
    *,
    host: str,
    port: int,
    data: Path | None,
    flush: bool,
    lag: tuple[float, float],
    deadline: int,
    token_file: Path | None,
    no_auth: bool,
    path_prefix: str,
    fault: str | None,
    variants: tuple[str, ...],
    shape: str | None,
    scoped_faults: bool,
    scoped_variants: bool,
    until_stdin_closes: bool,
    list_faults: bool,
    list_variants: bool,
    as_json: bool,
) -> None:
    """Serve the reference server of the contract."""
    if list_faults:
        _list([f.document() for f in FAULTS.values()], as_json=as_json)
        return
    if list_variants:
        _list([document(one, CONTRADICTIONS) for one in VARIANTS.values()], as_json=as_json)
        return
    if (token_file is None) == (not no_auth):
        refuse(USAGE, "choose who may enter: --token-file FILE or --no-auth, and not both")
    chosen = Chosen(fault, variants, shape, scoped_faults, scoped_variants)
    behaviour_of = chosen.behaviour_of()

    from reference_server import serving  # noqa: PLC0415  # listing needs no server

    serving.serve(
        serving.Start(
            host,
            port,
            data,
            flush,
            lag,
            deadline / 1000,
            token_file,
            path_prefix,
            until_stdin_closes,
        ),
        behaviour_of,
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """How to behave: by one fault, by variants or in a shape; elsewhere in scopes of their own."""

    fault: str | None
    variants: tuple[str, ...]
    shape: str | None
    scoped_faults: bool
    scoped_variants: bool

    def behaviour_of(self) -> Callable[[str], Behaviour]:
        """Give the behaviour of each scope; refuse what is unknown or contradicts itself."""
        if sum(bool(one) for one in (self.fault, self.variants, self.shape)) > 1:
            refuse(USAGE, "--fault, --variant and --shape exclude each other")
        everywhere = self._everywhere()
        if not (self.scoped_faults or self.scoped_variants):
            return lambda _scope_id: everywhere
        planted = {FAULT_SCOPE + name: fault.behaviour() for name, fault in FAULTS.items()}
        of_fault = planted if self.scoped_faults else {}

        def of_scope(scope: str) -> Behaviour:
            scope_id = scope.strip().removeprefix(OTHER).partition(BESIDE)[0]
            names = tuple(scope_id.removeprefix(VARIANT_SCOPE).split("+"))
            varies = self.scoped_variants and scope_id.startswith(VARIANT_SCOPE)
            if varies and set(names) <= set(VARIANTS):
                return composed(names)
            starts = (scope_id[:end] for end in range(len(scope_id), 0, -1))
            return next((of_fault[one] for one in starts if one in of_fault), everywhere)

        return of_scope

    def _everywhere(self) -> Behaviour:
        if self.fault is not None:
            return _named("fault", self.fault, FAULTS).behaviour()
        if self.shape is not None:
            return _named("shape", self.shape, SHAPES)()
        for name in self.variants:
            _named("variant", name, VARIANTS)
        found = contradiction(self.variants)
        if found is not None:
            refuse(USAGE, f"{' and '.join(sorted(found.names()))} exclude each other: {found.why}")
        return composed(self.variants)


def _named(kind: str, name: str, known: Mapping[str, T]) -> T:
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    told = f"the nearest is '{near[0]}'" if near else f"--list-{kind}s names them all"
    refuse(USAGE, f"no {kind} is called '{name}'; {told}")


def _list(entries: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(entries, indent=1))
        return
    for entry in entries:
        breaks = entry.get("breaks")
        named = f" [{', '.join(map(str, breaks))}]" if isinstance(breaks, list) else ""
        click.echo(f"{entry['name']}{named}\n    {entry['summary']}")
