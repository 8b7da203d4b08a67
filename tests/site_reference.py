"""The reference pages, made from the code and the contract that they tell of."""

import inspect
import json
from collections.abc import Iterator, Sequence
from importlib.resources import files

import click
from site_markdown import code, codes, link, page, plain, table
from site_requirements import requirement_pages
from site_rules import rules
from site_schema import Tables

from conformance.cli import ackproof
from conformance.contract import Contract, Operation
from conformance.judge import EXIT_MEANINGS, EXIT_ORDER
from reference_server.cli import main as server

SCHEMAS = {
    "target": "The target file, key by key",
    "waivers": "The waivers file, key by key",
    "review": "review.toml, key by key",
    "approvals": "spec-approvals.yaml, key by key",
    "report": "report.json, member by member",
    "trace": "trace.jsonl.gz, line by line",
}
VIEWER = "viewer/index.html"
NO_OPERATION = "a request that reaches no operation"


def reference_pages(contract: Contract) -> dict[str, str]:
    """Make every reference page, by its place on the site."""
    return {
        "reference/commands.md": commands(),
        "reference/exit-codes.md": exit_codes(),
        **{_schema_place(name): schema(name, title) for name, title in SCHEMAS.items()},
        "reference/api.md": operations(contract),
        "reference/review-rules.md": rules(),
        "reference/problem-codes.md": problem_codes(contract),
        **requirement_pages(contract),
    }


def _schema_place(name: str) -> str:
    return "reference/target-file.md" if name == "target" else f"reference/{name}.md"


def commands() -> str:
    """Tell every command of `ackproof` with its arguments and options."""
    told = [_command(path, one) for path, one in walk(("ackproof",), ackproof)]
    return page("Commands", "Made from the commands themselves.", *told)


def walk(
    path: tuple[str, ...], command: click.Command
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and all below it, as they are typed; `serve` is the server's own."""
    yield path, command
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from walk((*path, name), server if name == "serve" else one)


def _command(path: Sequence[str], command: click.Command) -> str:
    name = " ".join(path)
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    records = (one.get_help_record(context) for one in command.get_params(context))
    rows = [(code(spelt), plain(said)) for spelt, said in filter(None, records)]
    if isinstance(command, click.Group):
        below = ((code(one), plain(each.get_short_help_str(200))) for one, each in _below(command))
        rows += [(f"{spelt}", said) for spelt, said in below]
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    anchor = "-".join(path)
    return "\n\n".join(
        [
            f"## {name} {{ #{anchor} }}",
            *map(_paragraph, paragraphs),
            f"```text\n{usage}\n```",
            table(("option or command", "what it does"), rows),
        ]
    )


def _paragraph(text: str) -> str:
    """Spell a paragraph of a help text; lines below click's sign for it are kept as they are."""
    lines = text.removeprefix("\b\n")
    return f"```text\n{inspect.cleandoc(lines)}\n```" if lines != text else plain(text)


def _below(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    yield from group.commands.items()


def exit_codes() -> str:
    """Tell what each exit code of `ackproof` means, and which wins."""
    rows = [(code(str(int(one))), plain(meaning)) for one, meaning in EXIT_MEANINGS.items()]
    order = ", ".join(str(int(one)) for one in EXIT_ORDER)
    return page(
        "Exit codes",
        table(("exit code", "meaning"), rows),
        f"Where several apply, the order is {order}.",
    )


def schema(name: str, title: str) -> str:
    """Tell a schema of the kit: its description, then its tables."""
    path = f"schemas/{name}.schema.json"
    document = json.loads(files("conformance").joinpath(path).read_text(encoding="utf-8"))
    made = f"Made from `conformance/{path}`."
    sections = Tables(document, by_table=name == "target").sections()
    return page(title, plain(document["description"]), made, *sections)


def operations(contract: Contract) -> str:
    """List the operations of the contract, each linked to where the viewer shows it."""
    tags: dict[str, list[tuple[str, ...]]] = {}
    for one in contract.operations.values():
        entry = contract.document["paths"][one.path][one.method.lower()]
        tag = entry["tags"][0]
        address = f"../{VIEWER}#/{tag}/{one.operation_id}"
        shown = f'<a href="{address}"><code>{one.method} {one.path}</code></a>'
        tags.setdefault(tag, []).append(
            (shown, code(one.operation_id), plain(entry.get("summary", "")), _answers(one))
        )
    heads = ("request", "operationId", "what it does", "a write's receipt")
    return page(
        "The API",
        f"{len(contract.operations)} operations, OpenAPI {contract.document['openapi']}, version "
        f"{plain(contract.version)} of the contract. "
        f'<a href="../{VIEWER}">The whole document</a>, with every parameter, answer, schema and '
        "example, is shown by Swagger UI; it works from disk and asks no server.",
        *(f"## {tag}\n\n{table(heads, rows)}" for tag, rows in tags.items()),
    )


def _answers(operation: Operation) -> str:
    if operation.receipt is None:
        return "its older answer" if operation.legacy_write else ""
    rule = operation.receipt
    return f"{code(rule.operation)}, ready at {code(rule.completion_stage)}"


def problem_codes(contract: Contract) -> str:
    """Tell every code of the contract: with which status, in answer to what, named by whom."""
    told = problems(contract)
    rows = [
        (
            f'<span id="{one}">{code(one)}</span>',
            "<br>".join(f"{status}: {_who(contract, who)}" for status, who in where.items()),
            ", ".join(_naming(contract, one)) or "",
        )
        for one, where in sorted(told.items())
    ]
    return page(
        "Problem codes",
        f"Clients branch on `code`. The contract names {len(told)} of them. The list is closed for "
        "the reference server and open for everybody else: an unknown code of legal form is shown, "
        "never held against a server.",
        table(("code", "status and operations", "requirements that name it"), rows),
    )


def problems(contract: Contract) -> dict[str, dict[str, list[str]]]:
    """Gather the codes: by code, by status or what else it ends, the operationIds."""
    found: dict[str, dict[str, list[str]]] = {}
    for status, named in contract.document.get("x-error-codes", {}).items():
        for one in named:
            found.setdefault(one, {})[status] = [NO_OPERATION]
    for operation in contract.operations.values():
        entry = contract.document["paths"][operation.path][operation.method.lower()]
        for status, named in operation.error_codes.items():
            for one in named:
                _under(found, one, status).append(operation.operation_id)
        for one in entry.get("x-operation-receipt", {}).get("failureCodes", ()):
            _under(found, one, "after acceptance").append(operation.operation_id)
    return found


def _who(contract: Contract, names: Sequence[str]) -> str:
    """Name the operations, or say that they are all of them or all that write."""
    every = contract.operations.values()
    groups = {
        NO_OPERATION: [NO_OPERATION],
        "every operation": [one.operation_id for one in every],
        "every write": [one.operation_id for one in every if one.is_write],
        "every write with a receipt": [one.operation_id for one in every if one.receipt],
    }
    return next((said for said, those in groups.items() if those == names), codes(names))


def _under(found: dict[str, dict[str, list[str]]], name: str, status: str) -> list[str]:
    return found.setdefault(name, {}).setdefault(status, [])


def _naming(contract: Contract, name: str) -> Iterator[str]:
    for one in contract.requirements.values():
        if name in one.text.split() or name in f"{one.text} {one.check}".replace(",", " ").split():
            area = one.id.partition("-")[0].lower()
            yield link(one.id, f"requirements/{area}.md#{one.id.lower()}")
