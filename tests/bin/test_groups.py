"""Tests that share something costly, such as the image, run in one of `bin/test`'s processes."""

import os

import pytest

TOGETHER = "together"


@pytest.mark.xdist_group(TOGETHER)
def test_a_group_reaches_whoever_shares_out_the_tests(request):
    """pytest-xdist tells it by the name: without this, the group is shared out like all others."""
    told = f"@{TOGETHER}" if "PYTEST_XDIST_WORKER" in os.environ else ""

    assert request.node.nodeid.endswith(told)
