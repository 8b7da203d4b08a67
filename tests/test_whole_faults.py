"""Every fault of the reference server, judged whole: the first of the two numbers."""

import json
import subprocess
import sys
from pathlib import Path

ACKPROOF = Path(sys.executable).with_name("ackproof")


def test_every_fault_is_caught_under_its_own_id_and_reddens_nothing_undeclared(
    tmp_path: Path,
) -> None:
    file = tmp_path / "matrix.json"
    done = subprocess.run(
        [ACKPROOF, "faults", "--full", "--json", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    matrix = json.loads(file.read_text(encoding="utf-8"))
    faults = matrix["faults"]

    assert {row["fault"]: row["missed"] for row in faults if row["missed"]} == {}
    assert {row["fault"]: row["undeclared"] for row in faults if row["undeclared"]} == {}
    assert [row["fault"] for row in faults if row["error"]] == []
    assert matrix["honest"]["undeclared"] == {}
    assert matrix["honest"]["unverified"] == []
    assert done.returncode == 0, done.stdout
    assert len(faults) >= 80
