"""The `ackproof` command: parse, hand over, print; decide nothing."""

# ruff: noqa: PLC0415  # what only one command needs is imported there: --version must be quick

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from conformance.cli_asking import init, probe
from conformance.cli_reviewing import review
from conformance.process import end, heed_stops
from conformance.selection import Selection, assignments_of, selects

INTERRUPTED = 130
of_lanes = click.option(
    "--lane",
    "lanes",
    multiple=True,
    default=("scenarios",),
    show_default=True,
    type=click.Choice(("scenarios", "generated")),
    help="Where requests come from; give it twice for both.",
)


def main() -> None:
    """Run the command line and end the process with a documented exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without → is no reason to fail
    heed_stops()
    end(outcome(sys.argv[1:]))


def outcome(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; what goes wrong becomes one sentence."""
    try:
        return int(ackproof.main(list(arguments), "ackproof", standalone_mode=False) or 0)
    except SystemExit:  # Rich ends so when whoever read the output is gone
        return INTERRUPTED
    except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001  # nobody else says it
        from conformance.failures import exit_of

        return exit_of(problem)


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  # click's signature
    if wanted:
        from conformance.versions import contract_version, kit_version

        click.echo(f"ackproof {kit_version()} (contract {contract_version()})")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the versions of the kit and of the contract.",
)
def ackproof() -> None:
    """Judge an HTTP API whose writes are asynchronous against its contract.

    Exit codes: 0 nothing broken, 1 a MUST is broken, 2 usage, target file or contract cannot be
    used, 3 the target cannot be reached, is not ready, or is not this API, 4 a MUST was not
    verified, 5 a waiver is stale, expired or unmatched, 6 the kit itself erred, 7 nothing was
    judged, 130 interrupted.
    """


@ackproof.command(short_help="Judge a server and report.")
@selects
@click.option("--yes", is_flag=True, help="Judge a target that is not on this machine.")
@click.option(
    "--report-dir",
    "folder",
    type=click.Path(path_type=Path),
    help="Write the report, its views and its evidence there.",
)
@of_lanes
@click.option(
    "--seed", default=1, show_default=True, type=int, help="Decides every generated request."
)
@click.option(
    "--examples",
    default=20,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Most generated requests an operation, beside those that try its limits.",
)
@click.option("--gate-generated", is_flag=True, help="Fail on what Schemathesis finds, too.")
@click.option("--keep", is_flag=True, help="Leave behind what the run makes.")
@click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write there what the run makes; otherwise in --report-dir or your state directory.",
)
def run(  # noqa: PLR0913  # the options of the command
    selection: Selection,
    folder: Path | None,
    lanes: tuple[str, ...],
    seed: int,
    examples: int,
    *,
    gate_generated: bool,
    keep: bool,
    ledger: Path | None,
    yes: bool,
) -> int:
    """Judge the server at URL, the one that a target file describes, or the embedded one."""
    from conformance.command_run import judge
    from conformance.generated.outcome import Generation

    if gate_generated and "generated" not in lanes:
        raise click.UsageError("--gate-generated gates nothing without --lane generated.")
    generation = Generation(seed, examples, gates=gate_generated)
    if keep:
        selection.flags["cleanup.keep"] = True
    return judge(selection, folder, lanes, generation, ledger=ledger, yes=yes)


@ackproof.command(short_help="Say what a run would send; send nothing.")
@selects
@of_lanes
@click.option(
    "--export",
    "export",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write there what proves each requirement, as JSON; give it alone.",
)
def plan(selection: Selection, lanes: tuple[str, ...], export: Path | None) -> int:
    """Say what a run would judge, send and leave behind; nothing is sent."""
    if export is not None:
        if selection != Selection(None, {}, ()) or lanes != ("scenarios",):
            raise click.UsageError(
                "--export writes of every requirement, whatever the target: give it alone."
            )
        from conformance.plan_export import export_plan

        return export_plan(export)
    from conformance.command_plan import show_plan

    return show_plan(selection, lanes)


@ackproof.group(short_help="Explain or check the target's description.")
def config() -> None:
    """Explain or check what a file, the environment and flags say about the target.

    A flag overrides the environment, that the file, and that the defaults. Any value TABLE.KEY of
    the file is given by --set TABLE.KEY=VALUE, too, or by the variable ACKPROOF_TABLE_KEY.
    """


@config.command("explain", short_help="Print each value and where it came from.")
@selects
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config_explain(selection: Selection, *, as_json: bool) -> int:
    """Print each value of the target's description and where it came from, but no token."""
    from conformance.command_config import explain_config

    return explain_config(selection, as_json=as_json)


@config.command("check", short_help="Check it; send nothing.")
@selects
def config_check(selection: Selection) -> int:
    """Check the target's description and what it names; send nothing."""
    from conformance.command_config import check_config

    return check_config(selection)


@ackproof.command(short_help="Explain a requirement.")
@click.argument("requirement", metavar="ID")
def explain(requirement: str) -> int:
    """Explain a requirement: its text, how it is judged, which faults break it."""
    from conformance.command_plan import show_requirement

    return show_requirement(requirement.upper())


