"""JSON: a reader that knows lines, refuses keys given twice, and does not recurse."""

import math
import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import Final, NoReturn

from conformance.review.building import LONGEST_NUMBER, Builder, told
from conformance.review.nodes import Json

SPACE: Final = re.compile(r"[ \t\n\r]*")
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
BARE: Final = re.compile(r"[-+.\w]+")
WORDS: Final = {"null": None, "true": True, "false": False}
SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def read_json(text: str, builder: Builder) -> None:
    """Let a JSON text grow in a builder.

    Raises:
        SideUnreadable: it is no JSON.

    """
    _Reader(text, builder).read()


class _Reader:
    """Reads one text, whose next character is at `_at`."""

    def __init__(self, text: str, builder: Builder) -> None:
        self._text = text
        self._builder = builder
        self._ends: list[str] = []  # the closing bracket of each mapping and list that is open
        self._fresh = False  # whether the innermost of them holds nothing yet
        self._at = 0
        self._line, self._begin, self._counted = 1, 0, 0

    def read(self) -> None:
        self._value()
        while self._ends:
            end = self._ends[-1]
            if self._next() == end:
                self._at += 1
                self._ends.pop()
                self._builder.close()
                self._fresh = False
                continue
            if not self._fresh:
                self._skip(",", f"a comma or {end}")
            if end == "}":
                self._key()
            self._value()
        if self._next():
            self._expected("the end of the file")

    def _key(self) -> None:
        if self._next() != '"':
            self._expected("a key in double quotes")
        line, column = self._place(self._at)
        self._builder.key(self._string(), line, column)
        self._skip(":", "a colon")

    def _value(self) -> None:
        first = self._next()
        line, column = self._place(self._at)
        self._fresh = first in {"{", "["}
        if self._fresh:
            empty: Json = {} if first == "{" else []
            self._builder.open(empty, line, column)
            self._ends.append("}" if first == "{" else "]")
            self._at += 1
        else:
            self._builder.scalar(self._string() if first == '"' else self._bare(), line)

    def _string(self) -> str:
        begin = self._at
        try:
            found: tuple[str, int] = scanstring(self._text, begin + 1, True)  # noqa: FBT003  # C
        except JSONDecodeError as problem:
            line, column = self._place(problem.pos)
            self._builder.refuse(line, column, f"this is no JSON: {problem.msg.rstrip(' at')}.")
        text, self._at = found
        if not text.isascii() and SURROGATE.search(text):
            line, column = self._place(begin)
            self._builder.refuse(line, column, "half of a surrogate pair, which is no character.")
        return text

    def _bare(self) -> Json:
        """Read null, true, false or a number."""
        met = BARE.match(self._text, self._at)
        if met is None:
            self._expected("a value")
        text = met.group()
        if text in WORDS:
            value: Json = WORDS[text]
        elif not (number := NUMBER.fullmatch(text)):
            self._expected("a value")
        elif len(text) > LONGEST_NUMBER:
            self._refuse(f"a number of more than {LONGEST_NUMBER:,} characters.")
        else:
            value = float(text) if number.group(1) or number.group(2) else int(text)
            if not math.isfinite(value):
                self._refuse(f"the number {told(text)} is larger than any that can be held.")
        self._at = met.end()
        return value

    def _next(self) -> str:
        """Go to the next character that is no blank; return it, or nothing at the end."""
        blank = SPACE.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def _skip(self, wanted: str, told_as: str) -> None:
        if self._next() != wanted:
            self._expected(told_as)
        self._at += 1

    def _place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, which never lies before one that was asked for."""
        breaks = self._text.count("\n", self._counted, offset)
        if breaks:
            self._line += breaks
            self._begin = self._text.rindex("\n", self._counted, offset) + 1
        self._counted = offset
        return self._line, offset - self._begin + 1

    def _expected(self, what: str) -> NoReturn:
        met = BARE.match(self._text, self._at)
        end = "the end of the file" if self._at >= len(self._text) else self._text[self._at]
        self._refuse(f"this is no JSON: expected {what}, met {told(met.group()) if met else end}.")

    def _refuse(self, sentence: str) -> NoReturn:
        line, column = self._place(self._at)
        self._builder.refuse(line, column, sentence)
