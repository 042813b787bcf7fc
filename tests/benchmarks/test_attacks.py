import pytest

from benchmarks.attacks.timing import auc


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 2], [3, 4], 1.0),
        ([3, 4], [1, 2], 0.0),
        ([1, 4], [2, 3], 0.5),
        ([1], [2, 0, 3, 4], 0.75),
    ],
)
def test_auc_is_the_share_of_pairs_in_which_the_second_took_longer(first, second, expected):
    assert auc(first, second) == expected
