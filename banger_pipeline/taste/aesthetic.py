"""The score of every photo, and which scorer gave it (stage ``aesthetic``)."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from banger_pipeline.store.refresh import Work
from banger_pipeline.store.tables import TABLES
from banger_pipeline.taste import prompt_score
from banger_pipeline.taste.prompt_score import PromptScorer
from banger_pipeline.taste.technical import NAME, technical_score


def score(work: Work) -> pa.Table:
    """One row per photo that was measured.

    With an encoder that reads words, a photo with a vector is scored by the prompts. Otherwise the technical score is given
    and named as such; a photo whose measures do not suffice for it gets a problem and no score.
    """
    measured = work.inputs["quality"]
    sound = measured.filter(pc.is_null(measured["problem"])).to_pylist()
    by_prompts = _by_prompts(work)
    work.progress(len(sound))
    return TABLES[work.stage.name].rows(
        {"photo_id": row["photo_id"], "score": by_prompts[row["photo_id"]], "scorer": prompt_score.NAME}
        if row["photo_id"] in by_prompts
        else _by_measures(row)
        for row in sound
    )


def _by_prompts(work: Work) -> Mapping[str, float]:
    """The score of each photo with a vector, by photo id; empty without an encoder that reads words."""
    seen = work.inputs["embeddings"]
    seen = seen.filter(pc.is_valid(seen["vector"]))
    scorer = PromptScorer.load(work.settings, work.places) if seen.num_rows else None
    if scorer is None:
        return {}
    flat = pc.list_flatten(seen["vector"]).to_numpy().astype(np.float32, copy=False)
    scores = scorer.scores(flat.reshape(seen.num_rows, -1))
    return dict(zip(seen["photo_id"].to_pylist(), scores.tolist(), strict=True))


def _by_measures(quality: dict[str, object]) -> dict[str, object]:
    given = technical_score(quality)
    if given is None:
        return {
            "photo_id": quality["photo_id"],
            "problem": "The photo has no focus map or no exposure measure to score it by.",
            "remedy": "Run `banger index` again with --recompute on its folder, to decode the photo anew.",
        }
    return {"photo_id": quality["photo_id"], "score": given, "scorer": NAME}
