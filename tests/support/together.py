"""Which tests share one pytest worker, because they share processes that are slow to start."""

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no types

TOGETHER = (
    "tests/journeys/",
    "tests/workers/test_real_workers.py",
    "tests/faults/broker/",
)


def company_of(test: str) -> str:
    """The tests that go along with this one; most go alone."""
    return next((start for start in TOGETHER if test.startswith(start)), test)


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types for it
    """The largest company first, so that it does not come last and alone."""

    def _split_scope(self, nodeid: str) -> str:
        return company_of(nodeid)


# The mark `xdist_group` would do, but pytest 9.2 no longer reads the names that it writes.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    return Together(config, log)
