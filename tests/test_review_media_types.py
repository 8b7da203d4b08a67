"""Media types, the ranges that hold them, and their spellings."""

from typing import Any

import pytest
from review_small import DONE, TEXT, contract, rules

Json = Any


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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["application/json;charset=utf-8", "application/json"], ["application/json"]),
        (["application/json;charset=utf-8;charset=utf-8"], ["application/json"]),
        (["text/csv;header=present;charset=ascii"], ['text/csv; charset=ascii; header="present"']),
        (["application/json;"], ["Application/JSON"]),
    ],
)
def test_other_spellings_of_a_media_type_are_no_change(before: list[str], after: list[str]) -> None:
    base, head = (taking({name: {"schema": TEXT} for name in names}) for names in (before, after))

    assert rules(base, head) == rules(head, base) == []


def test_a_media_type_that_is_spelled_twice_is_compared_in_both_spellings() -> None:
    other = {"schema": {"type": "integer"}}
    base, head = (
        taking({"Application/JSON": one, "application/json": {"schema": TEXT}})
        for one in ({"schema": TEXT}, other)
    )

    assert rules(base, head) == [("type-changed", "breaks", "same")]
