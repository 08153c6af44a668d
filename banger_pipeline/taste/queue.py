"""What to ask next: photos spread over shoots, days, scenes and places, blind, a few of them again without saying so."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from banger_pipeline.errors import NothingToDoError
from banger_pipeline.store.catalog import load
from banger_pipeline.taste.labels import IMPORTED, Labels, Rating, labels
from banger_pipeline.workspace import Workspace

REPEAT_EVERY = 14  # one question in so many is a repeat: 7 %
REPEAT_AFTER = 10  # answers that lie between a rating and its repeat, at least
KINDS = ("high", "uncertain", "low", "uncertain", "random")  # in turn
CONSIDERED = 40  # photos of a kind among which the one from the least asked place, day and scene is taken
COLUMNS = [
    "photo_id", "folder", "taken_at", "city", "country", "trip", "scene", "moment", "moment_kind", "score", "encoder", "problem",
]  # fmt: skip
SPREAD = ("trip", "folder", "day", "scene", "place")

Row = Mapping[str, object]


@dataclass(frozen=True)
class Question:
    """One photo to rate, or two frames of a burst to compare. Nobody who answers is told whether it is a ``repeat``."""

    photo_ids: tuple[str, ...]
    repeat: bool = False


def next_photos(workspace: Workspace, count: int = 10, *, compare: bool = False, seed: int = 0) -> list[Question]:
    """The next ``count`` questions; fewer when less is left to ask. The same library, answers and seed give the same.

    Photos that were rated are left out, those that were skipped come last. Neighbouring questions never show two frames of one
    burst, except when comparing; then each question is two frames of one burst. No score is part of a question.

    Raises:
        NothingToDoError: nothing is indexed, or there is nothing left to ask.
    """
    rows = _rows(workspace)
    said = labels(workspace.state)
    chance = random.Random(f"{seed} {said.asked}")
    questions = list(_pairs(rows, said, count, chance) if compare else _singles(rows, said, count, chance))
    if not questions:
        left = "no burst has two frames left to compare" if compare else "every photo was rated"
        raise NothingToDoError(f"There is nothing left to ask: {left}.", "Index more photos, or run `banger train`.")
    return questions


def _rows(workspace: Workspace) -> Sequence[Row]:
    """The photos that can be asked about: those with a vector and without a problem, by id."""
    table = load(workspace, COLUMNS)
    table = table.filter(pc.and_(pc.is_null(table["problem"]), pc.is_valid(table["encoder"]))).sort_by("photo_id")
    columns = table.to_pydict()
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    for row in rows:
        row["day"] = row["taken_at"].date() if row["taken_at"] else None
        row["place"] = row["city"] or row["country"]
        row["moment"] = row["moment"] or row["photo_id"]
    return rows


def _singles(rows: Sequence[Row], said: Labels, count: int, chance: random.Random) -> Iterator[Question]:
    known = {str(row["photo_id"]): row for row in rows}
    asked = Counter[tuple[str, object]]()
    for photo in said.present:
        asked.update(_traits(known[photo]) if photo in known else ())
    last = said.last
    before = _moment(known, last.photo_id) if isinstance(last, Rating) else None
    seen = {_moment(known, photo) for photo in said.present}
    pools = _pools([row for row in rows if row["photo_id"] not in said.present], said.skipped, seen, chance)
    repeats = iter(_repeatable(said, known, chance))
    taken: set[object] = set()
    for number in range(said.asked, said.asked + count):
        again = next(repeats, None) if number % REPEAT_EVERY == REPEAT_EVERY - 1 else None
        if again is not None and _moment(known, again) != before:
            before = _moment(known, again)
            yield Question((again,), repeat=True)
            continue
        row = _best(pools[KINDS[number % len(KINDS)]], asked, taken, before) or _best(
            pools["any"], asked, taken, before
        )
        if row is None:
            return
        taken.add(row["photo_id"])
        asked.update(_traits(row))
        before = row["moment"]
        yield Question((str(row["photo_id"]),))


def _pools(
    rows: Sequence[Row], skipped: Sequence[str], seen: set[object], chance: random.Random
) -> Mapping[str, list[Row]]:
    """The photos of each kind, most wanted first. ``any`` holds all: skipped ones, and bursts that were asked about, last."""
    order = chance.sample(rows, len(rows))
    late = set(skipped)
    fresh = [row for row in order if row["photo_id"] not in late and row["moment"] not in seen]
    scored = sorted((row for row in fresh if row["score"] is not None), key=lambda row: float(str(row["score"])))
    tail, middle = max(1, len(scored) // 6), len(scored) // 3
    rest = [row for row in order if row["photo_id"] not in late and row["moment"] in seen]
    last = [row for photo in skipped for row in order if row["photo_id"] == photo] if skipped else []
    return {
        "high": _shuffled(scored[-tail:], chance),
        "low": _shuffled(scored[:tail], chance),
        "uncertain": _shuffled(scored[middle : len(scored) - middle], chance),
        "random": fresh,
        "any": [*fresh, *rest, *last],
    }


def _shuffled(rows: Sequence[Row], chance: random.Random) -> list[Row]:
    return chance.sample(rows, len(rows))


def _best(pool: Sequence[Row], asked: Counter[tuple[str, object]], taken: set[object], before: object) -> Row | None:
    """Of the first photos of a pool that may be shown now, the one whose shoot, day, scene and place were asked about least."""
    found: Row | None = None
    fewest, looked = 0, 0
    for row in pool:
        if row["photo_id"] in taken or row["moment"] == before:
            continue
        times = sum(asked[trait] for trait in _traits(row))
        if found is None or times < fewest:
            found, fewest = row, times
        looked += 1
        if not times or looked == CONSIDERED:
            break
    return found


def _traits(row: Row) -> list[tuple[str, object]]:
    return [(name, row[name]) for name in SPREAD if row[name] is not None]


def _moment(known: Mapping[str, Row], photo: str) -> object:
    return known[photo]["moment"] if photo in known else photo


def _repeatable(said: Labels, known: Mapping[str, Row], chance: random.Random) -> list[str]:
    """Photos that may be shown again: rated blind once, and long enough ago."""
    times = Counter(rating.photo_id for rating in said.ratings)
    recent = {rating.photo_id for rating in said.ratings[-REPEAT_AFTER:]}
    found = [
        photo
        for photo, rating in said.present.items()
        if times[photo] == 1 and photo in known and photo not in recent and rating.how not in IMPORTED
    ]
    return chance.sample(found, len(found))


def _pairs(rows: Sequence[Row], said: Labels, count: int, chance: random.Random) -> Iterator[Question]:
    """Pairs of frames, from the bursts that were asked about least; one in fourteen was asked before, sides swapped at random."""
    bursts: dict[object, list[str]] = {}
    for row in rows:
        if row["moment_kind"] == "burst":
            bursts.setdefault(row["moment"], []).append(str(row["photo_id"]))
    done = {frozenset((pair.better, pair.worse)) for pair in said.comparisons}
    of_burst = Counter({moment: sum(pair <= set(photos) for pair in done) for moment, photos in bursts.items()})
    again = chance.sample(said.comparisons, len(said.comparisons))
    shown = {photo for photos in bursts.values() for photo in photos}
    number = said.asked
    for _ in range(count):
        if number % REPEAT_EVERY == REPEAT_EVERY - 1 and len(said.comparisons) > REPEAT_AFTER:
            old = next((pair for pair in again if {pair.better, pair.worse} <= shown and not pair.repeat), None)
            if old is not None:
                number += 1
                yield Question(_sides((old.better, old.worse), chance), repeat=True)
                continue
        pair = _new_pair(bursts, of_burst, done, chance)
        if pair is None:
            return
        done.add(frozenset(pair))
        number += 1
        yield Question(_sides(pair, chance))


def _new_pair(
    bursts: Mapping[object, list[str]], of_burst: Counter[object], done: set[frozenset[str]], chance: random.Random
) -> tuple[str, str] | None:
    order = chance.sample(list(bursts), len(bursts))
    for moment in sorted(order, key=lambda moment: of_burst[moment]):
        photos = chance.sample(bursts[moment], len(bursts[moment]))
        for pair in _two_of(photos):
            if frozenset(pair) not in done:
                of_burst[moment] += 1
                return pair
    return None


def _two_of(photos: Sequence[str]) -> Iterable[tuple[str, str]]:
    return ((one, other) for i, one in enumerate(photos) for other in photos[i + 1 :])


def _sides(pair: tuple[str, str], chance: random.Random) -> tuple[str, ...]:
    return pair if chance.random() < 0.5 else pair[::-1]
