"""A file of a contract, read into nodes: YAML or JSON, of limited size and depth."""

import codecs
from typing import Final

from conformance.review.building import Builder
from conformance.review.json_text import read_json
from conformance.review.nodes import Node
from conformance.review.refused import SideUnreadable
from conformance.review.yaml_text import read_yaml

MOST_BYTES: Final = 20_000_000
"""Of a file."""

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
YAML_ENDINGS: Final = (".yaml", ".yml")


def read_node(content: bytes, file: str) -> Node:
    """Read the bytes of a file; its name decides on YAML or JSON, else its first character.

    Raises:
        SideUnreadable: it is too large, no text, no YAML or JSON, empty, or beyond a limit.

    """
    return grow(content, Builder(file))


def grow(content: bytes, builder: Builder) -> Node:
    """Read the bytes of a file, as `read_node` does, with a builder that knows its name."""
    file = builder.file
    if len(content) > MOST_BYTES:
        raise too_large(file, len(content))
    text = _decoded(content, file)
    if _is_json(text, file):
        read_json(text, builder)
    else:
        read_yaml(text, builder)
    if builder.root is None:
        raise SideUnreadable(f"{file} is empty; expected a document in YAML or JSON.")
    return builder.root


def too_large(file: str, size: int) -> SideUnreadable:
    """Word that a file is too large; `size` in bytes."""
    return SideUnreadable(
        f"{file} has {size / 1e6:.0f} MB; a file of a contract has at most "
        f"{MOST_BYTES // 10**6} MB."
    )


def _is_json(text: str, file: str) -> bool:
    name = file.lower()
    if name.endswith(".json"):
        return True
    return not name.endswith(YAML_ENDINGS) and text.lstrip()[:1] in {"{", "["}


def _decoded(content: bytes, file: str) -> str:
    mark, encoding = next((one for one in BOMS if content.startswith(one[0])), (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as problem:
        line, column = _place(content[len(mark) : len(mark) + problem.start].decode(encoding))
        raise SideUnreadable(
            f"{file}:{line}:{column}: this is no text in {encoding.upper()}. "
            "Save the file in UTF-8; if it is no text at all, it is no contract."
        ) from problem
    if "\0" in text:
        line, column = _place(text[: text.index("\0")])
        raise SideUnreadable(
            f"{file}:{line}:{column}: a NUL, which no text has. A binary file is no contract."
        )
    return text


def _place(before: str) -> tuple[int, int]:
    """Return line and column of what comes after a text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")
