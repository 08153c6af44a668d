"""Dagster runs in this process: which folders share one, how it is started, and what it left behind."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError

from assets.definitions import definitions_for
from assets.partitions import FOLDERS, RANGE_END, RANGE_START, TRIPS
from assets.resources import Library
from assets.stage_asset import FOLDERS_PER_RUN

PHOTOS_PER_RUN = 500  # small enough that what `photos` read is still in the page cache when `previews` wants it
OURS = {"banger/started-by": "index"}

Group = tuple[list[str | None], list[str]]


def groups_of(
    now: Mapping[str | None, Sequence[str]], order: Sequence[str], photos: Mapping[str, int]
) -> Iterator[Group]:
    """Cut a round into runs: neighbours in Dagster's ``order`` that need the same stages share one.

    A run has at most 50 folders, and stops growing at about 500 photos. The whole library (None) comes last.
    """
    for stages, span in groupby(order, key=lambda key: tuple(now.get(key, ()))):
        if not stages:
            continue
        keys: list[str | None] = []
        held = 0
        for key in span:
            if keys and (len(keys) == FOLDERS_PER_RUN or held + photos.get(key, 0) > PHOTOS_PER_RUN):
                yield keys, list(stages)
                keys, held = [], 0
            keys.append(key)
            held += photos.get(key, 0)
        yield keys, list(stages)
    if None in now:
        yield [None], list(now[None])


class Runner:
    """Runs stages on one instance, in this process unless the settings name another executor."""

    def __init__(self, library: Library, instance: dg.DagsterInstance, verbose: bool = False) -> None:
        self.library, self.instance = library, instance
        self._level = "INFO" if verbose else "CRITICAL"  # what went wrong is told by the caller, without a stack
        self._executor = library.workspace().settings.text("executor")
        self._job = definitions_for(library).resolve_implicit_global_asset_job_def()

    def order(self, keys: Sequence[str]) -> list[str]:
        """Make the folders' partitions those of ``keys``; Dagster's order of them."""
        known = self.instance.get_dynamic_partitions(str(FOLDERS.name))
        wanted = set(keys)
        for key in known:
            if key not in wanted:
                self.instance.delete_dynamic_partition(str(FOLDERS.name), key)
        held = set(known)
        if new := [key for key in keys if key not in held]:
            self.instance.add_dynamic_partitions(str(FOLDERS.name), new)
        return [*(key for key in known if key in wanted), *new]

    def register_trips(self, trips: Sequence[str]) -> None:
        """Make the trips' partitions those of ``trips``."""
        known = set(self.instance.get_dynamic_partitions(str(TRIPS.name)))
        for key in known - set(trips):
            self.instance.delete_dynamic_partition(str(TRIPS.name), key)
        if new := [key for key in trips if key not in known]:
            self.instance.add_dynamic_partitions(str(TRIPS.name), new)

    def run(self, group: Group, recompute: bool = False, retry: bool = False) -> str | None:
        """Materialise the stages of a group; None when all went well, else what the first failed step said.

        Raises:
            KeyboardInterrupt: the person stopped it; what was finished is kept.
        """
        keys, names = group
        first, last = keys[0], keys[-1]
        tags = dict(OURS)
        if first is not None and last is not None and len(keys) > 1:
            tags |= {RANGE_START: first, RANGE_END: last}
        config: dict[str, object] = {"loggers": {"console": {"config": {"log_level": self._level}}}}
        if recompute or retry:
            chosen = {"config": {"recompute": recompute, "retry_problems": retry}}
            config["ops"] = dict.fromkeys(names, chosen)
        selection = [dg.AssetKey(name) for name in names]
        single = first if len(keys) == 1 else None
        try:
            if self._executor == "in_process":
                result = self._job.execute_in_process(
                    partition_key=single,
                    tags=tags,
                    asset_selection=selection,
                    run_config=config,
                    instance=self.instance,
                    raise_on_error=False,
                )
                return None if result.success else _why(result.all_events)
            return self._elsewhere(single, tags, selection, config)
        except DagsterExecutionInterruptedError as error:
            raise KeyboardInterrupt from error

    def _elsewhere(
        self, partition: str | None, tags: dict[str, str], selection: list[dg.AssetKey], config: dict[str, object]
    ) -> str | None:
        from assets.jobs import index_job

        if partition is not None:
            tags = {**tags, "dagster/partition": partition}
        with dg.execute_job(
            dg.reconstructable(index_job),
            instance=self.instance,
            tags=tags,
            asset_selection=selection,
            run_config=config,
        ) as result:
            return None if result.success else _why(result.all_events)

    def bury_the_dead(self) -> int:
        """Close the runs of an earlier process that was killed, so that they do not look alive. Needs the index lock."""
        alive = dg.RunsFilter(tags=OURS, statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
        runs = self.instance.get_runs(alive)
        for run in runs:
            self.instance.report_run_canceled(run, message="Its process is gone; what it had finished is kept.")
        return len(runs)


def _why(events: Sequence[dg.DagsterEvent]) -> str:
    """The innermost cause that a failed run's events tell."""
    for event in events:
        if event.is_step_failure or event.is_failure:
            error = getattr(event.event_specific_data, "error", None)
            while error is not None and error.cause is not None:
                error = error.cause
            if error is not None:
                return str(error.message).strip()
    return "Dagster gave no reason."
