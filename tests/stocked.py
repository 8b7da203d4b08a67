"""A server that has something to read: made by plain requests, none of the kit's."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from conformance.target_fixtures import DEFAULTS

LOOKS: Final = 500


def _settled(http: httpx.Client, answer: httpx.Response) -> None:
    """Wait until a command has ended."""
    for _ in range(LOOKS):
        if http.get(answer.headers["location"]).json().get("status") != "pending":
            return
        time.sleep(0.02)
    raise TimeoutError(f"{answer.request.url} did not end")


def filled(url: str, scope: str = "s1") -> str:
    """Put into a scope a member that is bound and has a run, and one whose bind failed."""
    with httpx.Client(base_url=url) as http:
        members = f"/api/scopes/{scope}/members"
        for name, fixture in (("m2", "partial"), ("m1", "good")):
            body = {"memberId": name, "displayName": name, "implementationKind": "workflow"}
            _settled(http, http.post(members, json=body))
            branch = dict(DEFAULTS[fixture].branch)
            _settled(http, http.put(f"{members}/{name}/binding", json=branch))
        _settled(http, http.post(f"{members}/m1/invoke/chat", json={"prompt": "hello"}))
    return url


@contextmanager
def stocked_server(*arguments: str) -> Iterator[str]:
    """Start a reference server that lets everybody in, fill it, and give its URL."""
    command = [sys.executable, "-m", "reference_server", "--no-auth", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield filled(str(json.loads(process.stdout.readline())["url"]))
        finally:
            process.terminate()
