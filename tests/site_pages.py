"""The pages of the site that stand in the repository: where each goes, and where its links lead."""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from site_markdown import code, page, plain, table

LINK = re.compile(r"\]\(([^()\s]+)\)")
FENCED = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2 *$", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#", re.IGNORECASE)
NO_PAGES = re.compile(r"docs/changes/\+|(.*/)?node_modules/")
LANGUAGES = {
    "": "text",
    ".js": "javascript",
    ".json": "json",
    ".mjs": "javascript",
    ".py": "python",
    ".toml": "toml",
    ".txt": "text",
    ".yaml": "yaml",
    ".yml": "yaml",
}
REFERENCE = {
    "conformance/cli.py": "reference/commands.md",
    "conformance/judge.py": "reference/exit-codes.md",
    "conformance/schemas/report.schema.json": "reference/report.md",
    "conformance/schemas/approvals.schema.json": "reference/approvals.md",
    "conformance/schemas/review.schema.json": "reference/review.md",
    "conformance/schemas/target.schema.json": "reference/target-file.md",
    "conformance/review/rules.py": "reference/review-rules.md",
    "conformance/schemas/trace.schema.json": "reference/trace.md",
    "conformance/schemas/waivers.schema.json": "reference/waivers.md",
    "spec/openapi.yaml": "reference/api.md",
    "spec/profiles.yaml": "reference/requirements/index.md",
    "spec/requirements": "reference/requirements/index.md",
}
"""The files and folders whose page is made from what they say, not a copy of them."""


class BrokenLink(Exception):  # noqa: N818  # the build words it
    """A page links to what is not there; the message says which page and what."""


def place(path: str) -> str:
    """Say where on the site the page of a file of the repository stands.

    Pages of docs/ stand at the top. A file that a reference page is made from is that page, and
    any other file or folder has a page below repository/.
    """
    if path in REFERENCE:
        return REFERENCE[path]
    if path.startswith("spec/requirements/"):
        return f"reference/requirements/{Path(path).stem}.md"
    if path.startswith("docs/") and path.endswith(".md"):
        return _indexed(path.removeprefix("docs/"))
    return _indexed(f"repository/{path}" if path.endswith(".md") else f"repository/{path}.md")


def _indexed(path: str) -> str:
    folder, name = posixpath.split(path)
    return posixpath.join(folder, "index.md") if name == "README.md" else path


def gathered(root: Path) -> dict[str, str]:
    """Give every page that stands in the repository or is linked from one, by its place.

    Raises:
        BrokenLink: a link leads to no file.

    """
    pages: dict[str, str] = {}
    waiting = [path.relative_to(root).as_posix() for path in sorted(root.glob("docs/**/*.md"))]
    waiting = [path for path in waiting if not NO_PAGES.match(path)]
    while waiting:
        path = waiting.pop()
        where = place(path)
        if where in pages or where.startswith("reference/"):
            continue
        if path.endswith(".md"):
            text = (root / path).read_text(encoding="utf-8")
            waiting += linked(root, path, text)
            pages[where] = moved(path, text)
        else:
            pages[where] = _shown(root, path)
    return pages


def linked(root: Path, path: str, text: str) -> Iterator[str]:
    """Yield the files and folders of the repository that a page links to.

    Raises:
        BrokenLink: there is none.

    """
    for target in _targets(text):
        found = _resolved(path, target)
        if found.startswith("../") or not (root / found).exists():
            raise BrokenLink(f"{path} links to {target}, and there is no such file.")
        yield found


def moved(path: str, text: str) -> str:
    """Write the links of a page of the repository anew, for where the pages stand on the site."""

    def anew(match: re.Match[str]) -> str:
        target, sharp, anchor = match[1].partition("#")
        if ELSEWHERE.match(match[1]):
            return match[0]
        there = posixpath.relpath(place(_resolved(path, target)), posixpath.dirname(place(path)))
        return f"]({there}{sharp}{anchor})"

    return "".join(part if fenced else LINK.sub(anew, part) for fenced, part in _parted(text))


def _targets(text: str) -> Iterator[str]:
    for fenced, part in _parted(text):
        if not fenced:
            found: Iterable[str] = LINK.findall(part)
            yield from (one.partition("#")[0] for one in found if not ELSEWHERE.match(one))


def _parted(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the text in pieces, each with whether it is a fenced block."""
    end = 0
    for match in FENCED.finditer(text):
        yield False, text[end : match.start()]
        yield True, match[0]
        end = match.end()
    yield False, text[end:]


def _resolved(path: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _shown(root: Path, path: str) -> str:
    """Show a file as it is, or name what a folder holds."""
    if (root / path).is_dir():
        rows = [_entry(one) for one in sorted((root / path).iterdir()) if one.name[0] not in "._"]
        return _unsearched(page(f"{path}/", table(("name", "what it says of itself"), rows)))
    text = (root / path).read_text(encoding="utf-8")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    language = LANGUAGES.get(Path(path).suffix, "text")
    return _unsearched(page(path, f"{fence}{language}\n{text.rstrip()}\n{fence}"))


def _unsearched(text: str) -> str:
    return f"---\nsearch:\n  exclude: true\n---\n\n{text}"


def _entry(path: Path) -> tuple[str, str]:
    source = path / "__init__.py" if path.is_dir() else path
    said = None
    if source.suffix == ".py" and source.exists():
        said = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))
    return code(path.name + "/" * path.is_dir()), plain((said or "").partition("\n\n")[0])
