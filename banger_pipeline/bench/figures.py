"""What a benchmark reports, and how processor time, wall time and memory are taken."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One measured number. ``floor`` is what it is held against, measured in the same run; ``goal`` bounds ``value`` from above."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    floor: float | None = None
    floor_is: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None when there is none."""
        return None if self.goal is None else self.value <= self.goal


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor seconds of this process, all threads, that ``work`` takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def median_ms(work: Callable[[], object], runs: int = 7) -> float:
    """Median wall milliseconds of ``work`` after one run that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


@dataclass(frozen=True)
class Ran:
    """A finished command: wall and processor seconds, peak memory in MB, and what it printed on stdout."""

    wall: float
    cpu: float
    peak_mb: float
    output: str


def command(arguments: Sequence[str], environment: Mapping[str, str]) -> Ran:
    """Run `banger` with ``arguments`` in a process of its own and account for it and its children.

    Raises:
        RuntimeError: it failed; the message holds what it said.
    """
    program = (
        "import json, sys, time\n"
        "started = time.perf_counter()\n"
        "from banger_pipeline.cli import main\n"
        "code = 0\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    code = end.code or 0\n"
        "from banger_pipeline.bench.figures import usage\n"
        "sys.stderr.write('\\n' + json.dumps({'code': code, **usage()}))\n"
    )
    import json

    started = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - started
    try:
        report = json.loads(ended.stderr.rsplit("\n", 1)[-1])
    except ValueError:
        raise RuntimeError(ended.stderr) from None
    if report["code"]:
        raise RuntimeError(ended.stderr)
    return Ran(wall, report["cpu"], report["peak_mb"], ended.stdout)


def usage() -> dict[str, float]:
    """Processor seconds and peak memory of this process and the children it has waited for."""
    try:
        import resource
    except ImportError:  # Windows has no resource module; its peak memory is not told
        times = os.times()
        return {"cpu": times.user + times.system + times.children_user + times.children_system, "peak_mb": float("nan")}
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    per_mb = 1024**2 if sys.platform == "darwin" else 1024
    return {
        "cpu": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        "peak_mb": max(own.ru_maxrss, children.ru_maxrss) / per_mb,
    }
