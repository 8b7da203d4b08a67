"""Every keyword of a schema, changed where clients send it and where servers do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from corpus_model import (
    BREAKS,
    DUTY,
    FINE,
    MAY_BREAK,
    OTHER,
    PERHAPS_OTHER,
    Case,
    Contract,
    Edit,
    Labels,
    Place,
    copied,
    place,
    put,
    replace_all,
)

Json = Any
Schema = dict[str, Json]
BODY: Final = "/requestBody/content/application~1json/schema"
CALLBACK: Final = "{$request.body#/url}"
PLACES: Final[dict[Place, tuple[str, str, str]]] = {
    "request": (f"/paths/~1things/post{BODY}", "POST /things", "request"),
    "response": (
        "/paths/~1things/post/responses/200/content/application~1json/schema",
        "POST /things",
        "response",
    ),
    "webhook": (f"/webhooks/thingHappened/post{BODY}", "webhook thingHappened POST", "request"),
    "callback": (
        f"/paths/~1things/post/callbacks/onThing/{CALLBACK.replace('/', '~1')}/post{BODY}",
        f"POST /things callback onThing POST {CALLBACK}",
        "request",
    ),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to whom, by who sends it, and what its opposite does."""

    to_server: Labels
    from_server: Labels
    back_to_server: Labels
    back_from_server: Labels


