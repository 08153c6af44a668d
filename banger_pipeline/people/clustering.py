"""Exact DBSCAN on cosine distance in blocks of bounded memory, which takes in new points without starting again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Digests = NDArray[np.bytes_]

BLOCK = 2048  # points compared with as many others at once: 16 MB of cosines
ROUNDING = 1e-5  # float32 cosines this near to a threshold, or to each other, are worked out again in double precision
PAIRS = 8192  # pairs worked out again at once
NOISE = -1


@dataclass(frozen=True)
class Neighbours:
    """What DBSCAN knows of a set of points, enough to label them and to take points in or out.

    Of n points in a fixed order: ``keys`` (n) tell them apart, ``linking`` (n) says which may link others. ``degree`` (n) counts
    the linking points within reach of a linking one, itself included; with ``min_samples`` it is a core point. ``root`` (n) is
    the first core point of a core point's cluster, every other point's own place. ``edges`` (m, 2) are the pairs within reach of
    which one is no core point; pairs of core points need not be kept, so memory stays below n x ``min_samples``.
    ``nearest`` (n) is the closest linking point within reach of a point that may not link, or -1, and ``closeness`` its cosine.
    """

    eps: float
    min_samples: int
    keys: Digests
    linking: Flags
    degree: Ints
    root: Ints
    edges: Ints
    nearest: Ints
    closeness: NDArray[np.float64]

    @classmethod
    def none(cls, eps: float, min_samples: int) -> "Neighbours":
        """Of no points."""
        no = np.zeros(0, np.int64)
        flags, cosines = np.zeros(0, np.bool_), np.zeros(0, np.float64)
        return cls(eps, min_samples, np.zeros(0, "S1"), flags, no, no, no.reshape(0, 2), no, cosines)

    @property
    def core(self) -> Flags:
        """Which points have enough neighbours to make a cluster."""
        return self.linking & (self.degree >= self.min_samples)

    def labels(self) -> Ints:
        """Cluster of each point, numbered from 0 by their first core point; -1 is noise.

        As scikit-learn's DBSCAN numbers them: a point that is no core point goes to the first cluster within its reach. One that
        may not link goes where its nearest neighbour went.
        """
        core = self.core
        found = np.full(len(self.keys), NOISE, np.int64)
        firsts, places = np.unique(self.root[core], return_inverse=True)
        found[core] = places
        border = np.full(len(found), len(firsts), np.int64)
        for near, far in (self.edges.T, self.edges.T[::-1]):
            reached = core[near] & ~core[far]
            np.minimum.at(border, far[reached], found[near[reached]])
        taken = border < len(firsts)
        found[taken] = border[taken]
        led = self.nearest >= 0
        found[led] = found[self.nearest[led]]
        return found

    def updated(self, keys: Digests, vectors: Vectors, linking: Flags) -> "Neighbours":
        """The same for another set of points; only what changed is compared. Equal to starting from nothing.

        ``keys`` (n) must differ, and be equal to a key known before only for the same vector and the same ``linking``;
        ``vectors`` are unit rows (n, width).
        """
        known, places = _positions(self.keys, keys)
        kept = self._kept(~np.isin(np.arange(len(self.keys)), places[known]))
        known &= kept[np.where(known, places, 0)] if len(kept) else False
        grown = _Growing(self, vectors, linking, keys, known, places)
        return grown.neighbours()

    def _kept(self, gone: Flags) -> Flags:
        """Which points need no second look when those ``gone`` are taken out.

        A cluster that loses a core point may fall apart, so its core points are all looked at again.
        """
        out = gone.copy()
        while True:
            lost = out[self.edges]
            degree = self.degree.copy()
            for side in (0, 1):
                np.subtract.at(degree, self.edges[lost[:, 1 - side], side], 1)
            shaken = np.unique(self.root[self.core & (out | (degree < self.min_samples))])
            more = out | (self.core & np.isin(self.root, shaken))
            if (more == out).all():
                led = self.nearest >= 0
                return ~out & ~(led & out[np.where(led, self.nearest, 0)])
            out = more


class _Growing:
    """Taking points in: those ``known`` keep what is known of them, the others are compared with all."""

    def __init__(
        self, old: Neighbours, vectors: Vectors, linking: Flags, keys: Digests, known: Flags, places: Ints
    ) -> None:
        n = len(keys)
        self.eps, self.min_samples, self.keys = old.eps, old.min_samples, keys
        self.vectors, self.linking = np.ascontiguousarray(vectors, np.float32), linking
        self.degree = linking.astype(np.int64)
        self.root = np.arange(n)
        self.nearest, self.closeness = np.full(n, -1, np.int64), np.full(n, -2.0)
        now = np.full(len(old.keys), -1, np.int64)
        now[places[known]] = np.flatnonzero(known)
        self.edges = np.zeros((0, 2), np.int64)
        self._carry(old, known, places, now)
        self._compare(np.flatnonzero(~known), known)

    def neighbours(self) -> Neighbours:
        self._settle()
        return Neighbours(
            self.eps, self.min_samples, self.keys, self.linking, self.degree,
            self._found(np.arange(len(self.keys))), self.edges, self.nearest, self.closeness,
        )  # fmt: skip

    def _carry(self, old: Neighbours, known: Flags, places: Ints, now: Ints) -> None:
        gone = now < 0
        degree = old.degree.copy()
        for side in (0, 1):
            np.subtract.at(degree, old.edges[gone[old.edges[:, 1 - side]], side], 1)
        self.degree[known] = degree[places[known]]
        staying = ~gone[old.edges].any(axis=1)
        self.edges = now[old.edges[staying]]
        core = np.flatnonzero(old.core & ~gone)
        self._join(now[core], now[old.root[core]])
        led = np.flatnonzero((old.nearest >= 0) & ~gone)
        self.nearest[now[led]], self.closeness[now[led]] = now[old.nearest[led]], old.closeness[led]

    def _compare(self, new: Ints, known: Flags) -> None:
        """Compare the new points with all others, each pair once."""
        link = np.flatnonzero(self.linking)
        fresh, poor = new[self.linking[new]], new[~self.linking[new]]
        rank = np.where(known, -1, np.arange(len(known)))  # a pair of new points is met in the row of the first
        for start in range(0, len(fresh), BLOCK):
            rows = fresh[start : start + BLOCK]
            for columns in _blocks(link):
                if known[columns].any() or columns[-1] > rows[0]:
                    i, j = self._within_reach(rows, columns)
                    once = (rank[j] < 0) | (rank[j] > i)
                    self._take(i[once], j[once])
            self._settle()
        for start in range(0, len(poor), BLOCK):
            for columns in _blocks(link):
                self._follow(poor[start : start + BLOCK], columns)
        led = np.flatnonzero(known & ~self.linking)
        for start in range(0, len(led), BLOCK):
            for columns in _blocks(fresh):
                self._follow(led[start : start + BLOCK], columns)

    def _within_reach(self, rows: Ints, columns: Ints) -> tuple[Ints, Ints]:
        """Pairs (row, column) at a cosine distance of at most eps."""
        cosines = self.vectors[rows] @ self.vectors[columns].T
        least = 1.0 - self.eps
        flat = np.flatnonzero(cosines >= np.float32(least - ROUNDING))
        near = cosines.ravel()[flat]
        i, j = rows[flat // len(columns)], columns[flat % len(columns)]
        unsure = np.flatnonzero(np.abs(near - least) <= ROUNDING)
        if not len(unsure):
            return i, j
        sound = np.ones(len(i), np.bool_)
        sound[unsure] = 1.0 - exact_cosines(self.vectors, i[unsure], j[unsure]) <= self.eps
        return i[sound], j[sound]

    def _take(self, i: Ints, j: Ints) -> None:
        for ends in (i, j):
            self.degree += np.bincount(ends, minlength=len(self.degree))
        both = self._core(i) & self._core(j)
        self._join(i[both], j[both])
        self.edges = np.concatenate([self.edges, np.stack([i[~both], j[~both]], axis=1)])

    def _settle(self) -> None:
        """Join pairs that both became core points after they were met."""
        both = self._core(self.edges[:, 0]) & self._core(self.edges[:, 1])
        self._join(*self.edges[both].T)
        self.edges = self.edges[~both]

    def _core(self, points: Ints) -> Flags:
        return self.degree[points] >= self.min_samples

    def _follow(self, rows: Ints, columns: Ints) -> None:
        """Remember the closest linking point of points that may not link; of equal ones the first."""
        if not len(rows) or not len(columns):
            return
        cosines = self.vectors[rows] @ self.vectors[columns].T
        best = cosines.max(axis=1)
        wanted = (cosines >= (best - ROUNDING)[:, None]) & (best >= 1.0 - self.eps - ROUNDING)[:, None]
        at, which = np.nonzero(wanted)
        i, j = rows[at], columns[which]
        exact = exact_cosines(self.vectors, i, j)
        order = np.lexsort((j, -exact, i))
        first = order[np.unique(i[order], return_index=True)[1]]
        i, j, exact = i[first], j[first], exact[first]
        closer = (exact > self.closeness[i]) | ((exact == self.closeness[i]) & (j < self.nearest[i]))
        better = closer & (1.0 - exact <= self.eps)
        self.nearest[i[better]], self.closeness[i[better]] = j[better], exact[better]

    def _found(self, points: Ints) -> Ints:
        """The first point of each point's cluster."""
        roots = self.root[points]
        while not np.array_equal(above := self.root[roots], roots):
            roots = above
        return roots

    def _join(self, a: Ints, b: Ints) -> None:
        """Make one cluster of each pair's two; the root of a cluster is its first point."""
        while len(a):
            a, b = self._found(a), self._found(b)
            low, high = np.minimum(a, b), np.maximum(a, b)
            codes = np.unique((low * len(self.root) + high)[low != high])
            a, b = codes // len(self.root), codes % len(self.root)
            np.minimum.at(self.root, b, a)


