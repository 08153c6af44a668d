"""Everything Dagster loads."""

import dagster as dg

from assets import library as on_disk
from assets import people, picks, seeing, taste
from assets.executors import executor_for
from assets.export import build_export
from assets.parquet_io import TablesIOManager
from assets.resources import Library
from assets.sensors import build_watcher
from assets.stage_asset import StageAsset

STAGE_ASSETS: tuple[StageAsset, ...] = (
    on_disk.photos,
    on_disk.exif,
    on_disk.previews,
    seeing.hashes,
    seeing.quality,
    seeing.embeddings,
    seeing.tags,
    seeing.faces,
    taste.taste_head,
    taste.aesthetic,
    seeing.scenes,
    picks.moments,
    people.people,
    picks.catalog,
)


EXPORT_TRIP = dg.define_asset_job(
    "export_trip", ["export"], description="Copy the keepers of a trip: choose the trip and how many in the Launchpad."
)


def definitions_for(library: Library) -> dg.Definitions:
    """The graph over one library."""
    return dg.Definitions(
        assets=[*(asset.build(library) for asset in STAGE_ASSETS), build_export(library)],
        jobs=[EXPORT_TRIP],
        sensors=[build_watcher(library)],
        resources={"tables": TablesIOManager(library)},
        executor=executor_for(library.workspace().settings),
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The graph over the library of the person who runs it."""
    return definitions_for(Library())
