"""The reconciliation of views notices a view that is wrong, whichever it is."""

from collections.abc import Iterator, Mapping

import pytest

from cotreat.engine import Engine, TableName, connect
from cotreat.episodes.dated import build_dated_episodes
from cotreat.episodes.exposures import build_exposures_with_ends
from cotreat.episodes.observation import build_observation
from cotreat.episodes.reconciliation import build_reconciliation, read_shown_days, validate_reconciliation
from cotreat.episodes.roles import build_roles
from cotreat.protocol import Episodes
from cotreat.readers.cells import compute_day
from cotreat.synthetic import build_synthetic_study, read_synthetic_cutoff

ROLES = {
    "baricitinib": "anchor",
    "tofacitinib": "anchor",
    "upadacitinib": "anchor",
    "azathioprine": "partner",
    "ciclosporin": "partner",
    "dupilumab": "partner",
    "methotrexate": "partner",
    "prednisone": "partner",
    "omalizumab": "concomitant",
}
_FIRST = "(SELECT MIN({key}) FROM whole WHERE patient_key = (SELECT MAX(patient_key) FROM whole))"


class Views:
    """The views of one invented study, and what they are built from."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        study = build_synthetic_study(engine, n_patients=500, seed=9)
        self.roles = build_roles(engine, ROLES, grace_period=30, risk_window=30)
        cutoff = compute_day(read_synthetic_cutoff())
        self.observation = build_observation(engine, study["patients"], study["exposures"], cutoff=cutoff)
        self.exposures = build_exposures_with_ends(engine, study["exposures"], self.observation)
        self.built = build_dated_episodes(
            engine, self.exposures, self.roles, self.observation, episodes=Episodes(), washout=0
        )

    def unexplained(self, views: Mapping[str, TableName]) -> list[str]:
        """What does not add up when some views are other tables than they should be."""
        table = build_reconciliation(self.engine, self.roles, self.observation, {**self.built, **views})
        return [finding.why for finding in validate_reconciliation(self.engine, table)]


@pytest.fixture(scope="module")
def views() -> Iterator[Views]:
    with connect() as engine:
        yield Views(engine)


def test_nothing_is_unexplained(views: Views) -> None:
    assert views.unexplained({}) == []


@pytest.mark.parametrize(
    ("view", "key", "step"),
    [
        ("eras", "start_day", "eras and segments"),
        ("segments", "start_day", "eras and segments"),
        ("pairs", "pair_key", "segments and pairs"),
        ("courses", "course_key", "pairs and courses"),
        ("lines", "start_day", "segments and lines"),
        ("states", "start_day", "segments and states"),
    ],
)
@pytest.mark.parametrize("fault", ["a row too few", "a day too many"])
def test_a_view_that_is_wrong_is_noticed(views: Views, view: str, key: str, step: str, fault: str) -> None:
    engine = views.engine
    engine.create("whole", f"SELECT * FROM {views.built[view]}")
    one = f"patient_key = (SELECT MAX(patient_key) FROM whole) AND {key} = {_FIRST.format(key=key)}"
    longer = "days" if view in ("segments", "lines", "states") else "end_day"
    wrong = engine.create(
        "wrong",
        f"SELECT * FROM whole WHERE NOT ({one})"
        if fault == "a row too few"
        else f"SELECT * REPLACE (CASE WHEN {one} THEN {longer} + 1 ELSE {longer} END AS {longer}) FROM whole",
    )
    assert [why for why in views.unexplained({view: wrong}) if f"Between {step} " in why]


def test_exposures_that_are_wrong_are_noticed(views: Views) -> None:
    """An era that is longer than its supplies, bridges and grace explain."""
    engine = views.engine
    longer = "CASE WHEN is_ongoing = 1 THEN end_day ELSE end_day + 1 END AS end_day"
    wrong = engine.create("wrong", f"SELECT * REPLACE ({longer}) FROM {views.built['eras']}")
    assert [w for w in views.unexplained({"eras": wrong}) if "Between exposures and eras " in w]


def test_a_state_that_is_wrong_is_noticed(views: Views) -> None:
    """Person-time is the same, but a day of combination counts as another state."""
    engine = views.engine
    wrong = engine.create(
        "wrong",
        "SELECT patient_key, start_day, end_day, days, "
        "CASE WHEN state = 'combination' AND patient_key % 7 = 0 THEN 'anchor_only' ELSE state END AS state "
        f"FROM {views.built['states']}",
    )
    assert [w for w in views.unexplained({"states": wrong}) if "Between combined and combination " in w]


def test_steps_of_few_patients_are_not_shown(views: Views) -> None:
    table = build_reconciliation(views.engine, views.roles, views.observation, views.built)
    every, some = (
        read_shown_days(views.engine, {"reconciliation": table}, minimum_count=n) for n in (0, 100)
    )
    assert every is not None
    assert some is not None
    few = {(row["from_view"], row["to_view"]) for row in every.to_pylist() if 0 < row["patients"] < 100}
    assert few
    steps, shown = ({(r["from_view"], r["to_view"]) for r in t.to_pylist()} for t in (every, some))
    assert shown == steps - few
    assert all(row["patients"] % 100 == 0 for row in some.to_pylist())
    assert all(row["days"] == int(float(f"{row['days']:.2g}")) for row in some.to_pylist())
