"""The closure: everything that follows, by matching what looks true against what is known, round after round.

Plain functions on arrays of numbers, which run interpreted or compiled (:mod:`porism.symbolic.jit`); names and facts
are put on outside, in :mod:`porism.symbolic.closure` and :mod:`porism.symbolic.trials`.
"""

from .close import close as close
from .tables import parts as parts
from .trials import added as added
from .trials import packed as packed
from .trials import sweep as sweep
