"""Lint of the operations: ids, parameters, links, security, receipts, typed errors."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

SPEC = Path(__file__).parent.parent / "spec"
Json = Any
Document = dict[str, Any]
Operation = tuple[str, str, dict[str, Any], dict[str, Any]]

METHODS = ("get", "put", "post", "patch", "delete")
OPERATION_IDS = """
    createMember listMembers getMember updateMember deleteMember updateMemberImplementation
    getMemberPublishedService getMemberBinding bindMember getMemberBindingReadiness
    listMemberRevisions activateMemberRevision retireMemberRevision getMemberEndpointContract
    invokeMember listMemberRuns getMemberRun getOperation listOperations putScopeBinding
    getScopeBinding getHealthLive getHealthReady
""".split()  # noqa: SIM905  # twenty-three names read better as text
COMPLETION_STAGES = {
    "member.create": "observed",
    "member.update": "observed",
    "member.delete": "observed",
    "member.implementation.update": "observed",
    "member.bind": "ready",
    "member.revision.activate": "ready",
    "member.revision.retire": "observed",
    "member.invoke": "ready",
}
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
PROBLEM_SCHEMAS = {
    "application/problem+json": "#/components/schemas/ProblemDetails",
    "application/json": "#/components/schemas/Problem",
}


def operations(document: Document) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item, item[method]


def resolve(document: Document, value: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    if "$ref" not in value:
        return value
    for step in value["$ref"].split("/")[1:]:
        found = found[step]
    resolved: dict[str, Any] = found
    return resolved


def parameters(document: Document, item: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    declared = item.get("parameters", []) + operation.get("parameters", [])
    return {
        f"{one['in']}.{one['name']}" for one in (resolve(document, entry) for entry in declared)
    }


def operation_ids(document: Document) -> list[str]:
    met = [operation["operationId"] for _, _, _, operation in operations(document)]
    return [f"{name} is said twice" for name in set(met) if met.count(name) > 1] + [
        f"{name} is on one side only" for name in sorted(set(met) ^ set(OPERATION_IDS))
    ]


def path_parameters(document: Document) -> Iterator[str]:
    for path, method, item, operation in operations(document):
        wanted = {f"path.{name}" for name in re.findall(r"{(\w+)}", path)}
        declared = {
            name for name in parameters(document, item, operation) if name.startswith("path.")
        }
        for name in sorted(wanted ^ declared):
            yield f"{method} {path}: {name} is in the path or declared, not both"


def links(document: Document) -> Iterator[str]:
    targets = {
        operation["operationId"]: parameters(document, item, operation)
        for _, _, item, operation in operations(document)
    }
    for _, _, _, operation in operations(document):
        for status, entry in operation["responses"].items():
            for name, link in resolve(document, entry).get("links", {}).items():
                at = f"{operation['operationId']} {status} {name}"
                yield from _link(resolve(document, link), targets, at)


def _link(link: dict[str, Any], targets: dict[str, set[str]], at: str) -> Iterator[str]:
    known = targets.get(link["operationId"])
    if known is None:
        yield f"{at}: no operation {link['operationId']}"
        return
    given = set(link.get("parameters", {}))
    for name in sorted(given - {one.partition(".")[2] for one in known} - known):
        yield f"{at}: {link['operationId']} takes no {name}"
    for one in sorted(known):
        if one.startswith("path.") and not {one, one.removeprefix("path.")} & given:
            yield f"{at}: {link['operationId']} needs {one}"


def security(document: Document) -> Iterator[str]:
    known = set(document["components"]["securitySchemes"])
    for _, _, _, operation in operations(document):
        own = "security" in operation
        for choice in operation["security"] if own else document["security"]:
            for name in sorted(set(choice) - known):
                yield f"{operation['operationId']}: no security scheme {name}"


def receipts(document: Document) -> Iterator[str]:
    for _, method, _, operation in operations(document):
        name, rule = operation["operationId"], operation.get("x-operation-receipt")
        legacy = operation.get("x-legacy-write") is True
        if (method != "get") != (rule is not None or legacy) or (rule and legacy):
            yield f"{name}: a write is a receipt's or a legacy one, a read is neither"
        if rule is None:
            continue
        if set(rule) != {"operation", "resourceType", "completionStage", "failureCodes"}:
            yield f"{name}: x-operation-receipt has the members {sorted(rule)}"
        elif COMPLETION_STAGES.get(rule["operation"]) != rule["completionStage"]:
            yield f"{name}: {rule['operation']} does not complete at {rule['completionStage']}"
        yield from (f"{name}: no code {one}" for one in _illegal(rule.get("failureCodes", [])))
        if "202" not in operation["responses"]:
            yield f"{name}: a write may always be answered 202"


def _illegal(codes: list[str]) -> list[str]:
    return [one for one in codes if not CODE.fullmatch(one) or len(one) > 63]


def typed_errors(document: Document) -> Iterator[str]:
    for _, _, _, operation in operations(document):
        name, codes = operation["operationId"], operation.get("x-error-codes", {})
        errors = {status for status in operation["responses"] if status >= "400"}
        for status in sorted(errors ^ set(codes)):
            yield f"{name} {status}: declared or given codes, not both"
        for status in sorted(errors):
            content: dict[str, Json] = resolve(document, operation["responses"][status])["content"]
            if {kind: media["schema"].get("$ref") for kind, media in content.items()} != (
                PROBLEM_SCHEMAS
            ):
                yield f"{name} {status}: not a Problem in both media types"
        for status, some in codes.items():
            if not some or _illegal(some) or len(some) != len(set(some)):
                yield f"{name} {status}: {some} is no list of different codes"


RULES = (operation_ids, path_parameters, links, security, receipts, typed_errors)


@pytest.fixture(scope="module")
def document() -> Document:
    loaded: Document = yaml.safe_load((SPEC / "openapi.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_contract_keeps_the_rule(
    document: Document, rule: Callable[[Document], Iterator[str] | list[str]]
) -> None:
    assert list(rule(document)) == []


def _set(path: str, value: Json) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *steps, last = path.split(" ")
        for step in steps:
            document = document[step]
        document[last] = value

    return change


MEMBERS = "paths /api/scopes/{scopeId}/members"
BINDING = "paths /api/scopes/{scopeId}/members/{memberId}/binding"
BROKEN: dict[str, tuple[Any, Callable[[Document], None], str]] = {
    "an id twice": (
        operation_ids,
        _set(f"{MEMBERS} get operationId", "createMember"),
        "createMember is said twice",
    ),
    "an unknown id": (
        operation_ids,
        _set(f"{MEMBERS} get operationId", "listAll"),
        "listAll is on one side only",
    ),
    "a path parameter undeclared": (
        path_parameters,
        _set(f"{MEMBERS} parameters", []),
        "path.scopeId",
    ),
    "a link to nowhere": (
        links,
        _set("components links Operation operationId", "getCommand"),
        "no operation getCommand",
    ),
    "a link with an unknown parameter": (
        links,
        _set("components links Operation parameters id", "x"),
        "getOperation takes no id",
    ),
    "a link without a path parameter": (
        links,
        _set("components links Operation parameters", {}),
        "getOperation needs path.commandId",
    ),
    "an unknown security scheme": (
        security,
        _set(f"{MEMBERS} get security", [{"apiKey": []}]),
        "no security scheme apiKey",
    ),
    "a write without a receipt": (
        receipts,
        lambda document: document["paths"]["/api/scopes/{scopeId}/members"]["post"].pop(
            "x-operation-receipt"
        ),
        "a write is a receipt's",
    ),
    "a receipt without a member": (
        receipts,
        _set(f"{BINDING} put x-operation-receipt", {"operation": "member.bind"}),
        "has the members",
    ),
    "another completion stage": (
        receipts,
        _set(f"{BINDING} put x-operation-receipt completionStage", "observed"),
        "does not complete at observed",
    ),
    "an illegal failure code": (
        receipts,
        _set(f"{BINDING} put x-operation-receipt failureCodes", ["Broken"]),
        "no code Broken",
    ),
    "a write that cannot be accepted": (
        receipts,
        lambda document: document["paths"]["/api/scopes/{scopeId}/members"]["post"][
            "responses"
        ].pop("202"),
        "may always be answered 202",
    ),
    "codes of no answer": (
        typed_errors,
        _set(f"{BINDING} get x-error-codes 418", ["TEAPOT"]),
        "getMemberBinding 418",
    ),
    "an untyped error": (
        typed_errors,
        _set("components responses NotFound content", {}),
        "404: not a Problem",
    ),
    "an illegal error code": (
        typed_errors,
        _set(f"{BINDING} get x-error-codes 404", ["Missing"]),
        "is no list of different codes",
    ),
}


@pytest.mark.parametrize(("rule", "change", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_breach_is_reported(
    document: Document,
    rule: Callable[[Document], Iterator[str] | list[str]],
    change: Callable[[Document], None],
    sentence: str,
) -> None:
    broken = copy.deepcopy(document)
    change(broken)
    assert any(sentence in one for one in rule(broken))
