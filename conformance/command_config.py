"""`ackproof config`: what a file, the environment, flags and defaults say about the target."""

import json
import os
from collections.abc import Iterator
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from conformance.command_run import is_embedded
from conformance.contract import load_contract
from conformance.embedded import EMBEDDED, NOT_STARTED
from conformance.plan import make_plan
from conformance.reports.counted import counted
from conformance.reports.printable import printable
from conformance.selection import Selection
from conformance.target_check import check_target
from conformance.target_file import load_target, read_settings
from conformance.target_fixtures import DEFAULTS
from conformance.target_keys import Key, all_keys
from conformance.target_settings import Settings

OTHERWISE: Final = {
    "target.url": "the embedded reference server, on a free port",
    "target.other_scope": "a name that nobody uses",
    "target.max_writes": "no limit",
    "target.ca_file": "the public authorities",
    "gate.waivers": "none: nothing is excused",
    "hooks.restart": "none, but for the embedded server: what needs one is not verified",
    "timing.deadline_slack": "1 on this machine, 5 elsewhere",
    **dict.fromkeys(
        (f"implementations.{name}" for name in DEFAULTS),
        "the default workflow, where workflows are offered",
    ),
}


def explain_config(selection: Selection, *, as_json: bool) -> int:
    """Print every key with its value and its origin; of secrets, whether they are set.

    The JSON is `{"settings": [{"key", "value", "origin", "where", "variable"}, ...], "secrets":
    [{"for", "held_by", "set"}, ...]}`; `value` is null where nobody gave one and there is no
    default, and `origin` is then `"default"`.

    Raises:
        TargetFileError: the description cannot be read, or breaks the schema.

    """
    settings = _settings(selection)
    rows = [_row(key, settings) for key in all_keys().values()]
    secrets = list(_secrets(settings))
    if as_json:
        print(json.dumps({"settings": rows, "secrets": secrets}, indent=2))  # noqa: T201  # data
        return 0
    console = Console()
    for row in rows:
        value = "" if row["value"] is None else json.dumps(row["value"], ensure_ascii=False)
        said = printable(value or OTHERWISE.get(row["key"], "none"))
        console.print(Text(f"{row['key']:<28} {said}  "), Text(row["where"], "dim"), soft_wrap=True)
    for one in secrets:
        state = "set" if one["set"] else "unset"
        console.print(Text(f"{one['for']:<28} {state}  "), Text(one["held_by"], "dim"))
    return 0


def check_config(selection: Selection) -> int:
    """Do everything that comes before the first request, and say that nothing was wrong.

    Raises:
        TargetFileError: the description cannot be used.
        UnknownSelection: it names a profile that is none.

    """
    embedded = is_embedded(selection.file, selection.flags)
    target = (
        NOT_STARTED.target(selection.flags, os.environ)
        if embedded
        else load_target(selection.file, selection.flags)
    )
    contract = load_contract()
    check_target(contract, target)
    plan = make_plan(contract, target, selection.only)
    judged = counted(len(plan.requirements), "requirement")
    said = f"{target.described_by} can be used: {target.url}, scope {target.scope}, {judged}"
    Console().print(Text(printable(said)), soft_wrap=True)
    return 0


def _settings(selection: Selection) -> Settings:
    if not is_embedded(selection.file, selection.flags):
        return read_settings(selection.file, selection.flags, os.environ)
    own = {**EMBEDDED, "target.url": NOT_STARTED.url}
    settings = read_settings(None, selection.flags, os.environ, own)
    del settings.by_name["target.url"]
    return settings


def _row(key: Key, settings: Settings) -> dict[str, Any]:
    setting = settings.by_name.get(key.name)
    return {
        "key": key.name,
        "value": setting.value if setting else None,
        "origin": setting.origin if setting else "default",
        "where": setting.where if setting else "default",
        "variable": key.variable,
    }


def _secrets(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield who needs a secret, what holds it and whether it does."""
    for table in ("target", "principals.other"):
        if name := settings.value(f"{table}.token_env"):
            held = f"environment variable {name}"
            yield {"for": f"token of {table}", "held_by": held, "set": bool(os.environ.get(name))}
        elif settings.value(f"{table}.token_file"):
            path = settings.file(f"{table}.token_file")
            there = path.is_file() and path.stat().st_size > 0
            yield {"for": f"token of {table}", "held_by": str(path), "set": there}
    for header, given in settings.value("target.headers").items():
        if isinstance(given, dict):
            name = given["env"]
            held = f"environment variable {name}"
            yield {"for": f"header {header}", "held_by": held, "set": bool(os.environ.get(name))}
