"""A TOML file that a user of the kit wrote: its values, and the line of each."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any


def as_json(text: str) -> dict[str, Any]:
    """Read TOML as JSON values; dates become text.

    Raises:
        tomllib.TOMLDecodeError: it is not TOML.

    """
    content: dict[str, Any] = json.loads(json.dumps(tomllib.loads(text), default=str))
    return content


def read_toml(path: Path, error: type[Exception]) -> tuple[str, dict[str, Any]]:
    """Return a file's text and its content, as `as_json` reads it.

    Raises:
        error: the file cannot be read or is not TOML; the message is one sentence.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = as_json(text)
    except OSError as problem:
        raise error(f"{path} cannot be read: {problem.strerror}. Correct the path.") from problem
    except UnicodeDecodeError as problem:
        raise error(f"{path} is not UTF-8 text. Save it as UTF-8.") from problem
    except tomllib.TOMLDecodeError as problem:
        raise error(f"{path} is not TOML: {problem}. Correct that place.") from problem
    except RecursionError as problem:
        raise error(f"{path} is nested too deeply to be read. Flatten it.") from problem
    return text, content


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line that sets the value at a path, or else the table around it.

    Args:
        text: of the file.
        path: tables and name, such as `("target", "scope")`; in a list of tables, the number of
            the table follows its name, from 0: `("rules", "1", "why")`.

    """
    lines = _lines(text)
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


@cache
def _lines(text: str) -> Mapping[tuple[str, ...], int]:
    """Return the line that first names each path.

    A statement of TOML is the fewest lines that can be read alone, and each can be.
    """
    lines: dict[tuple[str, ...], int] = {}
    listed: Counter[tuple[str, ...]] = Counter()
    table: tuple[str, ...] = ()
    waiting: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        waiting.append(line)
        try:
            statement = tomllib.loads("\n".join(waiting))
        except tomllib.TOMLDecodeError:
            continue
        began, waiting = number - len(waiting) + 1, []
        paths = list(_paths(statement))
        if line.lstrip().startswith("[") and began == number:
            table = paths[-1]
            if line.lstrip().startswith("[["):
                listed[table] += 1
                table = (*table, str(listed[table] - 1))
                paths.append(table)
        else:
            paths = [table + path for path in paths]
        for path in paths:
            lines.setdefault(path, began)
    return lines


def _paths(content: object) -> Iterator[tuple[str, ...]]:
    if isinstance(content, list) and content and isinstance(content[0], dict):
        content = content[0]
    for name, value in content.items() if isinstance(content, dict) else ():
        yield (name,)
        yield from ((name, *rest) for rest in _paths(value))
