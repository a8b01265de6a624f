"""Core-set selection: few rows of a dataset that stand for all of them, without labels or a chat model [Das2023].

``clusters`` k-means and the number of clusters, ``selection`` which rows of each cluster, ``covering`` how well they
stand for the rest, ``method`` the stream of rows.
"""

from porism.generators.coreset.covering import Coverage, coverage
from porism.generators.coreset.method import METHOD, CoreSet, Settings

__all__ = ["METHOD", "CoreSet", "Coverage", "Settings", "coverage"]
