"""A TOML file of the target's owner, read."""

import json
import tomllib
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
