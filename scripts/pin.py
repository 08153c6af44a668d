"""Pins the whole resolution without naming a registry: exact versions in pyproject.toml, hashes in requirements.txt.

Run `uv lock --upgrade` first to move the versions, then `uv run scripts/pin.py`.
"""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "# pinned by scripts/pin.py: begin", "# pinned by scripts/pin.py: end"


def constraints(lock: str) -> list[str]:
    """One exact requirement per locked package, with its marker where several versions are locked."""
    packages = [p for p in tomllib.loads(lock)["package"] if "registry" in p["source"]]
    counts: dict[str, int] = {}
    for package in packages:
        counts[package["name"]] = counts.get(package["name"], 0) + 1
    pins: list[str] = []
    for package in packages:
        pin = f"{package['name']}=={package['version']}"
        markers = package.get("resolution-markers", []) if counts[package["name"]] > 1 else []
        pins.extend(f"{pin} ; {marker}" for marker in _without_extras(markers)) if markers else pins.append(pin)
    return sorted(set(pins))


def _without_extras(markers: list[str]) -> list[str]:
    """Markers as a constraint may state them: conflicts between extras are uv's own business."""
    return sorted({re.sub(r"\s+and\s+extra [!=]= '[^']*'", "", marker) for marker in markers})


def pinned(pyproject: str, pins: list[str]) -> str:
    """``pyproject`` with the block of pins replaced."""
    block = "\n".join([BEGIN, "constraint-dependencies = [", *(f'    "{pin}",' for pin in pins), "]", END])
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if not pattern.search(pyproject):
        raise SystemExit(f"pyproject.toml has no block between {BEGIN!r} and {END!r}")
    return pattern.sub(lambda _: block, pyproject)


def with_extras(requirements: str, lock: str) -> str:
    """``requirements`` with the extras that packages ask of each other spelt out: ``gql[requests]==4.0.0``.

    pip counts ``gql`` and ``gql[requests]`` as two, and in hash-checking mode refuses the one that is not pinned.
    """
    named = set(re.findall(r"^([\w.-]+)==", requirements, re.MULTILINE))
    wanted: dict[str, set[str]] = {}
    for package in tomllib.loads(lock)["package"]:
        if package["name"] in named:
            for needed in package.get("dependencies", []):
                wanted.setdefault(needed["name"], set()).update(needed.get("extra", []))
    for name, extras in wanted.items():
        if extras:
            spelt = f"{name}[{','.join(sorted(extras))}]=="
            requirements = re.sub(rf"^{re.escape(name)}==", spelt, requirements, flags=re.MULTILINE)
    return requirements


def main() -> None:
    pyproject = ROOT / "pyproject.toml"
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    pins = constraints(lock)
    pyproject.write_text(pinned(pyproject.read_text(encoding="utf-8"), pins), encoding="utf-8")
    exported = subprocess.run(
        ["uv", "export", "--quiet", "--no-header", "--no-default-groups", "--extra", "cpu", "--no-emit-project"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (ROOT / "requirements.txt").write_text(
        "# The base install and onnxruntime, exact and hashed, for pip: made by scripts/pin.py\n"
        + with_extras(exported, lock),
        encoding="utf-8",
    )
    print(f"{len(pins)} versions pinned")


if __name__ == "__main__":
    main()
