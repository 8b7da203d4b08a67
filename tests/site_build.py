"""Build the documentation site into site/ (`make docs`); a complaint ends it with 1."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from site_check import elsewhere, faults_of
from site_contract import bundled
from site_nav import NoPage, completed
from site_pages import BrokenLink, gathered
from site_reference import reference_pages

from conformance.contract import Contract, load_contract

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "docs" / "site"
STAGE = ROOT / "build" / "site"
SITE = ROOT / "site"
SCRIPTS = ROOT / "build" / "npm" / "node_modules"
SEARCH_FROM_DISK = {"iframe-worker.js": "shim/index.js", "iframe-worker.LICENSE.txt": "LICENSE"}
VIEWER_FILES = ("LICENSE", "NOTICE", "swagger-ui-bundle.js", "swagger-ui.css")
ZENSICAL = Path(sys.executable).with_name("zensical")
WARNED = re.compile(r"\b(warning|error)\b", re.IGNORECASE)


def main() -> int:
    """Put the pages together, build them, look at what was built; return the exit code."""
    absent = [str(path) for path in (ZENSICAL, SCRIPTS) if not path.exists()]
    if absent:
        return _ended([f"{', '.join(absent)} is missing: make docs installs it."])
    contract = load_contract()
    try:
        pages = every_page(contract)
        config = configured((SOURCE / "site.toml").read_text(encoding="utf-8"), pages)
    except (BrokenLink, NoPage) as problem:
        return _ended([str(problem)])
    shutil.rmtree(STAGE, ignore_errors=True)
    for place, text in pages.items():
        _write(STAGE / "pages" / place, text)
    shutil.copy(SOURCE / "site.css", STAGE / "pages")
    for name, origin in SEARCH_FROM_DISK.items():
        shutil.copy(SCRIPTS / "iframe-worker" / origin, STAGE / "pages" / name)
    put_viewer(contract, STAGE / "pages" / "viewer")
    _write(STAGE / "zensical.toml", config)
    return _ended([*built(), *moved_and_checked()])


def every_page(contract: Contract) -> dict[str, str]:
    """Give the Markdown of every page of the site, by its place.

    Raises:
        BrokenLink: a page links to what is not there.

    """
    return {**gathered(ROOT), **reference_pages(contract)}


def configured(text: str, pages: Mapping[str, str]) -> str:
    """Complete the navigation of the configuration.

    Raises:
        NoPage: it names a page that is not there.

    """
    config = tomlkit.parse(text)
    project: Any = config["project"]
    project["nav"] = completed(project["nav"].unwrap(), pages)
    return tomlkit.dumps(config)


def put_viewer(contract: Contract, folder: Path) -> None:
    """Put the viewer of the contract, and the contract as a script that it reads, in a folder."""
    shutil.copytree(SOURCE / "viewer", folder)
    for name in VIEWER_FILES:
        shutil.copy(SCRIPTS / "swagger-ui-dist" / name, folder)
    document = json.dumps(bundled(contract), ensure_ascii=False)
    _write(folder / "contract.js", f"const CONTRACT = {document};\n")


def built() -> list[str]:
    """Run Zensical; give what it complains of."""
    command = [str(ZENSICAL), "build", "--strict", "--clean"]
    done = subprocess.run(command, cwd=STAGE, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    complains = done.returncode != 0 or WARNED.search(said)
    return [f"zensical ended with {done.returncode}:\n{said}"] if complains else []


def moved_and_checked() -> list[str]:
    """Put what was built into site/; give what is wrong with it, and list where it leads."""
    shutil.rmtree(SITE, ignore_errors=True)
    if not (STAGE / "site").is_dir():
        return []
    shutil.move(STAGE / "site", SITE)
    for url, count in sorted(elsewhere(SITE).items()):
        print(f"leads elsewhere, not followed: {url} ({count})")  # noqa: T201  # its voice
    return list(faults_of(SITE))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _ended(problems: Iterable[str]) -> int:
    told = list(problems)
    for one in told:
        print(one, file=sys.stderr)  # noqa: T201  # its voice
    if not told:
        print(f"{SITE}/index.html")  # noqa: T201  # its voice
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
