"""What runs are cut by: the watched folders, and the trips the photos were taken on."""

from collections.abc import Sequence

import dagster as dg

FOLDERS = dg.DynamicPartitionsDefinition(name="folders")
TRIPS = dg.DynamicPartitionsDefinition(name="trips")
EVERY_FOLDER = dg.AllPartitionMapping()

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def keep(instance: dg.DagsterInstance, partitions: dg.DynamicPartitionsDefinition, keys: Sequence[str]) -> list[str]:
    """Make the partitions those of ``keys``; all of them, in Dagster's order."""
    name = str(partitions.name)
    known = instance.get_dynamic_partitions(name)
    wanted, held = set(keys), set(known)
    for key in known:
        if key not in wanted:
            instance.delete_dynamic_partition(name, key)
    if new := [key for key in keys if key not in held]:
        instance.add_dynamic_partitions(name, new)
    return [*(key for key in known if key in wanted), *new]
