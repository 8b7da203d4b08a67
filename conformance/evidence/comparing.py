"""Differences between two JSON values, and between two judgements."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from conformance.masking import CUT

LONGEST: Final = 160
QUOTES: Final = re.compile(r"[\\'\"]")
Judgement = Mapping[str, Any]


def compared(said: object, shown: object, where: str = "report.json") -> Iterator[str]:
    """Say where a report is not what the evidence shows; objects of a list are met by their ids."""
    if isinstance(said, dict) and isinstance(shown, dict):
        for name in dict.fromkeys((*said, *shown)):
            yield from _member(said, shown, name, f"{where}.{name}")
    elif isinstance(said, list) and isinstance(shown, list):
        yield from _lists(said, shown, where)
    elif said != shown or isinstance(said, bool) != isinstance(shown, bool):
        yield f"{where}: the report says {spelt(said)}, the evidence {spelt(shown)}"


def _member(
    said: Mapping[Any, Any], shown: Mapping[Any, Any], name: object, where: str
) -> Iterator[str]:
    if name not in said:
        yield f"{where}: the report lacks what the evidence shows: {spelt(shown[name])}"
    elif name not in shown:
        yield f"{where}: nothing in the evidence backs {spelt(said[name])}"
    else:
        yield from compared(said[name], shown[name], where)


def _lists(said: Sequence[Any], shown: Sequence[Any], where: str) -> Iterator[str]:
    named, known = ({one["id"]: one for one in them if _has_id(one)} for them in (said, shown))
    if named and len(named) == len(said) and len(known) == len(shown):
        if set(named) == set(known) and list(named) != list(known):
            yield f"{where}: the report has another order"
        for name in dict.fromkeys((*named, *known)):
            yield from _member(named, known, name, f"{where}[{name}]")
    elif len(said) == len(shown):
        for number, (one, other) in enumerate(zip(said, shown, strict=True)):
            yield from compared(one, other, f"{where}[{number}]")
    else:
        lacking, unbacked = _without(shown, said), _without(said, shown)
        yield from (f"{where}: the report lacks {spelt(one)}" for one in lacking)
        yield from (f"{where}: nothing in the evidence backs {spelt(one)}" for one in unbacked)


def _has_id(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def _without(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Return what of some values is not among others, each counted once."""
    left, lacking = list(others), []
    for value in values:
        if value in left:
            left.remove(value)
        else:
            lacking.append(value)
    return lacking


def same_judgement(one: Judgement, other: Judgement, secrets: Sequence[str]) -> bool:
    """Whether two judgements say the same.

    A text that was cut behind a secret was cut elsewhere than one that was cut behind its name,
    and one that was quoted with a secret in it may be in other quotes than one with its name.

    Args:
        one: as a line of a trace holds it.
        other: likewise.
        secrets: the names that stand for secrets.

    """
    return one.keys() == other.keys() and all(
        one[name] == other[name] or _masked_apart(one[name], other[name], secrets) for name in one
    )


def _masked_apart(one: object, other: object, secrets: Sequence[str]) -> bool:
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    named = [name for name in secrets if name in one and name in other]
    bare, known = QUOTES.sub("", one), QUOTES.sub("", other)
    if CUT not in one + other:
        return bool(named) and bare == known
    return any(bare.partition(name)[0] == known.partition(name)[0] for name in named)


def spelt(value: object) -> str:
    """Spell a value briefly."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + CUT
