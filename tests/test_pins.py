"""What is installed is exact and hashed, for uv and for pip alike, and no committed file names a registry's host."""

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = """
[[package]]
name = "banger-pipeline"
source = { editable = "." }
dependencies = [{ name = "server" }]

[[package]]
name = "server"
version = "1.0"
source = { registry = "https://registry.example/simple" }
dependencies = [{ name = "web", extra = ["standard"] }]

[[package]]
name = "web"
version = "2.0"
source = { registry = "https://registry.example/simple" }
resolution-markers = ["python_full_version < '3.12'"]

[[package]]
name = "web"
version = "3.0"
source = { registry = "https://registry.example/simple" }
resolution-markers = ["python_full_version >= '3.12' and extra == 'extra-15-banger-pipeline-gpu'"]
"""


@pytest.fixture(scope="module")
def pin() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pin", ROOT / "scripts" / "pin.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_constraints_are_exact_and_say_for_which_python(pin: ModuleType) -> None:
    assert pin.constraints(LOCK) == [
        "server==1.0",
        "web==2.0 ; python_full_version < '3.12'",
        "web==3.0 ; python_full_version >= '3.12'",
    ]


def test_extras_are_spelt_because_pip_pins_them_apart(pin: ModuleType) -> None:
    exported = (
        "server==1.0 \\\n    --hash=sha256:aa\nweb==2.0 ; python_full_version < '3.12' \\\n    --hash=sha256:bb\n"
    )
    spelt = pin.with_extras(exported, LOCK)
    assert spelt == exported.replace("web==", "web[standard]==")
    assert pin.with_extras(spelt, LOCK) == spelt


def test_every_requirement_is_exact_hashed_and_the_pinned_version() -> None:
    pins: dict[str, set[str]] = {}
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]["constraint-dependencies"]:
        pinned = Requirement(line)
        pins.setdefault(canonicalize_name(pinned.name), set()).add(str(pinned.specifier))
    blocks = re.split(r"^(?=[A-Za-z0-9])", (ROOT / "requirements.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert len(blocks) > 50
    for block in blocks:
        required = Requirement(block.split("\\")[0])
        assert str(required.specifier) in pins[canonicalize_name(required.name)], block.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


def test_the_requirements_cover_what_the_base_install_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    text = (ROOT / "requirements.txt").read_text("utf-8")
    there = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", text, re.MULTILINE)}
    for line in [*project["dependencies"], *project["optional-dependencies"]["cpu"]]:
        assert canonicalize_name(Requirement(line).name) in there, line


def test_no_committed_file_names_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    files = [
        path for path in names if path.suffix in (".toml", ".txt", ".cfg", ".yaml", ".md", ".sh") and path.is_file()
    ]
    assert len(files) > 5
    address = re.compile(r"https?://[^\s\"')]*(?:pypi|pythonhosted|/simple\b)|--(?:extra-)?index-url", re.IGNORECASE)
    for path in files:
        assert not address.search(path.read_text("utf-8")), path
