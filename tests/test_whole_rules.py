"""The rules of the architecture: who may import whom, one name for one thing, nothing unjudged."""

import ast
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import conformance.invariants
import conformance.scenarios
import reference_server.faults
from conformance import contract as judges_reader
from conformance.checks import Check, Invariant, Scenario
from conformance.invariants import INVARIANTS
from conformance.scenarios import SCENARIOS
from reference_server import contract as servers_reader
from reference_server.faults import FAULTS
from reference_server.faults.declaration import Fault
from reference_server.problems import Problem
from reference_server.routing import Router

ROOT = Path(__file__).parent.parent
CONTRACT = judges_reader.load_contract()
CHECKS: tuple[Check, ...] = (*SCENARIOS, *INVARIANTS)
JUDGED = {one.id: one for one in CONTRACT.requirements.values() if not one.planned}
AREA_PACKAGES = (conformance.scenarios, conformance.invariants, reference_server.faults)
NO_AREA = {"declaration"}

MAY_IMPORT = {
    "conformance/scenarios": {
        "api",
        "checks",
        "exchange",
        "expect",
        "gateways",
        "history",
        "refusals",
        "scenarios",
        "urls",
    },
    "conformance/invariants": {
        "checks",
        "contract",
        "exchange",
        "expect",
        "gateways",
        "history",
        "invariants",
        "urls",
    },
    "conformance/reports": {"reports"},
    "conformance/reports/curl.py": {"exchange"},
    "conformance/reports/of_run.py": {
        "exchange",
        "fingerprint",
        "generated",
        "judge",
        "modes",
        "reports",
        "run_result",
        "target",
        "waivers",
    },
    "conformance/reports/of_timing.py": {"pace", "reports", "run_result", "waits"},
    "conformance/reports/of_waivers.py": {"reports", "run_result", "waivers"},
    "conformance/review": {
        "judge",
        "nearest",
        "published_schemas",
        "reports",
        "review",
        "toml_file",
        "versions",
    },
    "conformance/review/views": {"published_schemas", "reports", "review", "versions"},
}


