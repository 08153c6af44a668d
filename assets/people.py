"""Assets about who is who."""

import pyarrow as pa

from assets.stage_asset import stage_asset
from banger_pipeline import stages
from banger_pipeline.store.refresh import Work


@stage_asset(stages.PEOPLE)
def people(work: Work) -> pa.Table:
    from banger_pipeline.people.identity import identify_people

    return identify_people(work)
