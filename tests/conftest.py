"""What several test modules use."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def reference_server() -> Iterator[Callable[..., str]]:
    """Start reference servers as processes: reference_server("--lag", "5") gives the URL."""
    processes: list[subprocess.Popen[str]] = []

    def start(*args: str) -> str:
        access = () if "--token-file" in args else ("--no-auth",)
        command = [sys.executable, "-m", "reference_server", "--port", "0", *access, *args]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        return str(json.loads(process.stdout.readline())["url"])

    yield start
    for process in processes:
        process.terminate()
    for process in processes:
        process.communicate(timeout=10)
