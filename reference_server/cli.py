"""The command line of the server; refusals are one sentence on stderr."""

import difflib
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

import click

from reference_server.behaviour import Behaviour
from reference_server.faults import FAULTS
from reference_server.variants import SUMMARIES, VARIANTS

USAGE = 2
CANNOT_LISTEN = 3
STORE_REFUSED = 6
SCOPED = "fault-"

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
@click.option("--variant", help="Behave in another legitimate way.")
@click.option("--scoped-faults", is_flag=True, help="Serve fault NAME in the scope fault-NAME.")
@click.option("--list-faults", is_flag=True, help="List the faults and end.")
@click.option("--list-variants", is_flag=True, help="List the variants and end.")
@click.option("--json", "as_json", is_flag=True, help="List as JSON.")
def main(  # noqa: PLR0913  # the options of the command
    *,
    host: str,
    port: int,
    data: Path | None,
    lag: tuple[float, float],
    deadline: int,
    token_file: Path | None,
    no_auth: bool,
    path_prefix: str,
    fault: str | None,
    variant: str | None,
    scoped_faults: bool,
    list_faults: bool,
    list_variants: bool,
    as_json: bool,
) -> None:
    """Serve the reference server of the contract."""
    if list_faults:
        _list([f.document() for f in FAULTS.values()], as_json=as_json)
        return
    if list_variants:
        _list([{"name": n, "summary": s} for n, s in SUMMARIES.items()], as_json=as_json)
        return
    if (token_file is None) == (not no_auth):
        refuse(USAGE, "choose who may enter: --token-file FILE or --no-auth, and not both")
    behaviour_of = chosen_behaviour(fault, variant, scoped=scoped_faults)

    from reference_server import serving  # noqa: PLC0415  # listing needs no server

    serving.serve(
        serving.Start(host, port, data, lag, deadline / 1000, token_file, path_prefix),
        behaviour_of,
    )


def chosen_behaviour(
    fault: str | None, variant: str | None, *, scoped: bool
) -> Callable[[str], Behaviour]:
    """Give the behaviour of each scope; refuse an unknown name with the nearest one."""
    if fault is not None and variant is not None:
        refuse(USAGE, "--fault and --variant exclude each other")
    faults = {name: planted.behaviour for name, planted in FAULTS.items()}
    everywhere = Behaviour()
    if fault is not None:
        everywhere = _named("fault", fault, faults)()
    if variant is not None:
        everywhere = _named("variant", variant, VARIANTS)()
    if not scoped:
        return lambda _scope_id: everywhere
    by_scope = {SCOPED + name: behaviour() for name, behaviour in faults.items()}
    return lambda scope_id: by_scope.get(scope_id, everywhere)


def _named(kind: str, name: str, known: Mapping[str, type[Behaviour]]) -> type[Behaviour]:
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
