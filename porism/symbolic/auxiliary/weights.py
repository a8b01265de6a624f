"""How likely a candidate is to help: a linear function of what the drawings say of it, and a start for each kind.

The tables are the output of ``python -m porism.pipelines.auxiliary.learning --seed 1 --theorems 220``.
"""

import numpy as np

from porism.symbolic.auxiliary.candidates import FEATURES
from porism.symbolic.auxiliary.kinds import KINDS

OF_FEATURES = {
    "ways": 0.58,
    "lines": -0.44,
    "parallel": -0.81,
    "right": 1.03,
    "equal": 1.47,
    "lengths": -0.33,
    "circles": 0.62,
    "goal": 2.29,
    "aimed": 1.24,
    "similar": 4.39,
    "alike": -1.19,
}
OF_KINDS = {
    "midpoint x a b": 1.31,
    "mirror x a b": 3.62,
    "foot x a b c": 0.66,
    "reflect x a b c": 0.28,
    "intersection_ll x a b c d": -0.07,
    "on_pline x a d e, on_line x b c": -0.60,
    "on_tline x a d e, on_line x b c": -1.13,
    "on_tline x a c d, on_tline x b e f": -1.54,
    "parallelogram b a c x": 0.20,
    "circumcenter x a b c": 1.09,
    "orthocenter x a b c": -0.23,
    "incenter x a b c": -0.15,
    "excenter x a b c": -0.29,
    "on_line x a d, on_circum x a b c": -0.58,
    "on_pline x a d e, on_circum x a b c": -0.58,
    "on_circum x a b c, on_circum x a d e": -0.61,
    "on_line x a b, on_circle x c a": 0.22,
    "on_circle x d a, on_circum x a b c": -1.38,
    "angle_bisector x b a c, on_line x b c": 0.88,
    "angle_bisector x b a c, on_circum x a b c": -0.75,
    "on_bline x a b, on_line x c d": -0.17,
    "on_tline x b a b, on_tline x c a c": -0.18,
}

WEIGHTS = np.array([OF_FEATURES[name] for name in FEATURES])
BIAS = np.array([OF_KINDS[kind.text] for kind in KINDS])
SCALE = 2.5  # of the logarithm of one plus the gain, next to the worth of a candidate
