"""Two kits at once on one server, twenty times: verdicts as of one alone (`make two-kits`).

Each kit must end as the one alone did, requirement by requirement, and leave nothing behind.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx
from bench import ACKPROOF, served

TIMES: Final = 20
KITS: Final = 2
Outcomes = dict[str, str]


def judged_at_once(url: str, kits: int, options: Sequence[str] = ()) -> list[Outcomes]:
    """Judge a server by several kits at the same time; return the outcomes that each came to."""
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / f"kit-{number}" for number in range(kits)]
        commands = [
            [ACKPROOF, "run", url, "--scope", "s1", *options, "--report-dir", str(place)]
            for place in places
        ]
        under_way = [subprocess.Popen(one, stdout=subprocess.DEVNULL) for one in commands]
        for kit in under_way:
            kit.wait()
        reports = [json.loads((place / "report.json").read_text("utf-8")) for place in places]
    return [{one["id"]: one["outcome"] for one in report["verdicts"]} for report in reports]


def left_behind(url: str) -> list[str]:
    """Return the members that any run left on a server."""
    with httpx.Client(base_url=url, trust_env=False) as http:
        found: list[str] = []
        query: dict[str, str] = {}
        while True:
            page = http.get("/api/scopes/s1/members", params=query).json()
            found += [one["memberId"] for one in page["members"]]
            if page["nextPageToken"] is None:
                return found
            query = {"pageToken": page["nextPageToken"]}


def main() -> int:
    """Say each difference from the kit alone; return 1 if there is one."""
    with served("--lag", "20", "--deadline", "2000") as url:
        (alone,) = judged_at_once(url, 1)
        different = 0
        for number in range(1, TIMES + 1):
            for kit, outcomes in enumerate(judged_at_once(url, KITS), 1):
                changed = {
                    name: (alone.get(name), outcomes.get(name))
                    for name in {*alone, *outcomes}
                    if alone.get(name) != outcomes.get(name)
                }
                different += bool(changed)
                print(f"{number:>2} kit {kit}: {changed or 'as alone'}")  # noqa: T201
        left = left_behind(url)
    print(f"{TIMES} times {KITS} kits: {different} differ; {len(left)} members left")  # noqa: T201
    return int(bool(different or left))


if __name__ == "__main__":
    sys.exit(main())
