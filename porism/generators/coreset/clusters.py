"""Clusters of vectors, by k-means, and how far each vector is from the middle of its own.

The same vectors and seed give the same clusters whatever the number of threads: scikit-learn adds up the parts of its
threads in the order in which they finish, so one thread it is. A fit of 52,000 vectors of 384 dimensions takes a second
for 7 clusters and 18 for 200 [measured on one core, random vectors].
"""

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from porism.seeds import number, stream

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]
Distances = NDArray[np.float64]
Choice = Literal["elbow", "davies-bouldin"]

SAMPLE = 4_000  # vectors by which a number of clusters is chosen: the score of Davies and Bouldin is stable long before


def clusters(vectors: Vectors, count: int | Choice, tried: Sequence[int], restarts: int, seed: int) -> Labels:
    """The cluster of each vector, numbered from 0 in the order in which they first occur.

    Args:
        vectors: of shape (texts, dimensions), rows of length 1.
        count: how many, or how that is chosen; fewer where there are fewer different vectors.
        tried: the numbers among which it is chosen, ascending.
        restarts: fits from different beginnings, of which the best is kept, >= 1.
        seed: of the beginnings.
    """
    if not len(vectors):
        return np.zeros(0, np.int64)
    if not isinstance(count, int):
        count = chosen(vectors, count, tried, seed)
    labels = np.asarray(_fit(vectors, count, restarts, seed).labels_, np.int64)
    _, first, numbers = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[numbers], np.int64)


def chosen(vectors: Vectors, how: Choice, tried: Sequence[int], seed: int) -> int:
    """A number of clusters, by a sample of the vectors.

    Args:
        vectors: at least one.
        how: ``davies-bouldin`` takes the number with the least index of Davies and Bouldin [Davies1979], clusters that
            are tight for their distance; ``elbow`` the one where the curve of the inertia, from the first number tried
            to the last, is furthest below the straight line between its ends.
        tried: the numbers, ascending.
        seed: of the sample and the fits.
    """
    import sklearn.metrics as metrics

    places = stream(seed, "coreset", "sample").sample(range(len(vectors)), min(SAMPLE, len(vectors)))
    sample = vectors[sorted(places)]
    different = len(np.unique(sample, axis=0))
    fits = {count: _fit(sample, count, 1, seed) for count in tried if count < different}
    if not fits:
        return 1
    if how == "davies-bouldin":
        indices = {count: metrics.davies_bouldin_score(sample, fit.labels_) for count, fit in fits.items() if count > 1}
        return min(indices, key=lambda count: (round(indices[count], 9), count), default=1)
    return elbow({count: float(fit.inertia_) for count, fit in fits.items()})


def elbow(curve: dict[int, float]) -> int:
    """The number at which a falling curve is furthest below the line between its ends; the least one, if none is.

    >>> elbow({2: 100.0, 4: 40.0, 6: 30.0, 8: 20.0})
    4
    """
    (first, top), (last, bottom) = min(curve.items()), max(curve.items())
    slope = (bottom - top) / (last - first) if last > first else 0.0
    below = {count: top + slope * (count - first) - value for count, value in curve.items()}
    return min(below, key=lambda count: (-round(below[count], 9), count))


def distances(vectors: Vectors, labels: Labels) -> Distances:
    """Cosine distance, in [0, 2], of each vector from the mean of its cluster; 1 where one of them is zero.

    In one cluster the order is that of the Euclidean distance as well, since the vectors are of length 1.
    """
    found = np.zeros(len(labels))
    for label in range(int(labels.max(initial=-1)) + 1):
        members = np.nonzero(labels == label)[0]
        rows = vectors[members].astype(np.float64)
        middle = rows.mean(axis=0)
        length = float(np.sqrt((middle * middle).sum()))
        found[members] = 1 - (rows * (middle / length if length else middle)).sum(axis=1)
    return np.clip(found.round(9), 0.0, 2.0)  # equal but for rounding: equal


def _fit(vectors: Vectors, count: int, restarts: int, seed: int) -> Any:
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    start = number(seed, "coreset", "k-means")
    means = KMeans(min(count, len(vectors)), n_init=restarts, random_state=start, algorithm="lloyd")
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different vectors than clusters: so be it
        return means.fit(vectors)
