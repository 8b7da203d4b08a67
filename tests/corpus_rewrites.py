"""The same contract written in other ways, of which a review has nothing to say."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import yaml
from corpus_model import (
    Contract,
    Edit,
    Rewrite,
    Texts,
    all_of,
    contracts,
    copied,
    drop,
    put,
    rename,
    texts,
    untouched,
)

Json = Any
ROOT: Final = "openapi.yaml"
ONE: Final = "/paths/~1parcels~1{parcelId}"
LABEL: Final = "/paths/~1parcels~1{parcelId}~1label"
POST: Final = "/paths/~1parcels/post"
LIST: Final = "/paths/~1parcels/get"
QUOTE: Final = "/paths/~1quotes/post"
SCHEMAS: Final = "/components/schemas"
TEXT: Final = {"type": "string"}
OLD: Final = """\
openapi: 3.0.3
info: { title: Old, version: 1.0.0 }
paths:
  /things:
    post:
      operationId: sendThing
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name: { type: string, nullable: true }
                size: { type: number, minimum: 0, exclusiveMinimum: true }
                most: { type: number, maximum: 9, exclusiveMaximum: false }
                one: { type: string, enum: [a] }
      responses:
        '200': { description: Done }
"""
NEW: Final = (
    OLD.replace("3.0.3", "3.1.0")
    .replace("type: string, nullable: true", "type: [string, 'null']")
    .replace("minimum: 0, exclusiveMinimum: true", "exclusiveMinimum: 0")
    .replace(", exclusiveMaximum: false", "")
    .replace("enum: [a]", "const: a")
)


# fmt: off
@cache
def courier() -> dict[str, str]:
    return dict(texts(contracts()["courier"]))


def edited(name: str, edit: Edit, before: Edit = untouched) -> Rewrite:
    """Rewrite by editing values; both sides are written out in one style."""

    def sides() -> tuple[Texts, Texts]:
        base = copied(contracts()["courier"])
        before(base)
        head = copied(base)
        edit(head)
        return texts(base), texts(head)

    return Rewrite(name, sides)


def retyped(name: str, retype: Callable[[str], str], base: str = "") -> Rewrite:
    """Rewrite the text of the document."""

    def sides() -> tuple[Texts, Texts]:
        known = {ROOT: base} if base else courier()
        return known, known | {ROOT: retype(known[ROOT])}

    return Rewrite(name, sides)


def beside(name: str, head: Callable[[Json], Texts]) -> Rewrite:
    """Rewrite the document into other files; a text of "" takes a file away."""

    def sides() -> tuple[Texts, Texts]:
        new = dict(courier()) | dict(head(copied(contracts()["courier"][ROOT])))
        return courier(), {name: text for name, text in new.items() if text}

    return Rewrite(name, sides)


def everywhere(change: Callable[[Json], Json]) -> Edit:
    """Rebuild every mapping and list of the document, from the innermost outwards."""

    def rebuilt(node: Json) -> Json:
        if isinstance(node, dict):
            return change({key: rebuilt(value) for key, value in node.items()})
        return change([rebuilt(value) for value in node]) if isinstance(node, list) else node

    def edit(contract: Contract) -> None:
        for name in contract:
            contract[name] = rebuilt(contract[name])

    return edit


def other_way_round(*keys: str) -> Edit:
    """Reverse every list under one of the keys."""

    def change(node: Json) -> Json:
        if not isinstance(node, dict):
            return node
        return {key: value[::-1] if key in keys and isinstance(value, list) else value for key, value in node.items()}

    return everywhere(change)


def referring(old: str, new: str) -> Edit:
    """Have every reference to one thing lead to another."""

    def change(node: Json) -> Json:
        if not isinstance(node, dict):
            return node
        return {key: new if value == old else value for key, value in node.items()}

    return everywhere(change)


def at(contract: Contract, pointer: str) -> Json:
    node = contract[ROOT]
    for step in pointer[1:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else node[name]
    return node


def moved(old: str, new: str) -> Edit:
    """Copy what is at one place to another, and drop it at the old one."""

    def edit(contract: Contract) -> None:
        value = at(contract, old)
        drop(old)(contract)
        put(new, value)(contract)

    return edit


def extracted(pointer: str, component: str) -> Edit:
    """Move a value into the components and refer to it."""

    def edit(contract: Contract) -> None:
        put(f"/components/{component}", at(contract, pointer))(contract)
        put(pointer, {"$ref": f"#/components/{component}"})(contract)

    return edit


def inlined(pointer: str) -> Edit:
    """Put what a reference leads to in its place."""

    def edit(contract: Contract) -> None:
        target = at(contract, pointer)["$ref"].removeprefix("#")
        put(pointer, at(contract, target))(contract)

    return edit


def order() -> Iterator[Rewrite]:
    yield edited("mappings-reversed", everywhere(lambda node: dict(reversed(node.items())) if isinstance(node, dict) else node))
    yield edited("mappings-sorted", everywhere(lambda node: dict(sorted(node.items())) if isinstance(node, dict) else node))
    for key in ("required", "enum", "tags", "parameters", "allOf", "oneOf", "security", "operations", "x-requirements", "type"):
        yield edited(f"{key}-in-another-order", other_way_round(key))
    any_of = put(f"{SCHEMAS}/Move/properties/note", {"anyOf": [{"maxLength": 3}, {"type": "integer"}, {"type": "boolean"}]})
    yield edited("anyOf-in-another-order", other_way_round("anyOf"), any_of)
    code, codes = f"{SCHEMAS}/Problem/properties/code", ["ADDRESS_UNKNOWN", "PARCEL_EXISTS", "KEY_REUSED", "NOT_STORED", "NOT_FOUND"]
    yield edited("values-as-constants", put(code, {"oneOf": [{"const": one} for one in codes], "type": "string"}))
    yield edited("values-as-constants-each-with-its-type", put(code, {"anyOf": [{"const": one, "type": "string"} for one in codes]}))
    yield edited("error-codes-in-another-order", other_way_round("409", "failureCodes"))


def references() -> Iterator[Rewrite]:
    price = "#/components/schemas/Price"
    yield edited("component-renamed", all_of(rename(f"{SCHEMAS}/Price", "Money"), referring(price, "#/components/schemas/Money")))
    yield edited("response-component-renamed", all_of(rename("/components/responses/Refused", "No"), referring("#/components/responses/Refused", "#/components/responses/No")))
    yield edited("unused-component-renamed", rename(f"{SCHEMAS}/Unused", "Forgotten"))
    yield edited("schema-inlined", inlined(f"{SCHEMAS}/Parcel/properties/state"))
    yield edited("response-inlined", inlined(f"{POST}/responses/202"))
    yield edited("callback-inlined", inlined(f"{POST}/callbacks/onLost"))
    yield edited("example-inlined", inlined(f"{LIST}/responses/200/content/application~1json/examples/none"))
    yield edited("schema-extracted", extracted(f"{QUOTE}/requestBody/content/application~1json/schema", "schemas/Asked"))
    yield edited("response-extracted", extracted(f"{ONE}/delete/responses/202", "responses/Withdrawn"))
    yield edited("header-extracted", extracted("/components/responses/Accepted/headers/Retry-After", "headers/Retry-After"))
    yield edited("parameter-extracted", extracted(f"{LIST}/parameters/0", "parameters/PageSize"))
    yield edited("body-extracted", all_of(put("/components/requestBodies", {}), extracted(f"{POST}/requestBody", "requestBodies/Booked")))
    yield edited("link-extracted", all_of(put("/components/links", {}), extracted(f"{LIST}/responses/200/links/first", "links/First")))
    yield edited("path-item-extracted", all_of(put("/components/pathItems", {}), extracted("/paths/~1quotes", "pathItems/Quotes")))
    yield edited("references-in-a-chain", all_of(put(f"{SCHEMAS}/Sum", {"$ref": price}), put(f"{SCHEMAS}/Parcel/properties/price/$ref", "#/components/schemas/Sum")))
    yield edited("reference-percent-encoded", referring(price, "#/components/schemas/Pr%69ce"))
    escaped = f"#{QUOTE}/responses/200/content/application~1json/schema".replace("~", "%7E")
    yield edited("reference-to-an-escaped-pointer", put(f"{SCHEMAS}/Parcel/properties/price/$ref", escaped))
    yield edited("reference-by-the-name-of-the-file", referring(price, "openapi.yaml#/components/schemas/Price"))
    yield edited(
        "reference-into-defs",
        all_of(
            put(f"{SCHEMAS}/Parcel/$defs", {}), moved(f"{SCHEMAS}/State", f"{SCHEMAS}/Parcel/$defs/State"), referring("#/components/schemas/State", "#/components/schemas/Parcel/$defs/State")
        ),
    )
    yield edited("parameter-to-the-path", moved(f"{LABEL}/put/parameters", f"{LABEL}/parameters"))
    yield edited(
        "parameter-to-each-operation",
        all_of(
            put(f"{ONE}/patch/parameters", [{"$ref": "#/components/parameters/ParcelId"}]),
            put(f"{ONE}/delete/parameters", [{"$ref": "#/components/parameters/ParcelId"}]),
            put(f"{ONE}/get/parameters/-", {"$ref": "#/components/parameters/ParcelId"}),
            drop(f"{ONE}/parameters"),
        ),
    )
    alone = all_of(drop("/webhooks"), drop(f"{POST}/callbacks"))
    own = [f"{LIST}/security", f"{POST}/security", f"{ONE}/patch/security", f"{ONE}/delete/security", "/paths/~1commands~1{commandId}/get/security"]
    yield edited("security-to-each-operation", all_of(*(put(pointer, [{"bearer": []}]) for pointer in own), drop("/security")), alone)
    yield edited("security-said-again", put(f"{LIST}/security", [{"bearer": []}]))
    servers = [{"url": "https://courier.example/v2"}]
    paths = ("/paths/~1parcels", ONE, LABEL, "/paths/~1commands~1{commandId}", "/paths/~1quotes")
    yield edited("servers-said-again", all_of(*(put(f"{path}/servers", servers) for path in paths)), put("/servers", servers))


def files() -> Iterator[Rewrite]:
    yield beside("yaml-to-json", lambda document: {ROOT: "", "openapi.json": json.dumps(document, indent=2)})
    yield beside("yaml-to-json-in-one-line", lambda document: {ROOT: "", "openapi.json": json.dumps(document)})
    yield beside("schemas-in-another-file", _schemas_apart)
    yield beside("path-in-another-file", _path_apart)
    yield beside("catalogue-in-two-files", lambda _: _catalogue_apart())


def _referring(node: Json, old: str, new: str) -> Json:
    """Have every text that refers to one place refer to another."""
    return json.loads(json.dumps(node).replace(f'"{old}', f'"{new}'))


def _schemas_apart(document: Json) -> Texts:
    parts = _referring(document["components"].pop("schemas"), "#/components/schemas/", "#/")
    root = _referring(document, "#/components/schemas/", "parts/schemas.yaml#/")
    return texts({ROOT: root, "parts/schemas.yaml": parts})


def _path_apart(document: Json) -> Texts:
    quotes = _referring(document["paths"]["/quotes"], "#/components", "../openapi.yaml#/components")
    document["paths"]["/quotes"] = {"$ref": "paths/quotes.yaml"}
    return texts({ROOT: document, "paths/quotes.yaml": quotes})


def _catalogue_apart() -> Texts:
    entries = contracts()["courier"]["requirements/prc.yaml"]
    halves = {"requirements/a.yaml": {"PRC-03": entries["PRC-03"]}, "requirements/b.yaml": {name: entries[name] for name in ("PRC-02", "PRC-01")}}
    return {"requirements/prc.yaml": ""} | dict(texts(halves))


def schemas() -> Iterator[Rewrite]:
    parcel = contracts()["courier"][ROOT]["components"]["schemas"]["Parcel"]
    half = {"type": "object", "required": ["id"], "properties": {"id": parcel["properties"]["id"]}}
    rest = {name: value for name, value in parcel["properties"].items() if name != "id"}
    other = {"type": "object", "required": ["state"], "properties": rest}
    whole = {"description": parcel["description"], "allOf": [half, other]}
    goods = contracts()["courier"][ROOT]["components"]["schemas"]["Goods"]["allOf"]
    yield edited("allOf-split", put(f"{SCHEMAS}/Parcel", whole))
    yield edited("allOf-nested", put(f"{SCHEMAS}/Goods", {"allOf": [{"allOf": [goods[0]]}, {"allOf": [goods[1]]}]}))
    yield edited("allOf-around-a-reference", put(f"{SCHEMAS}/Parcel/properties/state", {"allOf": [{"$ref": "#/components/schemas/State"}]}))
    yield edited("allOf-merged", put(f"{SCHEMAS}/Goods", {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "goods"}, "value": {"type": "number", "minimum": 0}}}))
    depot = f"{SCHEMAS}/Move/properties/depot"
    spelled: dict[str, tuple[Json, Json]] = {
        "type-in-a-list": (TEXT, {"type": ["string"]}),
        "const-for-an-enum-of-one": ({"type": "string", "enum": ["a"]}, {"type": "string", "const": "a"}),
        "anyOf-null-for-a-list-of-types": ({"type": ["string", "null"], "maxLength": 3}, {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}),
        "oneOf-null-for-a-list-of-types": ({"type": ["string", "null"]}, {"oneOf": [{"type": "string"}, {"type": "null"}]}),
        "anyOf-of-one": ({"type": "string", "maxLength": 3}, {"anyOf": [{"type": "string", "maxLength": 3}]}),
        "true-for-an-empty-schema": ({}, True),
        "number-with-a-point": ({"type": "number", "maximum": 50}, {"type": "number", "maximum": 50.0}),
        "bounds-of-nothing": (TEXT, {"type": "string", "minLength": 0}),
        "additionalProperties-true": ({"type": "object"}, {"type": "object", "additionalProperties": True}),
        "additionalProperties-empty": ({"type": "object"}, {"type": "object", "additionalProperties": {}}),
        "additionalProperties-not-anything": ({"type": "object", "additionalProperties": False}, {"type": "object", "additionalProperties": {"not": {}}}),
        "required-nothing": ({"type": "object"}, {"type": "object", "required": []}),
        "list-keywords-of-nothing": ({"type": "array"}, {"type": "array", "minItems": 0, "uniqueItems": False}),
        "flags-that-are-false": (TEXT, {"type": "string", "readOnly": False, "writeOnly": False, "deprecated": False}),
    }
    for name, (before, after) in spelled.items():
        yield edited(name, put(depot, after), put(depot, before))


def defaults() -> Iterator[Rewrite]:
    page = f"{LIST}/parameters/0"
    yield edited(
        "parameter-defaults-said",
        all_of(
            put(f"{page}/required", value=False),
            put(f"{page}/style", "form"),
            put(f"{page}/explode", value=True),
            put(f"{page}/deprecated", value=False),
            put(f"{page}/allowReserved", value=False),
            put(f"{LIST}/parameters/3/style", "simple"),
            put(f"{LIST}/parameters/3/explode", value=False),
            put(f"{LIST}/parameters/4/style", "form"),
        ),
    )
    yield edited("body-defaults-said", put(f"{QUOTE}/requestBody/required", value=False))
    yield edited("header-defaults-said", all_of(put(f"{LIST}/responses/200/headers/X-Next/required", value=False), put(f"{LIST}/responses/200/headers/X-Next/style", "simple")))
    yield edited("operation-defaults-said", put(f"{LIST}/deprecated", value=False))
    yield edited("header-in-another-case", rename("/components/responses/Accepted/headers/Location", "location"))
    yield edited("header-parameter-in-another-case", put(f"{LIST}/parameters/3/name", "x-trace"))
    body = f"{POST}/requestBody/content/application~1json"
    yield edited("media-type-in-another-case", rename(body, "Application/JSON"))
    parameterised = rename(body, "application/json;version=2")
    yield edited("media-type-with-a-space", rename(f"{body};version=2", "application/json; version=2"), parameterised)
    ordered = rename(body, "text/csv;charset=ascii;header=present")
    yield edited("media-type-parameters-in-another-order", rename(f"{POST}/requestBody/content/text~1csv;charset=ascii;header=present", 'text/csv; header="present"; charset=ascii'), ordered)
    yield edited("charset-of-json-said", rename(body, 'application/json; charset="UTF-8"'))
    yield edited("scheme-in-another-case", put("/components/securitySchemes/bearer/scheme", "Bearer"))
    description = contracts()["courier"][ROOT]["info"]["description"]
    yield edited("description-in-other-lines", put("/info/description", description.replace(" ", "\n", 6)))
    yield edited("description-with-space-at-its-end", put("/info/description", f"{description} \n"))


def spellings() -> Iterator[Rewrite]:
    loaded = contracts()["courier"][ROOT]
    yield retyped("comments", lambda text: "# Courier\n" + text.replace("\npaths:\n", "\n\n# what there is\npaths:   # here\n\n"))
    yield retyped("indented-more", lambda _: yaml.dump(loaded, sort_keys=False, indent=8, width=60))
    yield retyped("flow-style", lambda _: yaml.dump(loaded, sort_keys=False, default_flow_style=True))
    yield retyped("json-in-a-yaml-file", lambda _: json.dumps(loaded, indent=1))
    yield retyped("escapes", lambda text: text.replace("title: Courier", 'title: "\\x43ouri\\u0065r"'))
    yield retyped("literal-block", lambda text: re.sub(r"termsOfService: (\S+)", r"termsOfService: |-\n    \1", text))
    yield retyped("folded-block", lambda text: text.replace("summary: Ask for a price", "summary: >-\n        Ask\n        for a price"))
    yield retyped("statuses-as-numbers", lambda text: re.sub(r"^( +)'(\d\d\d)':", r"\1\2:", text, flags=re.MULTILINE))
    yield retyped("line-ends-of-windows", lambda text: text.replace("\n", "\r\n"))
    yield retyped("byte-order-mark", lambda text: "\ufeff" + text)
    yield retyped("document-markers", lambda text: f"%YAML 1.2\n---\n{text}...\n")
    yield retyped("anchors-and-aliases", _aliased)
    yield Rewrite("upgrade-from-3.0-to-3.1", lambda: ({ROOT: OLD}, {ROOT: NEW}), ("openapi-changed",))
    yield retyped("nullable-false-said", lambda text: text.replace("enum: [a]", "enum: [a], nullable: false"), OLD)
    yield retyped("exclusive-false-left-out", lambda text: text.replace(", exclusiveMaximum: false", ""), OLD)
    old = OLD.replace("enum: [a]", "enum: [a, null], nullable: true")
    new = NEW.replace("type: string, const: a", "type: [string, 'null'], enum: [a, null]")
    yield Rewrite("upgrade-of-a-nullable-enum", lambda: ({ROOT: old}, {ROOT: new}), ("openapi-changed",))


def _aliased(text: str) -> str:
    """Have one answer stand for the copies of it."""
    known = re.compile(r"'204':\n( +)description: Heard")
    first = known.search(text)
    if first is None:
        raise LookupError("nothing to stand for")
    begin, rest = text[: first.end()], text[first.end() :]
    return begin.replace("'204':", "'204': &heard") + known.sub("'204': *heard", rest)


REWRITES: Final = (*order(), *references(), *files(), *schemas(), *defaults(), *spellings())
