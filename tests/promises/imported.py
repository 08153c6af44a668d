"""Imports what the commands import, so that processes which start from here have it already."""

import duckdb
import scipy.stats
import sklearn.cluster

import assets.execution
import banger_pipeline.cli
import banger_pipeline.export.run
import banger_pipeline.library.previews
import banger_pipeline.picks.select

__all__ = ["assets", "banger_pipeline", "duckdb", "scipy", "sklearn"]