def cluster(vectors: Vectors, eps: float, min_samples: int, linking: Flags | None = None) -> Ints:
    """DBSCAN (Ester, Kriegel, Sander and Xu, KDD 1996) on the cosine distance of unit rows (n, width); -1 is noise.

    Gives the labels of ``sklearn.cluster.DBSCAN(eps, min_samples=..., metric="cosine")``. Points not ``linking`` never
    connect others: each goes where its closest linking point within ``eps`` goes.
    """
    keys = np.array([f"{place:09d}" for place in range(len(vectors))], "S9")
    may = np.ones(len(vectors), np.bool_) if linking is None else linking
    return Neighbours.none(eps, min_samples).updated(keys, vectors, may).labels()


def hdbscan(vectors: Vectors, eps: float, min_samples: int, linking: Flags) -> Ints:
    """HDBSCAN (Campello, Moulavi and Sander, PAKDD 2013) of the linking unit rows, by Euclidean distance, which orders as the cosine.

    The others go where their closest linking point goes, if that is within a cosine distance of ``eps``.
    """
    from sklearn.cluster import HDBSCAN

    found = np.full(len(vectors), NOISE, np.int64)
    smallest, good = max(2, min_samples), np.flatnonzero(linking)
    if len(good) < smallest:
        return found
    method = HDBSCAN(min_cluster_size=smallest, min_samples=min_samples, copy=True)
    found[good] = method.fit_predict(vectors[good].astype(np.float64))
    for rows in _blocks(np.flatnonzero(~linking)):
        cosines = vectors[rows] @ vectors[good].T
        best = cosines.argmax(axis=1)
        close = 1.0 - cosines[np.arange(len(rows)), best] <= eps
        found[rows[close]] = found[good[best[close]]]
    return found


def exact_cosines(vectors: Vectors, i: Ints, j: Ints) -> NDArray[np.float64]:
    """Cosine of each pair of rows in double precision, the same whatever other pairs are asked for."""
    found = np.empty(len(i), np.float64)
    for start in range(0, len(i), PAIRS):
        part = slice(start, start + PAIRS)
        a, b = vectors[i[part]].astype(np.float64), vectors[j[part]].astype(np.float64)
        dots = [np.einsum("ij,ij->i", x, y) for x, y in ((a, b), (a, a), (b, b))]
        found[part] = dots[0] / np.sqrt(dots[1] * dots[2])
    return found


def _blocks(points: Ints) -> list[Ints]:
    return [points[start : start + BLOCK] for start in range(0, len(points), BLOCK)]


def _positions(known: Digests, wanted: Digests) -> tuple[Flags, Ints]:
    """For each wanted key whether it is known, and where."""
    if not len(known) or not len(wanted):
        return np.zeros(len(wanted), np.bool_), np.zeros(len(wanted), np.int64)
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known, wanted, sorter=order), len(known) - 1)
    places = order[at]
    return known[places] == wanted, places.astype(np.int64)
