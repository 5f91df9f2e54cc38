"""The engines that a reference test asks; those that need a server carry their marker."""

import pytest

from spec.engines import CONNECTED, ENGINES

each_engine = pytest.mark.parametrize(
    "engine",
    [
        pytest.param(name, marks=[getattr(pytest.mark, name)] if name in ("postgres", "spark") else [])
        for name in ENGINES
        if name in CONNECTED
    ],
)
