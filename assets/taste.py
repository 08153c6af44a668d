"""Assets about what is liked."""

import pyarrow as pa

from assets.pictures import histogram
from assets.stage_asset import stage_asset
from banger_pipeline import stages
from banger_pipeline.store.refresh import Work


@stage_asset(stages.AESTHETIC, show=histogram("aesthetic", "score"))
def aesthetic(work: Work) -> pa.Table:
    from banger_pipeline.taste.aesthetic import score

    return score(work)
