"""YAML: the events of PyYAML's C parser, scalars by the core schema of YAML 1.2."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NoReturn

import yaml

from conformance.review.building import LONGEST_NUMBER, MERGE, Builder, told
from conformance.review.nodes import Json, Node

FAST: Final = hasattr(yaml, "CSafeLoader")
"""Whether PyYAML was built with its C parser, which is some ten times as fast."""

UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff]"
)
NULL: Final = re.compile(r"null|Null|NULL|~|")
TRUE: Final = re.compile(r"true|True|TRUE")
FALSE: Final = re.compile(r"false|False|FALSE")
INTEGER: Final = re.compile(r"[-+]?[0-9]+")
OCTAL: Final = re.compile(r"0o[0-7]+")
HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]+")
FRACTION: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
ENDLESS: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
NOT_A_WORD: Final = re.compile(r"[-+.~0-9nNtTfF]|$")
"""How a plain scalar begins that may be anything but a string."""

Event = Any  # a class of PyYAML for each kind; the two parsers make different marks
TAG: Final = "tag:yaml.org,2002:"
Kinds = tuple[tuple[re.Pattern[str], Callable[[str], Json]], ...]
BY_TAG: Final[Mapping[str, Kinds]] = {
    "null": ((NULL, lambda _: None),),
    "bool": ((TRUE, lambda _: True), (FALSE, lambda _: False)),
    "int": (
        (INTEGER, int),
        (OCTAL, lambda text: int(text, 0)),
        (HEXADECIMAL, lambda text: int(text, 16)),
    ),
    "float": ((FRACTION, float),),
}
CORE: Final[Kinds] = tuple(kind for kinds in BY_TAG.values() for kind in kinds)


def read_yaml(text: str, builder: Builder) -> None:
    """Let a YAML text grow in a builder.

    Raises:
        SideUnreadable: it is no YAML, or holds what JSON has no value for.

    """
    reader = _Reader(builder)
    try:
        for event in _events(text):
            reader.take(event)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        builder.refuse(line, column, f"this is no YAML: {problem.problem or problem.context}.")
    except yaml.reader.ReaderError:
        found = UNPRINTABLE.search(text)
        before = text[: found.start()] if found else text
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        builder.refuse(line, column, "this is no YAML: a control character, which no text has.")


def _events(text: str) -> Iterator[Event]:
    return yaml.parse(text, yaml.CSafeLoader if FAST else yaml.SafeLoader)


class _Reader:
    """Takes the events of one file."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._anchors: dict[str, Node] = {}
        self._documents = 0
        self._steps: dict[type, Callable[[Event], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    def take(self, event: Event) -> None:
        step = self._steps.get(type(event))
        if step is not None:
            step(event)

    def _end(self, _: Event) -> None:
        self._builder.close()

    def _document(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(event, "a second document begins. A contract is one document a file.")

    def _mapping(self, event: Event) -> None:
        self._open(event, {}, "map")

    def _sequence(self, event: Event) -> None:
        self._open(event, [], "seq")

    def _scalar(self, event: Event) -> None:
        builder, mark = self._builder, event.start_mark
        if not builder.awaits_key:
            node = builder.scalar(self._value(event), mark.line + 1)
            self._name(event, node)
        elif event.value == MERGE and not event.style and event.implicit[0]:
            builder.merge_key(mark.line + 1)
        else:
            builder.key(event.value, mark.line + 1, mark.column + 1)

    def _open(self, event: Event, empty: Json, tag: str) -> None:
        if self._builder.awaits_key:
            self._refuse(event, "a mapping or a list as a key; keys are texts.")
        if event.tag not in {None, "!", TAG + tag}:
            self._refuse(event, f"the tag {told(event.tag)} has no meaning in a contract.")
        mark = event.start_mark
        self._name(event, self._builder.open(empty, mark.line + 1, mark.column + 1))

    def _alias(self, event: Event) -> None:
        if self._builder.awaits_key:
            self._refuse(event, "an alias as a key; keys are texts.")
        node = self._anchors.get(event.anchor)
        if node is None:
            self._refuse(event, f"the alias *{event.anchor} names no anchor before it.")
        self._builder.alias(node, event.start_mark.line + 1, event.start_mark.column + 1)

    def _name(self, event: Event, node: Node) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def _value(self, event: Event) -> Json:
        text, tag = event.value, event.tag
        if tag is None:
            plain = not event.style and NOT_A_WORD.match(text)
            return self._made(event, CORE) if plain else text
        name = tag.removeprefix(TAG)
        if tag == "!" or name == "str":
            return text
        kinds = BY_TAG.get(name, ())
        if not any(pattern.fullmatch(text) for pattern, _ in kinds):
            self._refuse(event, f"the tag {told(tag)} has no meaning for {told(text)}.")
        return self._made(event, kinds)

    def _made(self, event: Event, kinds: Kinds) -> Json:
        """Return what a text stands for: the text itself if it is of none of the kinds."""
        text = event.value
        make = next((make for pattern, make in kinds if pattern.fullmatch(text)), None)
        if make is None:
            if ENDLESS.fullmatch(text):
                self._refuse(event, f"{text} has no value in JSON. A text takes quotes.")
            return text
        if len(text) > LONGEST_NUMBER:
            self._refuse(event, f"a number of more than {LONGEST_NUMBER:,} characters.")
        value = make(text)
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse(event, f"the number {told(text)} is larger than any that can be held.")
        return value

    def _refuse(self, event: Event, sentence: str) -> NoReturn:
        mark = event.start_mark
        self._builder.refuse(mark.line + 1, mark.column + 1, sentence)
