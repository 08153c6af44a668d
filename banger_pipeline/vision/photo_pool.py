"""Run one function over the photos of a stage on a pool of threads, and gather its rows."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import pyarrow as pa

from banger_pipeline.library.previews import PreviewMissingError
from banger_pipeline.store.refresh import Work
from banger_pipeline.store.tables import TABLES

Photo = Mapping[str, object]


def each_photo(work: Work, columns: Sequence[str], row_of: Callable[[Photo], dict[str, object]]) -> pa.Table:
    """The stage's table with one row per photo of ``work.photos``.

    ``row_of`` gets the named columns of a photo's row and returns the stage's columns without ``photo_id``. It is called from
    several threads. A photo whose stored picture is missing is postponed: the picture belongs to the store, not to the
    photo, and can be made again. Any other error is a defect of the program and ends the stage.
    """
    photos: list[Photo] = work.photos.select(list(columns)).to_pylist()
    rows: list[dict[str, object]] = []
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)  # photos are the unit of parallel work: threads of OpenCV's own would only get in their way
    pool = ThreadPoolExecutor(work.settings.worker_threads, thread_name_prefix=work.stage.name)
    try:
        for photo, future in [(photo, pool.submit(row_of, photo)) for photo in photos]:
            try:
                rows.append({"photo_id": photo["photo_id"], **future.result()})
            except PreviewMissingError as missing:
                work.postpone(str(photo["photo_id"]), str(missing))
            work.progress(1)
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl+C must not wait for the photos still queued
        cv2.setNumThreads(before)
    return TABLES[work.stage.name].rows(rows)
