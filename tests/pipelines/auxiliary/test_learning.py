import numpy as np
import pytest

from porism.errors import InputError
from porism.pipelines.auxiliary.learning import Weights, fitted, held_out, table, trials
from porism.pipelines.auxiliary.outcomes import Outcomes, outcomes
from porism.symbolic import Problem
from porism.symbolic.auxiliary.candidates import FEATURES
from porism.symbolic.auxiliary.kinds import KINDS

BARE = Problem.parse(
    "a b = segment a b; c = on_tline c b b a; d = angle_bisector d a c b, on_bline d a b ? perp a d c d"
)


def made_up(seed: int, rows: int = 300, share: float = 1.0) -> Outcomes:
    """A candidate helps if feature 2 is large and its kind is even, with some exceptions."""
    rng = np.random.default_rng(seed)
    features = rng.random((rows, len(FEATURES)))
    kinds = rng.integers(0, len(KINDS), rows)
    helps = ((features[:, 2] > 0.9) & (kinds % 2 == 0)) ^ (rng.random(rows) < 0.005)
    group = rng.integers(0, rows, rows)
    return Outcomes(kinds, features, group, helps, np.zeros(rows, np.int64), share)


MADE_UP = [made_up(seed) for seed in range(40)]
EVEN = np.zeros(300)


def test_what_helps_is_learned_and_what_does_not_matter_is_worth_little() -> None:
    found = fitted(MADE_UP)
    assert found.weights.argmax() == 2
    assert found.weights[2] > 3 * abs(np.delete(found.weights, 2)).max()
    assert found.bias[::2].mean() > found.bias[1::2].mean() + 1
    assert found.bias.mean() == pytest.approx(0)


def test_features_that_are_not_asked_for_have_no_weight() -> None:
    assert not fitted(MADE_UP, features=()).weights.any()
    only = fitted(MADE_UP, features=(2, 5)).weights
    assert set(np.flatnonzero(only)) <= {2, 5}
    assert only[2] > 1


def test_the_scale_of_a_feature_does_not_change_what_candidates_are_worth() -> None:
    wide = [
        Outcomes(each.kinds, each.features * 100, each.group, each.helps, each.gains, each.share) for each in MADE_UP
    ]
    one, other = fitted(MADE_UP), fitted(wide)
    np.testing.assert_allclose(one.weights, other.weights * 100, atol=1e-2)


def test_each_problem_counts_alike_however_many_of_its_candidates_were_tried() -> None:
    first, rows = MADE_UP[0], np.tile(np.arange(300), 2)
    twice = Outcomes(
        first.kinds[rows], first.features[rows], first.group[rows], first.helps[rows], first.gains[rows], first.share
    )
    one, other = fitted(MADE_UP), fitted([twice, *MADE_UP[1:]])
    np.testing.assert_allclose(one.weights, other.weights, atol=1e-2)


def test_without_a_helping_candidate_nothing_can_be_learned() -> None:
    none = Outcomes(MADE_UP[0].kinds, MADE_UP[0].features, MADE_UP[0].group, EVEN > 0, EVEN.astype(int), 1.0)
    with pytest.raises(InputError, match="more --theorems"):
        fitted([none])


def test_learned_weights_find_what_helps_sooner_on_problems_that_they_were_not_learned_from() -> None:
    learned = np.mean([each.mean() for each in held_out(MADE_UP, fitted, 0)])
    evenly = np.mean([trials(each, EVEN, 0).mean() for each in MADE_UP])
    assert learned < evenly / 2


def test_the_expected_number_of_even_draws_is_that_of_the_urn() -> None:
    """With h of n places helping, the first is drawn at (n + 1) / (h + 1) on average."""
    n, h = 40, 3
    urn = Outcomes(
        np.zeros(n, np.int64), np.zeros((n, len(FEATURES))), np.arange(n), np.arange(n) < h, np.zeros(n, np.int64), 1.0
    )
    counts = trials(urn, np.zeros(n), 0, repeats=4000) + 0.5
    assert counts.mean() == pytest.approx((n + 1) / (h + 1), rel=0.05)
    half = Outcomes(urn.kinds, urn.features, urn.group, urn.helps, urn.gains, 0.5)
    assert (trials(half, np.zeros(n), 0) == 2 * trials(urn, np.zeros(n), 0)).all()


def test_a_place_is_tried_once_whatever_leads_to_it() -> None:
    n = 30
    one_place = Outcomes(
        np.zeros(n, np.int64), np.zeros((n, len(FEATURES))), np.zeros(n, np.int64), np.zeros(n) > 0,
        np.zeros(n, np.int64), 1.0,
    )  # fmt: skip
    assert (trials(one_place, np.zeros(n), 0) == 1).all()


def test_a_problem_that_one_point_solves_has_candidates_that_help_and_others() -> None:
    found = outcomes(BARE, 0, rows=60, compiled=False)
    assert found is not None
    assert 0 < found.helps.sum() < len(found.helps)
    assert found.features.shape == (len(found.kinds), len(FEATURES))
    assert 0 < found.share <= 1
    again = outcomes(BARE, 0, rows=60, compiled=False)
    assert again is not None
    assert (again.helps == found.helps).all()


def test_a_problem_that_needs_no_point_or_is_false_teaches_nothing() -> None:
    assert outcomes(Problem.parse("a b c = iso_triangle a b c ? cong a b a c"), 0, compiled=False) is None
    assert outcomes(Problem.parse("a b c = triangle a b c ? cong a b a c"), 0, compiled=False) is None


def test_the_table_is_python_that_says_the_numbers() -> None:
    weights = Weights(np.arange(len(KINDS)) / 4, np.arange(len(FEATURES)) / 2)
    lines = table(weights).splitlines()
    said = dict(line.strip().rstrip(",").rsplit(": ", 1) for line in lines if line.startswith(" "))
    assert float(said[f'"{FEATURES[3]}"']) == 1.5
    assert float(said[f'"{KINDS[5].text}"']) == 1.25
    assert len(said) == len(FEATURES) + len(KINDS)
