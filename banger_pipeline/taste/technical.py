"""The technical score: what the measures of quality alone say of a photo, in parts that can be shown."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

NAME = "technical-1"

Row = Mapping[str, object]


@dataclass(frozen=True)
class Part:
    """One part of the score: its weight, and how a row of ``quality`` gives it, 0 to 1; None where it cannot be told."""

    weight: float
    value: Callable[[Row], float | None]


def parts(row: Row) -> Mapping[str, float]:
    """Each part of the score of a ``quality`` row, 0 to 1, by name; a part whose measures are null is absent."""
    return {name: value for name, part in PARTS.items() if (value := part.value(row)) is not None}


def technical_score(row: Row) -> float | None:
    """The weighted mean of the parts of a ``quality`` row, 0 to 1; None without sharpness or exposure.

    Each part only rises (noise: only falls) with its measure, so a better measure never lowers the score. A part that cannot
    be told takes its weight along: a grey picture is not judged by its colours. The score knows craft, not interest; it
    orders photos until ratings or a model can do better.
    """
    known = parts(row)
    if not known.keys() >= {"sharpness", "exposure"}:
        return None
    return sum(PARTS[name].weight * value for name, value in known.items()) / sum(PARTS[name].weight for name in known)


def _sharpness(row: Row) -> float | None:
    """Geometric mean of the sharpest tenth and the subject, 5 to 2,000 on a log scale.

    A sharp portrait before a soft wall reaches 100 at 2,400 px; beyond 2,000 the number counts leaves, not focus.
    """
    peak, subject = _number(row, "sharpness_peak"), _number(row, "sharpness_subject")
    if peak is None:
        return None
    found = peak if subject is None else math.sqrt(peak * subject)
    return _between(math.log10(max(found, 1e-9)), math.log10(SOFT), math.log10(CRISP))


def _exposure(row: Row) -> float | None:
    return _number(row, "exposure")


def _contrast(row: Row) -> float | None:
    """Half for the deviation of luma (nothing below 0.05, full from 0.22), half for the range (2 to 8 stops)."""
    deviation, stops = _number(row, "contrast"), _number(row, "dynamic_range")
    if deviation is None or stops is None:
        return None
    return (_between(deviation, 0.05, 0.22) + _between(stops, 2, 8)) / 2


def _colour(row: Row) -> float | None:
    """Colourfulness from 10 to 60, held back by as much as a quarter where the hues do not go together."""
    vivid, fit = _number(row, "colourfulness"), _number(row, "harmony")
    if vivid is None or fit is None:
        return None
    return _between(vivid, 10, 60) * (0.75 + 0.25 * fit)


def _composition(row: Row) -> float | None:
    """Thirds from 0.3 to 0.8, lifted toward 1 by leading lines."""
    thirds, lines = _number(row, "thirds"), _number(row, "leading_lines")
    if thirds is None or lines is None:
        return None
    placed = _between(thirds, 0.3, 0.8)
    return placed + (1 - placed) * lines / 2


def _noise(row: Row) -> float | None:
    """1 up to 2 levels of noise, 0 from 12."""
    level = _number(row, "noise")
    return None if level is None else 1 - _between(level, 2, 12)


SOFT, CRISP = 5.0, 2000.0
PARTS: Mapping[str, Part] = {
    "sharpness": Part(0.30, _sharpness),
    "exposure": Part(0.20, _exposure),
    "contrast": Part(0.15, _contrast),
    "colour": Part(0.15, _colour),
    "composition": Part(0.12, _composition),
    "noise": Part(0.08, _noise),
}


def _between(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _number(row: Row, name: str) -> float | None:
    value = row.get(name)
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
