"""Which tests share a process: all of Spark one, so that Spark starts once; else those of a file.

What a file has made once (a study, a server's tables, the oracle's answers) is then not made
again in the other process.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

_SPARK = "spark"


class _ByFile(LoadScopeScheduling):
    """pytest-xdist's own way to send tests by scope, with our scopes.

    Its `--dist loadgroup` is of no use here: pytest 9.2 computes a test's id from its parents,
    and the group that pytest-xdist 3.8 writes into the id is lost without a word.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _SPARK if _SPARK in nodeid.lower() else nodeid.split("::", 1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """The scheduler of the process that sends out the tests."""
    return _ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test of Spark is known by its id: the process that sends out the tests sees no more of it."""
    unnamed = [i.nodeid for i in items if i.get_closest_marker(_SPARK) and _SPARK not in i.nodeid.lower()]
    if unnamed:
        msg = f"Tests marked `spark` need the word in their id: {', '.join(unnamed)}"
        raise pytest.UsageError(msg)
