"""Every fault of the reference server, judged by what it breaks: the first of the two numbers.

`make faults` judges each by everything, which takes minutes, and names undeclared neighbours.
"""

import json
import subprocess
import sys
from pathlib import Path

ACKPROOF = Path(sys.executable).with_name("ackproof")


def test_every_fault_is_caught_under_its_own_id(
    tmp_path: Path,
) -> None:
    file = tmp_path / "matrix.json"
    done = subprocess.run(
        [ACKPROOF, "faults", "--json", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    matrix = json.loads(file.read_text(encoding="utf-8"))
    faults = matrix["faults"]

    assert {row["fault"]: row["missed"] for row in faults if row["missed"]} == {}
    assert [row["fault"] for row in faults if row["error"]] == []
    assert matrix["honest"]["undeclared"] == {}
    assert matrix["honest"]["unverified"] == []
    assert done.returncode == 0, done.stdout
    assert len(faults) >= 200