def imported(source: str) -> set[str]:
    """Every module that a source imports, dotted; a name from a package counts as its module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(f"{node.module}")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def sources(folder: str) -> Iterator[tuple[str, set[str]]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "_spec" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), imported(path.read_text("utf-8"))


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def parts_of_the_judge(modules: set[str]) -> set[str]:
    """The modules directly under `conformance` that are imported, such as history."""
    known = {path.stem for path in (ROOT / "conformance").iterdir()}
    named = {module.split(".")[1] for module in modules if module.startswith("conformance.")}
    return named & known


def allowed(path: str) -> set[str] | None:
    folder = path.rpartition("/")[0]
    return MAY_IMPORT.get(path, MAY_IMPORT.get(folder))


def test_imports_are_found_wherever_they_stand() -> None:
    source = "import a.b\ndef f():\n    from c import d\nif True:\n    from c.e import g as h\n"

    assert imported(source) == {"a.b", "c", "c.d", "c.e", "c.e.g"}
    assert parts_of_the_judge({"conformance", "conformance.history.rank", "json"}) == {"history"}


def test_the_judge_never_imports_the_server() -> None:
    assert [
        path for path, used in sources("conformance") if "reference_server" in packages(used)
    ] == []


def test_the_server_never_imports_the_judge() -> None:
    assert [
        path for path, used in sources("reference_server") if "conformance" in packages(used)
    ] == []


def test_only_one_module_speaks_http() -> None:
    speaks = {"httpx", "http", "socket", "ssl", "urllib3", "requests", "aiohttp", "asyncio"}
    values_only = "conformance/generated/transport.py"  # a test shows that it sends nothing
    certificates_only = "conformance/trust.py"
    to_github = "conformance/ci/comment.py"
    spoken = [path for path, used in sources("conformance") if packages(used) & speaks]
    assert spoken == [to_github, values_only, certificates_only, "conformance/wire.py"]
    assert not any("urllib.request" in used for _, used in sources("conformance"))


def test_nothing_of_the_judge_knows_where_it_is_run() -> None:
    assert [
        path
        for path, used in sources("conformance")
        if "ci" in parts_of_the_judge(used) and not path.startswith("conformance/ci/")
    ] == []


@pytest.mark.parametrize("folder", ["scenarios", "invariants", "reports"])
def test_checks_and_reports_import_only_what_they_are_given(folder: str) -> None:
    foreign = {
        path: parts_of_the_judge(used) - (allowed(path) or set())
        for path, used in sources(f"conformance/{folder}")
    }
    assert {path: modules for path, modules in foreign.items() if modules} == {}


@pytest.mark.parametrize("folder", ["scenarios", "invariants"])
def test_checks_need_nothing_but_the_standard_library(folder: str) -> None:
    own = {"conformance", *sys.stdlib_module_names}
    assert {path: packages(used) - own for path, used in sources(f"conformance/{folder}")} == {
        path: set() for path, _ in sources(f"conformance/{folder}")
    }


@pytest.mark.parametrize("folder", ["scenarios", "invariants"])
def test_no_check_sleeps_by_itself(folder: str) -> None:
    waits = {"time", "sched", "threading", "asyncio", "select", "signal"}

    assert [path for path, used in sources(f"conformance/{folder}") if packages(used) & waits] == []


def area_modules(package: ModuleType) -> dict[str, ModuleType]:
    names = (found.name for found in pkgutil.iter_modules(package.__path__))
    return {
        name: importlib.import_module(f"{package.__name__}.{name}")
        for name in names
        if name not in NO_AREA
    }


def declared(module: ModuleType) -> set[str]:
    """Names of the scenarios, invariants and faults that stand in a module."""
    kinds = (Scenario, Invariant, Fault)
    return {value.name for value in vars(module).values() if isinstance(value, kinds)}


def listed(module: ModuleType) -> list[Any]:
    return [
        one
        for tuple_name in ("SCENARIOS", "INVARIANTS", "FAULTS")
        for one in getattr(module, tuple_name, ())
    ]


AREA_MODULES = [module for package in AREA_PACKAGES for module in area_modules(package).values()]


@pytest.mark.parametrize("module", AREA_MODULES, ids=lambda module: module.__name__)
def test_an_area_lists_everything_that_it_declares(module: ModuleType) -> None:
    assert sorted(one.name for one in listed(module)) == sorted(declared(module))


@pytest.mark.parametrize("module", AREA_MODULES, ids=lambda module: module.__name__)
def test_an_area_holds_its_own_requirements(module: ModuleType) -> None:
    area = module.__name__.rpartition(".")[2]
    first = [one.breaks[0] if isinstance(one, Fault) else one.requirement for one in listed(module)]

    assert {requirement.partition("-")[0].lower() for requirement in first} <= {area}


@pytest.mark.parametrize("package", AREA_PACKAGES, ids=lambda package: package.__name__)
def test_every_area_of_a_package_is_listed_in_the_one_order(package: ModuleType) -> None:
    modules = area_modules(package)
    everything: dict[str, Iterable[Any]] = {
        "scenarios": SCENARIOS,
        "invariants": INVARIANTS,
        "faults": FAULTS.values(),
    }
    in_order = [one.name for one in everything[package.__name__.rpartition(".")[2]]]

    areas = [area for area in judges_reader.AREAS if area in modules]
    assert set(areas) == set(modules)
    assert in_order == [one.name for area in areas for one in listed(modules[area])]


def put_into_texts(path: Path) -> Iterator[str]:
    """What a module puts into texts straight from where it may be absent."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Call):
            called, given = node.value.func, node.value.args
            if isinstance(called, ast.Attribute) and called.attr == "get" and len(given) == 1:
                yield f"{path.name}:{node.lineno} {ast.unparse(node.value)}"


