"""What runs are cut by: the watched folders, and the trips the photos were taken on."""

import dagster as dg

FOLDERS = dg.DynamicPartitionsDefinition(name="folders")
TRIPS = dg.DynamicPartitionsDefinition(name="trips")
EVERY_FOLDER = dg.AllPartitionMapping()

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