NARROWS: Final = Effect(BREAKS, DUTY, DUTY, MAY_BREAK)
NARROWS_SHAPE: Final = Effect(BREAKS, DUTY, DUTY, BREAKS)
ASKS_FORMAT: Final = Effect(MAY_BREAK, DUTY, DUTY, MAY_BREAK)
LOSES: Final = Effect(MAY_BREAK, MAY_BREAK, DUTY, DUTY)
LOSES_FOR_GOOD: Final = Effect(BREAKS, PERHAPS_OTHER, DUTY, MAY_BREAK)
LOSES_WHAT_IS_ASKED: Final = Effect(OTHER, OTHER, OTHER, PERHAPS_OTHER)
DEMANDS: Final = Effect(BREAKS, DUTY, MAY_BREAK, BREAKS)
IS_OTHER: Final = Effect(OTHER, OTHER, OTHER, OTHER)
MAY_BE_OTHER: Final = Effect(PERHAPS_OTHER, PERHAPS_OTHER, PERHAPS_OTHER, PERHAPS_OTHER)
IS_FINE: Final = Effect(FINE, FINE, FINE, FINE)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword before and after, the rule that fires, and the rule of the opposite change."""

    name: str
    before: Schema | bool
    after: Schema | bool
    rule: str
    back: str
    effect: Effect
    openapi: str = "3.1.0"


def tighter(name: str, before: Schema, after: Schema, openapi: str = "3.1.0") -> Keyword:
    return Keyword(name, before, after, "bound-tightened", "bound-loosened", NARROWS, openapi)


def condition(name: str, before: Schema, after: Schema) -> Keyword:
    return Keyword(name, before, after, "constraint-added", "constraint-removed", NARROWS)


def closed(name: str, before: Schema, after: Schema) -> Keyword:
    return Keyword(name, before, after, "extras-closed", "extras-opened", NARROWS)


def fewer_types(name: str, before: Schema | bool, after: Schema, openapi: str = "3.1.0") -> Keyword:
    rules = ("type-narrowed", "type-widened")
    return Keyword(name, before, after, *rules, NARROWS_SHAPE, openapi)


def same_rule(name: str, rule: str, effect: Effect, before: Schema, after: Schema) -> Keyword:
    return Keyword(name, before, after, rule, rule, effect)


TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "number"}
LIST: Final[Schema] = {"type": "array", "items": TEXT}
SHORT: Final[Schema] = {"type": "string", "maxLength": 10}
LONG: Final[Schema] = {"type": "string", "maxLength": 20}
PAIR: Final[Schema] = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
A: Final[Schema] = {"type": "object", "required": ["a"], "properties": {"a": TEXT}}
B: Final[Schema] = {"type": "object", "required": ["b"], "properties": {"b": TEXT}}
TOLD: Final[Schema] = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": TEXT, "sort": TEXT},
    "discriminator": {"propertyName": "kind"},
}


def with_(schema: Schema, **keywords: Json) -> Schema:
    """Add keywords to a schema; a None removes one."""
    known = {**copied(schema), **copied(keywords)}
    return {key: value for key, value in known.items() if value is not None}


def inner(name: str, holder: Schema, keyword: str, within: str = "") -> Keyword:
    """Tighten a limit in a schema that a keyword holds, or holds under a name."""
    long, short = ({within: LONG}, {within: SHORT}) if within else (LONG, SHORT)
    return tighter(name, with_(holder, **{keyword: long}), with_(holder, **{keyword: short}))


KEYWORDS: Final = (
    fewer_types("type-null-gone", {"type": ["string", "null"]}, TEXT),
    fewer_types("type-of-three-gone", {"type": ["string", "null", "integer"]}, {"type": ["string", "null"]}),
    fewer_types("type-number-to-integer", NUMBER, {"type": "integer"}),
    fewer_types("type-from-anything", {}, TEXT),
    fewer_types("nullable-gone", with_(TEXT, nullable=True), TEXT, "3.0.3"),
    same_rule("type-other", "type-changed", IS_OTHER, TEXT, {"type": "boolean"}),
    Keyword("enum-value-gone", with_(TEXT, enum=["a", "b"]), with_(TEXT, enum=["a"]), "enum-value-removed", "enum-value-added", NARROWS),
    Keyword("enum-new", TEXT, with_(TEXT, enum=["a", "b"]), "enum-introduced", "enum-lifted", NARROWS),
    Keyword("enum-to-const", with_(TEXT, enum=["a", "b"]), with_(TEXT, const="a"), "enum-value-removed", "enum-value-added", NARROWS),
    Keyword("const-new", TEXT, with_(TEXT, const="a"), "enum-introduced", "enum-lifted", NARROWS),
    same_rule("const-other", "const-changed", IS_OTHER, with_(TEXT, const="a"), with_(TEXT, const="b")),
    tighter("maximum", with_(NUMBER, maximum=9), with_(NUMBER, maximum=5)),
    tighter("minimum", with_(NUMBER, minimum=1), with_(NUMBER, minimum=2)),
    tighter("maximum-new", NUMBER, with_(NUMBER, maximum=5)),
    tighter("exclusiveMaximum", with_(NUMBER, exclusiveMaximum=9), with_(NUMBER, exclusiveMaximum=5)),
    tighter("exclusiveMinimum", with_(NUMBER, exclusiveMinimum=0), with_(NUMBER, exclusiveMinimum=1)),
    tighter("minimum-to-exclusive", with_(NUMBER, minimum=0), with_(NUMBER, exclusiveMinimum=0)),
    tighter("exclusiveMinimum-boolean", with_(NUMBER, minimum=0), with_(NUMBER, minimum=0, exclusiveMinimum=True), "3.0.3"),
    tighter("maxLength", LONG, SHORT),
    tighter("minLength", with_(TEXT, minLength=1), with_(TEXT, minLength=2)),
    tighter("maxItems", with_(LIST, maxItems=9), with_(LIST, maxItems=5)),
    tighter("minItems-new", LIST, with_(LIST, minItems=1)),
    tighter("maxProperties", with_(PAIR, maxProperties=9), with_(PAIR, maxProperties=5)),
    tighter("minProperties", with_(PAIR, minProperties=1), with_(PAIR, minProperties=2)),
    tighter("minContains", with_(LIST, contains=SHORT, minContains=1), with_(LIST, contains=SHORT, minContains=2)),
    tighter("maxContains", with_(LIST, contains=SHORT, maxContains=9), with_(LIST, contains=SHORT, maxContains=5)),
    tighter("multipleOf-of-it", with_(NUMBER, multipleOf=2), with_(NUMBER, multipleOf=4)),
    same_rule("multipleOf-other", "bound-changed", IS_OTHER, with_(NUMBER, multipleOf=2), with_(NUMBER, multipleOf=3)),
    Keyword("pattern-new", TEXT, with_(TEXT, pattern="^a"), "pattern-added", "pattern-removed", NARROWS),
    same_rule("pattern-other", "pattern-changed", MAY_BE_OTHER, with_(TEXT, pattern="^a"), with_(TEXT, pattern="^b")),
    Keyword("format-new", TEXT, with_(TEXT, format="uuid"), "format-added", "format-removed", ASKS_FORMAT),
    same_rule("format-other", "format-changed", MAY_BE_OTHER, with_(TEXT, format="date"), with_(TEXT, format="date-time")),
    Keyword("properties-one-gone", PAIR, with_(PAIR, properties={"a": TEXT}), "property-removed", "property-added", LOSES),
    Keyword("properties-one-gone-of-a-closed-object", with_(PAIR, additionalProperties=False), with_(PAIR, additionalProperties=False, properties={"a": TEXT}), "closed-property-removed", "closed-property-added", LOSES_FOR_GOOD),
    Keyword("properties-required-one-gone-of-a-closed-object", with_(PAIR, additionalProperties=False, required=["b"]), with_(PAIR, additionalProperties=False, properties={"a": TEXT}), "required-closed-property-removed", "required-closed-property-added", LOSES_WHAT_IS_ASKED),
    Keyword("properties-required-one-new", {"type": "object", "properties": {"a": TEXT}}, with_(PAIR, required=["b"]), "required-property-added", "required-property-removed", DEMANDS),
    inner("properties-inner", {"type": "object"}, "properties", "a"),
    Keyword("required", PAIR, with_(PAIR, required=["b"]), "property-became-required", "property-became-optional", NARROWS_SHAPE),
    closed("additionalProperties", PAIR, with_(PAIR, additionalProperties=False)),
    inner("additionalProperties-inner", {"type": "object"}, "additionalProperties"),
    closed("unevaluatedProperties", PAIR, with_(PAIR, unevaluatedProperties=False)),
    closed("unevaluatedItems", {"type": "array", "prefixItems": [TEXT]}, {"type": "array", "prefixItems": [TEXT], "unevaluatedItems": False}),
    closed("items-false", {"type": "array", "prefixItems": [TEXT]}, {"type": "array", "prefixItems": [TEXT], "items": False}),
    inner("patternProperties-inner", {"type": "object"}, "patternProperties", "^x-"),
    condition("patternProperties-new", {"type": "object"}, {"type": "object", "patternProperties": {"^x-": SHORT}}),
    inner("propertyNames-inner", {"type": "object"}, "propertyNames"),
    condition("propertyNames-new", {"type": "object"}, {"type": "object", "propertyNames": {"pattern": "^a"}}),
    condition("dependentRequired-new", PAIR, with_(PAIR, dependentRequired={"a": ["b"]})),
    condition("dependentRequired-one-more", with_(PAIR, dependentRequired={"a": ["b"]}), with_(PAIR, dependentRequired={"a": ["b", "c"]})),
    condition("dependentSchemas-new", PAIR, with_(PAIR, dependentSchemas={"a": {"required": ["b"]}})),
    inner("items-inner", {"type": "array"}, "items"),
    tighter("prefixItems-inner", {"type": "array", "prefixItems": [TEXT, LONG]}, {"type": "array", "prefixItems": [TEXT, SHORT]}),
    condition("contains-new", LIST, with_(LIST, contains=SHORT)),
    inner("contains-inner", LIST, "contains"),
    condition("uniqueItems", LIST, with_(LIST, uniqueItems=True)),
    tighter("allOf-one-new", {"allOf": [TEXT]}, {"allOf": [TEXT, {"maxLength": 10}]}),
    tighter("allOf-inner", {"allOf": [TEXT, {"maxLength": 20}]}, {"allOf": [TEXT, {"maxLength": 10}]}),
    Keyword("anyOf-one-gone", {"anyOf": [A, B]}, {"anyOf": [A]}, "alternative-removed", "alternative-added", NARROWS),
    Keyword("oneOf-one-gone", {"oneOf": [A, B, SHORT]}, {"oneOf": [A, B]}, "alternative-removed", "alternative-added", NARROWS),
    condition("anyOf-new", TEXT, with_(TEXT, anyOf=[{"maxLength": 3}, {"pattern": "^a"}])),
    same_rule("anyOf-to-oneOf", "alternatives-changed", MAY_BE_OTHER, {"anyOf": [A, B]}, {"oneOf": [A, B]}),
    tighter("oneOf-inner", {"oneOf": [A, LONG]}, {"oneOf": [A, SHORT]}),
    condition("not-new", TEXT, with_(TEXT, **{"not": {"pattern": "^a"}})),
    Keyword("not-inner", with_(TEXT, **{"not": {"enum": ["a"]}}), with_(TEXT, **{"not": {"enum": ["a", "b"]}}), "enum-value-added", "enum-value-removed", NARROWS),
    condition("if-then-new", PAIR, with_(PAIR, **{"if": {"required": ["a"]}, "then": {"required": ["b"]}})),
    tighter("then-inner", with_(TEXT, **{"if": {"pattern": "^a"}, "then": {"maxLength": 20}}), with_(TEXT, **{"if": {"pattern": "^a"}, "then": {"maxLength": 10}})),
    tighter("else-inner", with_(TEXT, **{"if": {"pattern": "^a"}, "else": {"maxLength": 20}}), with_(TEXT, **{"if": {"pattern": "^a"}, "else": {"maxLength": 10}})),
    same_rule("discriminator", "discriminator-changed", IS_OTHER, TOLD, with_(TOLD, discriminator={"propertyName": "sort"})),
    same_rule("xml", "xml-changed", IS_OTHER, with_(TEXT, xml={"name": "a"}), with_(TEXT, xml={"attribute": True, "name": "a"})),
    same_rule("contentEncoding", "encoding-changed", IS_OTHER, with_(TEXT, contentEncoding="base64"), with_(TEXT, contentEncoding="base64url")),
    same_rule("contentMediaType", "encoding-changed", IS_OTHER, with_(TEXT, contentMediaType="image/png"), with_(TEXT, contentMediaType="image/gif")),
    inner("contentSchema-inner", with_(TEXT, contentMediaType="application/json"), "contentSchema"),
    same_rule("default", "default-changed", MAY_BE_OTHER, with_(TEXT, default="a"), with_(TEXT, default="b")),
    same_rule("readOnly", "access-changed", MAY_BE_OTHER, TEXT, with_(TEXT, readOnly=True)),
    same_rule("writeOnly", "access-changed", MAY_BE_OTHER, TEXT, with_(TEXT, writeOnly=True)),
    Keyword("deprecated", TEXT, with_(TEXT, deprecated=True), "deprecated", "undeprecated", IS_FINE),
    same_rule("title", "text-changed", IS_FINE, with_(TEXT, title="One"), with_(TEXT, title="Two")),
    same_rule("description", "text-changed", IS_FINE, with_(TEXT, description="A name."), with_(TEXT, description="A given name.")),
    same_rule("comment", "text-changed", IS_FINE, with_(TEXT, **{"$comment": "One"}), with_(TEXT, **{"$comment": "Two"})),
    same_rule("examples", "example-changed", IS_FINE, with_(TEXT, examples=["a"]), with_(TEXT, examples=["b"])),
    same_rule("example", "example-changed", IS_FINE, with_(TEXT, example="a"), with_(TEXT, example="b")),
    same_rule("unknown-keyword", "not-judged", IS_FINE, with_(TEXT, **{"x-sort": 1}), with_(TEXT, **{"x-sort": 2})),
)  # fmt: skip


def starting_with(schema: Schema | bool, where: str, openapi: str) -> Edit:
    """Begin with a document that has the schema at one place, and strings at the others."""

    def edit(contract: Contract) -> None:
        replace_all(contract, {"openapi.yaml": _document(openapi)})
        put(f"{where}/properties/probe", schema)(contract)

    return edit


def _document(openapi: str) -> dict[str, Json]:
    def content() -> Schema:
        return {"application/json": {"schema": {"type": "object", "properties": {"probe": {}}}}}

    def post(**members: Json) -> Schema:
        heard = {"204": {"description": "Heard"}}
        return {
            "requestBody": {"required": True, "content": content()},
            "responses": heard,
        } | members

    answer = {"200": {"description": "Done", "content": content()}}
    calls = {"onThing": {CALLBACK: {"post": post()}}}
    sent = post(operationId="sendThing", responses=answer, callbacks=calls)
    document = {
        "openapi": openapi,
        "info": {"title": "Things", "version": "1.0.0"},
        "paths": {"/things": {"post": sent}},
        "webhooks": {"thingHappened": {"post": post()}},
    }
    if openapi.startswith("3.0"):
        del document["webhooks"]
    return document


def _of(keyword: Keyword) -> Iterator[Case]:
    for where, (pointer, operation, direction) in PLACES.items():
        if where == "webhook" and keyword.openapi.startswith("3.0"):
            continue
        effect, sent = keyword.effect, where == "request"
        case = Case(
            name=f"{keyword.name}-in-{where}",
            group="Schemas",
            rule=keyword.rule,
            labels=effect.to_server if sent else effect.from_server,
            at=place(f"{pointer}/properties/probe"),
            edit=put(f"{pointer}/properties/probe", keyword.after),
            operations=(operation,),
            directions=(direction,),
            before=starting_with(keyword.before, pointer, keyword.openapi),
            place=where,
        )
        yield case
        if keyword.back != keyword.rule:
            back = effect.back_to_server if sent else effect.back_from_server
            yield case.reversed(f"{keyword.name}-undone-in-{where}", keyword.back, back)


CASES: Final = tuple(case for keyword in KEYWORDS for case in _of(keyword))
