"""Running `banger` as a person does: another process, its own environment, what it said and how it ended."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> object:
        """The one JSON value on stdout."""
        return json.loads(self.out)


def banger(*words: str | bytes | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Answer:
    """Run one command in a process of its own, in the places that the environment names."""
    done = subprocess.run(
        [sys.executable, "-m", "banger_pipeline", *words],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1", **(env or {})},
        timeout=300,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace"))


def well(*words: str | bytes | Path, **how: Path) -> Answer:
    """Run one command that must end well."""
    answer = banger(*words, **how)  # type: ignore[arg-type]  # only cwd is passed on
    assert answer.code == 0, f"{words}: {answer.code}\n{answer.out}\n{answer.err}"
    assert "Traceback" not in answer.err
    return answer
