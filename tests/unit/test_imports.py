"""Episode tables are made without the packages that only numbers and figures need."""

import subprocess
import sys


def test_episodes_do_not_wait_for_statistics() -> None:
    names = ("scipy", "statsmodels", "pandas", "matplotlib")
    code = f"import sys, cotreat.study_episodes; print([n for n in {names} if n in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
