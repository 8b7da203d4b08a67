"""What a review met that was made to fool it, to drown it, or to frighten for nothing."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from review_small import DONE, TEXT, contract, received, rules, sent, told, write

Json = Any


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_anything_that_became_one_of_some_types_is_narrower(word: str) -> None:
    some = {word: [{"type": "string"}, {"type": "integer"}]}

    assert rules(sent({}), sent(some)) == [("type-narrowed", "breaks", "same")]


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


def test_two_members_that_an_alias_spells_are_two() -> None:
    base = sent({"type": "object", "properties": {"a": TEXT}})
    more = {"a": TEXT, "b": TEXT, "c": TEXT}  # written out as an anchor and two aliases
    head = sent({"type": "object", "properties": more, "required": ["b", "c"]})

    found = told(base, head)

    assert "*id001" in yaml.safe_dump(head)
    assert [one.pointer.rpartition("/")[2] for one in found] == ["b", "c"]
    assert len({one.fingerprint for one in found}) == 2
