"""The score of every photo, and which scorer gave it (stage ``aesthetic``)."""

import pyarrow as pa
import pyarrow.compute as pc

from banger_pipeline.store.refresh import Work
from banger_pipeline.store.tables import TABLES
from banger_pipeline.taste.technical import NAME, technical_score


def score(work: Work) -> pa.Table:
    """One row per photo that was measured.

    Without a model that knows text or taste, the technical score is given and named as such. A photo whose measures do not
    suffice gets a problem and no score.
    """
    measured = work.inputs["quality"]
    sound = measured.filter(pc.is_null(measured["problem"]))
    work.progress(sound.num_rows)
    return TABLES[work.stage.name].rows(_row(row) for row in sound.to_pylist())


def _row(quality: dict[str, object]) -> dict[str, object]:
    given = technical_score(quality)
    if given is None:
        return {
            "photo_id": quality["photo_id"],
            "problem": "The photo has no focus map or no exposure measure to score it by.",
            "remedy": "Run `banger index` again with --recompute on its folder, to decode the photo anew.",
        }
    return {"photo_id": quality["photo_id"], "score": given, "scorer": NAME}
