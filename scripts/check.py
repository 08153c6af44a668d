"""Runs every check there is, in order, and stops at the first that fails: `uv run scripts/check.py`."""

import subprocess
import sys
import time

CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "graph": ["dagster", "definitions", "validate", "-w", "workspace.yaml"],
    "tests": ["pytest"],
}


def main() -> int:
    wanted = sys.argv[1:] or list(CHECKS)
    for name in wanted:
        started = time.perf_counter()
        code = subprocess.run(CHECKS[name], check=False).returncode
        print(f"{name}: {'passed' if code == 0 else 'FAILED'} in {time.perf_counter() - started:.0f} s", flush=True)
        if code:
            return code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
