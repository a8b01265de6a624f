"""How likely a candidate is to help: a linear function of what the drawings say of it, and a start for each kind."""

import numpy as np

from porism.symbolic.auxiliary.candidates import FEATURES
from porism.symbolic.auxiliary.kinds import KINDS

LEARNED = {
    "ways": 1.0,
    "lines": 0.6,
    "parallel": 0.2,
    "right": 0.3,
    "equal": 0.5,
    "lengths": 0.2,
    "circles": 0.6,
    "goal": 0.7,
}
WEIGHTS = np.array([LEARNED[name] for name in FEATURES])
BIAS = np.zeros(len(KINDS))
BIAS[:5] = [2.0, 1.5, 1.5, 1.0, 1.0]
BIAS[9] = 0.5
SCALE = 1.0
