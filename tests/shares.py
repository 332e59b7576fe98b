"""How much of a long test `make test` runs."""

import pytest

# For a test of hundreds of random points: a fifth of them before each commit, all in `make test-all`.
some_or_all = pytest.mark.parametrize(
    "share", [pytest.param(0.2, id="some"), pytest.param(1.0, id="all", marks=pytest.mark.slow)]
)