@ackproof.command(short_help="Lint a contract.")
@click.argument("folder", required=False, metavar="[FOLDER]", type=click.Path(path_type=Path))
def lint(folder: Path | None) -> int:
    """Hold the contract in FOLDER, by default that of this kit, against what every contract keeps.

    Exit codes: 0 it keeps all of it, 1 something is broken, a line each, 2 it cannot be read.
    """
    from conformance.command_lint import lint_contract

    return lint_contract(folder)


@ackproof.command("verify-report", short_help="See whether a report is what its evidence says.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def verify_report(folder: Path) -> int:
    """See whether the report of DIR is what the exchanges and judgements stored there say.

    Nothing is sent. Every verdict and the exit code are worked out anew, the invariants are judged
    again, and each difference is named. Exit codes: 0 the report is what the evidence says, 1 it is
    not, 2 the evidence cannot be read, or another kit or contract judged the run.
    """
    from conformance.command_verify import verify_report

    return verify_report(folder)


@ackproof.command("rejudge", short_help="Judge a stored run by this kit.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def rejudge(folder: Path) -> int:
    """Judge the invariants of the run stored in DIR by this kit; say which verdicts changed.

    Nothing is sent, and what the scenarios said stays as it is stored. Exit codes: 0 no verdict
    changed, 1 one did, 2 the evidence cannot be read.
    """
    from conformance.command_verify import rejudge_report

    return rejudge_report(folder)


@ackproof.command(short_help="Remove what a killed run left behind.")
@click.argument("ledger", metavar="LEDGER", type=click.Path(path_type=Path))
@click.option("-c", "file", type=click.Path(path_type=Path), help="Target file of the run.")
@click.option("--token-env", metavar="NAME", help="Variable that holds the bearer token.")
@click.option("--ca-file", metavar="FILE", help="Certificate authorities to trust, as PEM.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="TABLE.KEY=VALUE",
    help="Any other value of the target file.",
)
@click.option("--dry-run", is_flag=True, help="List what would be removed; remove nothing.")
def clean(
    ledger: Path, file: Path | None, assignments: tuple[str, ...], *, dry_run: bool, **said: str
) -> int:
    """Remove the members that the run of LEDGER left behind; list what cannot be removed.

    URL and scope come from the ledger, the credential from the target file or the options. Exit
    codes: 0 nothing is left, or the server offers no delete; 1 something is left; 2 usage, the
    ledger or the target file cannot be used, or the file names another server; 3 the target cannot
    be reached or refuses the credential.
    """
    from conformance.command_clean import clean_ledger

    flags = {name: value for name, value in said.items() if value is not None}
    return clean_ledger(ledger, file, flags | assignments_of(assignments, flags), dry_run=dry_run)


@ackproof.command(short_help="Print a waiver of a finding.")
@click.argument("report", type=click.Path(path_type=Path), metavar="REPORT.json")
@click.argument("requirement", metavar="ID")
@click.option("--fingerprint", metavar="HEX", help="Waive findings of this kind alone.")
@click.option("--reason", required=True, metavar="TEXT", help="Why the defect may stay for now.")
@click.option("--issue", required=True, metavar="URL", help="Where the mending is tracked.")
@click.option("--owner", required=True, metavar="TEXT", help="Who answers for it.")
@click.option(
    "--expires", required=True, metavar="DATE", help="Last day, UTC, at most 366 days ahead."
)
def waive(report: Path, requirement: str, fingerprint: str | None, **answers: str) -> int:
    """Print an entry of waivers.toml for each kind of finding of ID in REPORT.json.

    Add what it prints to the file that the target file names as `[gate] waivers`.
    """
    from conformance.command_waive import Answers, print_entries

    return print_entries(report, requirement.upper(), fingerprint, Answers(**answers))


@ackproof.command(short_help="Judge the reference server's faults.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--full", is_flag=True, help="Judge everything, not only what the fault breaks.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the matrix there.")
def faults(names: tuple[str, ...], file: Path | None, *, full: bool) -> int:
    """Judge the reference server with each of its faults; every one must be caught by its id."""
    from conformance.fault_matrix import run_matrix

    return run_matrix(names, file, full=full)


@ackproof.command(short_help="Judge the reference server's legitimate variants.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--pairs", is_flag=True, help="Judge each two that can go together.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the matrix there.")
def variants(names: tuple[str, ...], file: Path | None, *, pairs: bool) -> int:
    """Judge the reference server in each other legitimate way; nothing may be found in any."""
    from conformance.variant_matrix import run_variants

    return run_variants(names, file, pairs=pairs)


@ackproof.command(
    short_help="Become the reference server.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.pass_context
def serve(context: click.Context) -> None:
    """Become the reference server; all options are its own."""
    from conformance.embedded import MODULE

    os.execv(MODULE[0], [*MODULE, *context.args])  # noqa: S606  # no shell on purpose


ackproof.add_command(init)
ackproof.add_command(probe)
ackproof.add_command(review)