def test_no_text_of_a_check_says_none_for_what_a_document_lacks() -> None:
    judging = ("scenarios/*.py", "invariants/*.py", "expect.py", "following.py", "api.py")
    modules = [path for one in judging for path in (ROOT / "conformance").glob(one)]

    assert len(modules) > 40
    assert [one for path in modules for one in put_into_texts(path)] == []


def test_no_two_checks_and_no_two_faults_share_a_name() -> None:
    names = [one.name for one in CHECKS]
    faults = [one.name for module in AREA_MODULES for one in listed(module)]

    assert len(set(names)) == len(names)
    assert len(set(faults)) == len(faults)


def test_importing_a_check_registers_nothing() -> None:
    script = (
        "from conformance.checks import invariant, scenario\n"
        "from conformance import scenarios, invariants\n"
        "before = scenarios.SCENARIOS, invariants.INVARIANTS\n"
        "scenario('ACK-01', requests=1, writes=0, leaves=0)(lambda api: iter(()))\n"
        "invariant('ACK-01', over=int)(lambda history: iter(()))\n"
        "assert (scenarios.SCENARIOS, invariants.INVARIANTS) == before\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def snake(operation_id: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", operation_id).lower()


def client_methods() -> dict[str, tuple[str, str]]:
    """By operationId: the method of the client that sends it, and what its docstring says."""
    tree = ast.parse((ROOT / "conformance/client.py").read_text("utf-8"))
    found: dict[str, tuple[str, str]] = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            name, first = call.func, call.args[0] if call.args else None
            sends = isinstance(name, ast.Attribute) and name.attr == "_operation"
            if sends and isinstance(first, ast.Constant):
                found[str(first.value)] = (function.name, ast.get_docstring(function) or "")
    return found


