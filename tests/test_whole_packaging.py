"""Wheel and sdist: what they hold, and that they work in a fresh environment in another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from conformance.contract import contract_hash

ROOT = Path(__file__).parent.parent
WHEEL, SDIST = "ackproof-*.whl", "ackproof-*.tar.gz"


def ran(*command: str | Path, cwd: Path) -> str:
    """Run without this checkout on the path and return what was printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env=clean, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(folder: Path, *, source: Path, kind: str) -> Path:
    build = (sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", folder)
    ran(*build, source, cwd=folder)
    return next(folder.glob(WHEEL if kind == "wheel" else SDIST))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"), source=ROOT, kind="wheel")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("sdist"), source=ROOT, kind="sdist")


def installed(folder: Path, archive: Path) -> Path:
    """Install into a fresh environment that borrows only the dependencies; return its bin."""
    venv.create(folder, symlinks=True)
    python = folder / "bin/python"
    purelib = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
    (Path(purelib) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    alone = ("--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed")
    ran(*pip, "install", "--quiet", *alone, archive, cwd=folder)
    return folder / "bin"


def names_in(archive: Path) -> set[str]:
    if archive.suffix == ".whl":
        return set(zipfile.ZipFile(archive).namelist())
    with tarfile.open(archive) as tar:
        return {name.partition("/")[2] for name in tar.getnames()}


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_in(*folders: str) -> set[str]:
    """The files under folders of this tree, without Python's caches."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_both_packages_and_the_contract_and_nothing_else(wheel: Path) -> None:
    packages = files_in("conformance", "reference_server")
    spec = {name.replace("spec/", "conformance/_spec/", 1) for name in files_in("spec")}

    held = {name for name in names_in(wheel) if ".dist-info/" not in name}

    assert held == packages | spec


def test_the_contract_in_the_wheel_is_the_one_under_spec(wheel: Path) -> None:
    held = contents(wheel)

    for name in files_in("spec"):
        shipped = held[name.replace("spec/", "conformance/_spec/", 1)]
        assert shipped == (ROOT / name).read_bytes(), name


def test_the_sdist_holds_what_a_reader_and_a_packager_need(sdist: Path) -> None:
    wanted = files_in("conformance", "reference_server", "spec", "tests", "docs")
    files = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"}

    assert wanted | files | {"constraints.txt", "CONTRIBUTING.md", "PKG-INFO"} <= names_in(sdist)


def test_the_sdist_builds_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as tar:
        tar.extractall(tmp_path, filter="data")
    source = next(tmp_path.glob("ackproof-*"))

    again = built(tmp_path, source=source, kind="wheel")

    assert contents(again) == contents(wheel)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_an_installed_kit_judges_its_own_server_from_another_folder(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    archive: Path = request.getfixturevalue(kind)
    commands = installed(tmp_path / "fresh", archive)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    find = "import conformance; print(conformance.__file__)"

    where = ran(commands / "python", "-c", find, cwd=elsewhere)
    version = ran(commands / "ackproof", "--version", cwd=elsewhere)
    plan = ran(commands / "ackproof", "plan", cwd=elsewhere)
    judged = ran(commands / "ackproof", "run", "--report-dir", "out", cwd=elsewhere)

    report = json.loads((elsewhere / "out/report.json").read_text("utf-8"))
    assert Path(where.strip()).is_relative_to(tmp_path / "fresh")
    assert version.startswith("ackproof ")
    assert "RES-03 MUST" in plan
    assert "exit 0: nothing broken" in judged
    assert report["contract"]["hash"] == contract_hash(ROOT / "spec")


def test_an_installed_server_starts_with_the_shipped_contract(wheel: Path, tmp_path: Path) -> None:
    commands = installed(tmp_path / "fresh", wheel)

    listed = ran(commands / "ackproof", "serve", "--list-faults", "--json", cwd=tmp_path)
    served = ran(
        commands / "python",
        "-c",
        "from reference_server.contract import load, spec_folder; print(load(spec_folder()).hash)",
        cwd=tmp_path,
    )

    assert json.loads(listed)
    assert served.strip() == contract_hash(ROOT / "spec")
