"""Which tests share a process: all of Spark one, so that Spark starts once; else those of a file."""

import pytest


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each test has its group for `--dist loadgroup`."""
    for item in items:
        is_spark = item.get_closest_marker("spark") is not None
        item.add_marker(pytest.mark.xdist_group("spark" if is_spark else item.location[0]))
