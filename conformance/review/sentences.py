"""Sentences of a text in Markdown, and the words of RFC 2119 and RFC 8174 in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MUST: Final = 3
SHOULD: Final = 2
MAY: Final = 1
STRENGTHS: Final = {
    "MUST": MUST,
    "SHALL": MUST,
    "REQUIRED": MUST,
    "SHOULD": SHOULD,
    "RECOMMENDED": SHOULD,
    "MAY": MAY,
    "OPTIONAL": MAY,
}
WORD: Final = re.compile(
    r"\b(?P<first>NOT\s+)?(?P<word>MUST|SHALL|REQUIRED|SHOULD|RECOMMENDED|MAY|OPTIONAL)\b"
    r"(?P<last>\s+(?:NOT|not|NEVER|never)\b)?"
)
END: Final = re.compile(r"[.!?][\"'\u201d\u2019)\]*_`]*\s+")
NO_END: Final = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|resp|approx|incl|no|fig|sec|[A-Z])\.$"
)
MASK: Final = "§"
TAG: Final = re.compile(r"</?[A-Za-z][^>]*>")
COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
CELL: Final = re.compile(r"</?(?:p|li|ul|ol|td|th|tr|div|br|h[1-6]|dd|dt)\b[^>]*>", re.IGNORECASE)
BREAKS: Final = frozenset({"softbreak", "hardbreak"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without its Markdown.

    Attributes:
        text: with single spaces.
        masked: the same with a sign in the place of each keyword and its NOT.
        words: strength of each keyword, and whether it has a NOT.

    """

    text: str
    masked: str
    words: tuple[tuple[int, bool], ...]

    @property
    def strength(self) -> int:
        """The strength of its strongest keyword; 0 without one."""
        return max((strength for strength, _ in self.words), default=0)


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415  # most reviews meet no MUST in prose

    return MarkdownIt("commonmark").enable("table")


@cache
def sentences(text: str) -> tuple[Sentence, ...]:
    """Split a text in Markdown into its sentences; code fences are none.

    Of a list that continues a sentence (`The server MUST:`), each item is a sentence with it.
    """
    return tuple(
        _sentence(one) for stem, block in _blocks(text) for one in _with_stem(stem, _split(block))
    )


def _sentence(text: str) -> Sentence:
    words = [
        (STRENGTHS[met["word"]], bool(met["first"] or met["last"])) for met in WORD.finditer(text)
    ]
    masked = " ".join(WORD.sub(MASK, text).split()).rstrip(".!;,")
    return Sentence(text, masked, tuple(words))


def _with_stem(stem: str, parts: list[str]) -> Iterator[str]:
    for index, part in enumerate(parts):
        yield f"{stem} {part}" if stem and not index else part


def _split(block: str) -> list[str]:
    """Split a block of text where a sentence ends, but not behind an abbreviation."""
    found: list[str] = []
    start = 0
    for met in END.finditer(block):
        said = block[start : met.end()].rstrip()
        rest = block[met.end() : met.end() + 1]
        if NO_END.search(said) and (not said.endswith("etc.") or rest.islower()):
            continue
        found.append(said)
        start = met.end()
    return [one for one in (*found, block[start:].strip()) if one]


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Go through the blocks of text, each with the beginning that a list continues."""
    stems = [""]
    last = ""
    for token in _reader().parse(text):
        if token.type.endswith("_list_open"):
            stems.append(last or stems[-1])
            last = ""
        elif token.type.endswith("_list_close"):
            stems.pop()
        elif token.type == "inline":
            if last:
                yield "", last
                last = ""
            block = _plain(token)
            if block.endswith(":") and WORD.search(block):
                last = f"{stems[-1]} {block}".strip()
            else:
                yield stems[-1], block
        elif token.type in {"html_block", "code_block"}:
            yield from (("", block) for block in _of_html(token.content))
    if last:
        yield "", last


def _of_html(text: str) -> Iterator[str]:
    """Go through the blocks of text of HTML, or of text that is only indented."""
    for part in CELL.split(COMMENT.sub("", text)):
        block = " ".join(TAG.sub("", part).split())
        if block:
            yield block


def _plain(token: "Token") -> str:
    parts = [
        " " if child.type in BREAKS else child.content
        for child in token.children or ()
        if child.type in BREAKS or child.type in {"text", "code_inline"}
    ]
    return " ".join("".join(parts).split())
