"""The job that other processes rebuild when steps do not run in this one."""

import dagster as dg

from assets.definitions import definitions_for
from assets.resources import Library


def index_job() -> dg.JobDefinition:
    """Every asset, over the library that the environment describes."""
    return definitions_for(Library()).resolve_implicit_global_asset_job_def()
