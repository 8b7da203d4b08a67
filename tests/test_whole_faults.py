"""Every thirtieth fault of the reference server, judged by what it breaks.

`make faults-quick` judges all of them so, and `make faults` each by everything, which takes longer
and names undeclared neighbours.
"""

import json
import subprocess
import sys
from pathlib import Path

from conformance.embedded import listed_faults

ACKPROOF = Path(sys.executable).with_name("ackproof")


def test_every_thirtieth_fault_is_caught_under_its_own_id(tmp_path: Path) -> None:
    file = tmp_path / "matrix.json"
    listed = [str(one["name"]) for one in listed_faults()]
    done = subprocess.run(
        [ACKPROOF, "faults", "--json", str(file), *listed[::30]],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    matrix = json.loads(file.read_text(encoding="utf-8"))
    faults = matrix["faults"]

    assert {row["fault"]: row["missed"] for row in faults if row["missed"]} == {}
    assert [row["fault"] for row in faults if row["error"]] == []
    assert matrix["honest"]["undeclared"] == {}
    assert matrix["honest"]["unverified"] == []
    assert done.returncode == 0, done.stdout
    assert len(listed) >= 339
    assert len(faults) >= 12
