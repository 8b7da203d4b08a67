"""What a review met that was made to fool it, to drown it, or to frighten for nothing."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from review_corpus import changes

from conformance.review.changes import Change

Json = Any
TEXT = {"type": "string"}


def contract(item: Json, path: str = "/a", **others: Json) -> Json:
    info = {"title": "Things", "version": "1.0.0"}
    return {"openapi": "3.1.0", "info": info, "paths": {path: item}, **others}


def sent(schema: Json, **others: Json) -> Json:
    body = {"content": {"application/json": {"schema": schema}}}
    return contract({"post": {"requestBody": body, "responses": DONE}}, **others)


def received(schema: Json, **others: Json) -> Json:
    body = {"description": "It is.", "content": {"application/json": {"schema": schema}}}
    return contract({"get": {"responses": {"200": body}}}, **others)


def write(description: str, path: str = "/a", status: str = "202") -> Json:
    answer = {status: {"description": "It is taken."}}
    return contract({"post": {"description": description, "responses": answer}}, path)


DONE = {"200": {"description": "Done"}}


def told(base: Json, head: Json) -> list[Change]:
    sides = ({"openapi.yaml": yaml.safe_dump(one, sort_keys=False)} for one in (base, head))
    return changes(*sides)


def rules(base: Json, head: Json) -> list[tuple[str, str, str]]:
    return sorted((one.rule, one.clients, one.guarantee) for one in told(base, head))


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_anything_that_became_one_of_some_types_is_narrower(word: str) -> None:
    some = {word: [{"type": "string"}, {"type": "integer"}]}

    assert rules(sent({}), sent(some)) == [("type-narrowed", "breaks", "same")]


def taking(content: Json) -> Json:
    return contract({"post": {"requestBody": {"content": content}, "responses": DONE}})


def test_a_body_that_a_range_took_is_compared_with_what_is_asked_of_it_now() -> None:
    any_of = {"*/*": {"schema": TEXT}}
    short = {"application/json": {"schema": TEXT | {"maxLength": 9}}}
    base, head = taking(any_of), taking(any_of | short)

    assert rules(base, head) == [
        ("bound-tightened", "breaks", "same"),
        ("media-type-split", "ok", "same"),
    ]
    assert rules(head, base) == [
        ("bound-loosened", "ok", "same"),
        ("media-type-merged", "ok", "same"),
    ]


def test_what_a_wider_range_still_takes_breaks_nobody() -> None:
    one: Json = {"schema": TEXT}
    base, head = taking({"text/*": one}), taking({"text/plain": one, "*/*": one})

    assert rules(base, head) == [
        ("media-type-split", "ok", "same"),
        ("media-type-widened", "ok", "same"),
    ]
    assert rules(head, base) == [
        ("media-type-merged", "ok", "same"),
        ("media-type-narrowed", "breaks", "same"),
    ]


def test_a_version_in_a_parameter_leaves_the_one_beside_it_alone() -> None:
    one: Json = {"schema": {"type": "object", "required": ["a"]}}
    other: Json = {"schema": {"type": "object", "required": ["b"]}}
    kinds = ("application/json", "application/json;version=2")
    for before, after in (kinds, kinds[::-1], ("application/json;charset=utf-8", kinds[0])):
        found = rules(taking({before: one}), taking({before: one, after: other}))

        assert found == [("media-type-added", "ok", "same")]


def accepting(content: Json, **headers: Json) -> Json:
    answer = {"description": "It is taken.", "content": content, "headers": headers}
    return contract({"post": {"responses": {"202": answer}}})


NUMBERED: Json = {"schema": TEXT}
LOCATED: Json = {
    "schema": {"type": "object", "required": ["statusUrl"], "properties": {"statusUrl": TEXT}}
}
NULLED: Json = {"schema": LOCATED["schema"] | {"type": ["object", "null"]}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"application/json": LOCATED}, {"application/json": {}}),
        ({"application/json": LOCATED}, {"application/json": NUMBERED}),
        ({"application/json": LOCATED}, {"application/json": NULLED}),
        ({"application/json": LOCATED}, {"*/*": {}}),
        ({"application/json": LOCATED}, {"application/*": NUMBERED}),
        ({"application/json": LOCATED}, {"application/json;charset=utf-8": NUMBERED}),
        ({"application/json": LOCATED}, {"text/plain": NUMBERED}),
        ({"application/*": LOCATED}, {"application/json": NUMBERED}),
        ({"*/*": LOCATED}, {"*/*": LOCATED, "text/plain": NUMBERED}),
        ({"application/json": LOCATED, "application/xml": LOCATED}, {}),
        ({"application/json": LOCATED, "text/plain": NUMBERED}, {"text/plain": NUMBERED}),
    ],
)
def test_an_acknowledgement_loses_its_locator_with_a_form_of_its_body(
    before: Json, after: Json
) -> None:
    found = rules(accepting(before), accepting(after))

    assert ("ack-locator-lost", "breaks", "weakened") in found
    assert "ack-locator-gained" not in {rule for rule, _, _ in found}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"application/json": {"schema": {}}}, {"application/json": {}}),
        ({"application/json": {"schema": True}}, {"application/json": {}}),
        ({"text/plain": NUMBERED}, {"text/plain": {}}),
        ({"text/plain": NUMBERED}, {"text/csv": NUMBERED}),
        ({"text/csv": LOCATED, "text/plain": NUMBERED}, {"text/csv": LOCATED, "text/plain": {}}),
        ({"application/json": LOCATED, "application/xml": LOCATED}, {"application/json": LOCATED}),
    ],
)
def test_what_never_held_a_locator_loses_none(before: Json, after: Json) -> None:
    for base, head in ((before, after), (after, before)):
        found = rules(accepting(base), accepting(head))

        assert not {rule for rule, _, _ in found} & {"ack-locator-lost", "ack-locator-gained"}


def test_a_header_that_always_says_where_to_look_is_enough_beside_any_body() -> None:
    always = {"Location": {"required": True, "schema": TEXT}}
    base, head = (accepting({"application/json": one}, **always) for one in (LOCATED, NUMBERED))

    assert rules(base, head) == [("type-changed", "breaks", "same")]


def test_an_acknowledgement_is_lost_under_another_name_of_a_path_parameter() -> None:
    found = rules(write("It is.", "/a/{one}"), write("It is.", "/a/{other}", "200"))

    assert ("ack-status-changed", "breaks", "weakened") in found


def test_every_name_of_a_path_that_is_another_is_told() -> None:
    (change,) = told(write("It is.", "/a/{x}/{y}"), write("It is.", "/a/{z}/{w}"))

    assert (change.before, change.after) == ("x, y", "z, w")


def test_an_approval_of_one_required_member_is_none_of_another() -> None:
    members = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
    base = sent(members)

    (one,), (other,) = (told(base, sent(members | {"required": [name]})) for name in ("a", "b"))

    assert one.pointer == other.pointer
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize("of", [sent, received])
def test_a_member_that_others_may_not_be_like_is_compared_with_what_they_are(
    of: Callable[[Json], Json],
) -> None:
    others = {"type": "object", "additionalProperties": {"type": "integer"}}
    named = others | {"properties": {"a": TEXT}}

    for base, head in ((named, others), (others, named)):
        assert ("type-changed", "breaks", "same") in rules(of(base), of(head))


def test_a_must_is_lost_with_an_optional_member_that_had_it() -> None:
    promised = {"type": "boolean", "description": "It MUST be true only of what is on disk."}
    whole = {"type": "object", "properties": {"a": TEXT, "kept": promised}}
    less = {"type": "object", "properties": {"a": TEXT}}

    found = told(received(whole), received(less))

    assert [one.rule for one in found] == ["property-removed", "must-removed"]
    assert found[1].operations == ("GET /a",)


@pytest.mark.parametrize(
    "words",
    [
        "<p>A server <b>{}</b> store it.</p>",
        "<table>\n<tr><td>A server {} store it</td></tr>\n</table>",
        "It is so:\n\n    A server {} store it.\n",
    ],
)
def test_a_must_in_html_or_indented_counts(words: str) -> None:
    found = rules(write(words.format("MUST")), write(words.format("MAY")))

    assert found == [("must-weakened", "ok", "weakened")]


def test_a_must_in_a_comment_of_html_is_said_to_nobody() -> None:
    words = "A server MUST store it."

    assert rules(write(words), write(f"<!-- {words} -->")) == [("must-removed", "ok", "weakened")]


def test_limits_of_any_size_are_compared() -> None:
    for one, other in ((10**900, 0.5), (3, 10**900), (0.1, 0.3)):
        base, head = ({"type": "number", "multipleOf": limit} for limit in (one, other))

        assert len(told(sent(base), sent(head))) == 1


def test_a_limit_that_excludes_itself_is_told_from_one_that_does_not() -> None:
    base = sent({"type": "number", "minimum": 1}) | {"openapi": "3.0.3"}
    head = sent({"type": "number", "minimum": 1, "exclusiveMinimum": True}) | {"openapi": "3.0.3"}

    (change,) = told(base, head)

    assert change.what == "minimum 1 became 1 (excluded)"
    assert change.before != change.after


def chained(last: Json, link: Callable[[Json], Json], length: int) -> Json:
    names = [{"$ref": f"#/components/schemas/S{number}"} for number in range(length + 1)]
    schemas = {f"S{number}": link(names[number + 1]) for number in range(length)}
    return received(names[0], components={"schemas": schemas | {f"S{length}": last}})


@pytest.mark.parametrize(
    ("link", "length"),
    [
        (lambda one: {"type": "object", "properties": {"next": one}}, 1000),
        (lambda one: {"allOf": [one, {"type": "object"}]}, 1000),
        (lambda one: {"allOf": [one, one]}, 60),
    ],
    ids=["members", "allOf", "each-twice"],
)
def test_long_chains_of_references_are_compared(link: Callable[[Json], Json], length: int) -> None:
    ends = ({"type": "object", "maxProperties": most} for most in (3, 5))

    found = told(*(chained(end, link, length) for end in ends))

    assert [one.rule for one in found] == ["bound-loosened"]


def forms(name: str) -> Json:
    members = ({f"{name}{number}": TEXT} for number in range(300))
    return received({"anyOf": [{"type": "object", "properties": one} for one in members]})


def parameters(name: str) -> Json:
    found = [{"name": f"{name}{number}", "in": "query", "schema": TEXT} for number in range(500)]
    return contract({"get": {"parameters": found, "responses": DONE}})


def promises(name: str) -> Json:
    return write(" ".join(f"Part {number} MUST keep {name}{number}." for number in range(400)))


@pytest.mark.parametrize("many", [forms, parameters, promises])
def test_many_that_are_others_are_compared_in_seconds(many: Callable[[str], Json]) -> None:
    began = time.monotonic()

    assert len(told(many("a"), many("b"))) >= 100
    assert time.monotonic() - began < 20


def test_a_must_that_moves_to_where_nobody_reads_it_is_lost() -> None:
    words = "A server MUST store it."
    others = {"get": {"description": "Those.", "responses": DONE}}
    base, head = write(words), write("It is.")
    base["paths"]["/b"] = others
    head["paths"]["/b"] = {"get": others["get"] | {"description": f"Those. {words}"}}
    unused = write("It is.") | {"components": {"schemas": {"Unused": {"description": words}}}}

    found = [one for one in told(base, head) if one.rule == "must-removed"]

    assert [one.operations for one in found] == [("POST /a",)]
    assert ("must-removed", "ok", "weakened") in rules(write(words), unused)


def test_a_must_that_moves_within_what_an_operation_says_is_kept() -> None:
    words = "A server MUST store it."
    head = write("It is.")
    head["paths"]["/a"]["post"]["responses"]["202"]["description"] += f" {words}"
    above = write("It is.") | {"info": {"title": "T", "version": "1.0.0", "description": words}}

    for one in (head, above):
        assert "must-removed" not in {change.rule for change in told(write(f"It is. {words}"), one)}


def test_the_place_of_the_document_is_the_base_url_that_goes_without_saying() -> None:
    base = write("It is.")
    here, other = (base | {"servers": [{"url": url}]} for url in ("/", "https://api.example"))

    assert rules(base, here) == rules(here, base) == []
    assert rules(base, other) == [("server-added", "ok", "same")]
    assert rules(other, base) == [("server-removed", "breaks", "same")]


def accepted(*schemas: Json, headers: Json = None) -> Json:
    content = {"application/json": {"schema": {"oneOf": list(schemas)}}}
    answer = {"description": "It is taken.", "content": content, "headers": headers or {}}
    return contract({"post": {"responses": {"202": answer}}})


def test_a_further_form_of_an_acknowledgement_that_locates_nothing_is_told() -> None:
    url = {"type": "string", "format": "uri"}
    receipt = {"type": "object", "required": ["statusUrl"], "properties": {"statusUrl": url}}
    other = {"allOf": [receipt, {"type": "object", "required": ["stage"]}]}
    silent = {"type": "object", "required": ["done"]}
    always = {"Location": {"required": True, "schema": url}}

    assert rules(accepted(receipt, other), accepted(receipt, other, silent)) == [
        ("ack-locator-lost", "breaks", "weakened")
    ]
    located = (accepted(receipt, headers=always), accepted(receipt, silent, headers=always))
    for base, head in (located, (accepted(receipt), accepted(receipt, other))):
        assert rules(base, head) == [("alternative-added", "may-break", "same")]


def test_two_members_that_an_alias_spells_are_two() -> None:
    base = sent({"type": "object", "properties": {"a": TEXT}})
    more = {"a": TEXT, "b": TEXT, "c": TEXT}  # written out as an anchor and two aliases
    head = sent({"type": "object", "properties": more, "required": ["b", "c"]})

    found = told(base, head)

    assert "*id001" in yaml.safe_dump(head)
    assert [one.pointer.rpartition("/")[2] for one in found] == ["b", "c"]
    assert len({one.fingerprint for one in found}) == 2
