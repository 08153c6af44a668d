"""The garbage collector, kept from looking again and again through what imports leave: Dagster alone makes 200,000 objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unswept_imports() -> Iterator[None]:
    """Collect nothing while modules are imported, and leave what they made alone until ``sweep_all``."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def sweep_all() -> None:
    """Let the collector look at everything again."""
    gc.unfreeze()