def handlers() -> dict[str, str]:
    """By operationId: the method of the server that handles it."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "reference_server/handlers").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "handlers":
                found |= dict(named_handlers(node))
    return found


def named_handlers(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for table in (node for node in ast.walk(function) if isinstance(node, ast.Dict)):
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(value, ast.Attribute):
                yield str(key.value), value.attr


def test_an_operation_is_sent_by_the_method_of_its_name() -> None:
    sent = {operation_id: method for operation_id, (method, _) in client_methods().items()}

    assert sent == {operation_id: snake(operation_id) for operation_id in CONTRACT.operations}


def test_an_operation_is_handled_by_the_method_of_its_name() -> None:
    assert handlers() == {operation_id: snake(operation_id) for operation_id in CONTRACT.operations}


@pytest.mark.parametrize("operation_id", CONTRACT.operations)
def test_the_client_says_what_it_sends_as_the_contract_does(operation_id: str) -> None:
    operation = CONTRACT.operations[operation_id]
    path = operation.path.replace("/api/scopes/{scopeId}", "")

    said = client_methods()[operation_id][1].rstrip(".").split(" as ")[0].split(",")[0]

    assert said == f"{operation.method} {path}"


@cache
def seen_by_both() -> tuple[dict[str, Any], dict[str, Any]]:
    """What each reader of spec/ sees of the operations, as plain values."""
    judge, server = CONTRACT, servers_reader.load(servers_reader.spec_folder())
    return (
        {name: _plain(operation) for name, operation in judge.operations.items()},
        {name: _plain(operation) for name, operation in server.operations.items()},
    )


def _plain(operation: judges_reader.Operation | servers_reader.Operation) -> dict[str, Any]:
    receipt = operation.receipt
    return {
        "method": operation.method,
        "path": operation.path,
        "is_write": operation.is_write,
        "legacy_write": operation.legacy_write,
        "error_codes": dict(operation.error_codes),
        "receipt": receipt and (receipt.operation, receipt.resource_type, receipt.completion_stage),
    }


def test_both_readers_see_the_same_operations() -> None:
    judge, server = seen_by_both()

    assert set(judge) == set(server)


@pytest.mark.parametrize("operation_id", CONTRACT.operations)
def test_both_readers_see_an_operation_alike(operation_id: str) -> None:
    judge, server = seen_by_both()

    assert judge[operation_id] == server[operation_id]


def test_both_readers_name_the_contract_by_one_hash() -> None:
    assert CONTRACT.hash == servers_reader.load(servers_reader.spec_folder()).hash


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/scopes/s/members",
        "/api/scopes/s/members/m",
        "/api/scopes/s/members/m/binding/revisions/r1:activate",
        "/api/scopes/s/members/m/binding/revisions/r1%3Aactivate",
        "/api/scopes/s/members/m%2Finvoke%2Fchat",
        "/api/scopes/s/members/m/invoke/chat",
        "/api/scopes/s/operations/c-1",
        "/health/live",
        "/health/live/",
        "/nowhere",
    ],
)
def test_judge_and_server_take_a_path_for_the_same_operation(method: str, path: str) -> None:
    operations = servers_reader.load(servers_reader.spec_folder()).operations
    matched = CONTRACT.match(method, path)
    try:
        routed = Router(operations.values(), "").match(method, path.encode()).operation.operation_id
    except Problem:
        routed = None

    assert (matched and matched[0].operation_id) == routed


@cache
def printed_faults() -> list[dict[str, Any]]:
    asked = subprocess.run(
        [sys.executable, "-m", "reference_server", "--list-faults", "--json"],
        capture_output=True,
        check=True,
    )
    faults: list[dict[str, Any]] = json.loads(asked.stdout)
    return faults


@pytest.mark.parametrize("requirement", JUDGED)
def test_a_judged_requirement_has_a_check(requirement: str) -> None:
    assert [one.name for one in CHECKS if one.requirement == requirement]


@pytest.mark.parametrize(
    "requirement", [name for name, one in JUDGED.items() if one.level == "MUST"]
)
def test_a_judged_must_has_a_fault_that_breaks_it(requirement: str) -> None:
    assert [fault["name"] for fault in printed_faults() if requirement in fault["breaks"]]


@pytest.mark.parametrize("requirement", JUDGED)
def test_a_judged_requirement_says_why_and_on_which_operations(requirement: str) -> None:
    entry = JUDGED[requirement]

    assert entry.why
    assert entry.operations
    assert set(entry.operations) <= set(CONTRACT.operations)


def test_no_check_judges_a_planned_or_unknown_requirement() -> None:
    assert {one.requirement for one in CHECKS} == set(JUDGED)


def test_faults_name_judged_requirements_and_each_once() -> None:
    for fault in printed_faults():
        named = [*fault["breaks"], *fault["also"]]
        assert fault["breaks"], fault["name"]
        assert set(named) <= set(JUDGED), fault["name"]
        assert len(set(named)) == len(named), fault["name"]
        assert fault["area"] == fault["breaks"][0][:3].lower(), fault["name"]
        assert fault["summary"].endswith("."), fault["name"]


def test_every_stimulus_is_a_scenario() -> None:
    stimuli = {name for one in INVARIANTS for name in one.stimulus}

    assert stimuli <= {one.name for one in SCENARIOS}


def test_every_invariant_has_a_stimulus() -> None:
    assert [one.name for one in INVARIANTS if not one.stimulus] == []


def test_there_is_one_control() -> None:
    assert [one.requirement for one in SCENARIOS if one.control] == ["MBR-01"]


@pytest.mark.parametrize(
    "word", sorted({word for one in JUDGED.values() for word in one.closed_by})
)
def test_some_check_may_say_a_closing_word(word: str) -> None:
    text = "".join(path.read_text("utf-8") for path in (ROOT / "conformance").rglob("*.py"))

    assert f'"{word}"' in text
