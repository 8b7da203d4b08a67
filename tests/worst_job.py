"""The worst server judged by the step of a CI job, and all that the step shows and writes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ci_jobs import PULL, GitHub, GitHubApi, Job
from conftest import Quiet
from secret_spellings import files_in

REPORT: Final = "ackproof-report"


@contextmanager
def github() -> Iterator[tuple[GitHub, str]]:
    """A GitHub, and the URL of its API."""
    own = GitHub()
    handler = type("OwnApi", (GitHubApi,), {"github": own})
    with Quiet(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield own, f"http://127.0.0.1:{server.server_port}/api/v3"
        server.shutdown()


def judged_by_a_job(folder: Path, **inputs: str) -> dict[str, str]:
    """Judge by the step of a CI job; return all that the step shows and the folder it writes."""
    with github() as (own, api):
        job = Job(folder, {"comment": "true", **inputs}, event=PULL, api=api, timeout=300)
        done = job.run()
        assert done.returncode == 1, done.stdout[-2000:] + done.stderr
        return {
            "output": done.stdout + done.stderr,
            "outputs": json.dumps(job.outputs()),
            "summary": job.summary(),
            "comment": own.comments[0]["body"],
            **files_in(folder / REPORT),
        }
