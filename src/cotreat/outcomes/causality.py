"""How likely is a drug the cause of an event? WHO-UMC, Naranjo and DIPS: answers in, category out.

Answers are stored and scores derived: one answer per event, drug, judge, method and item, as ``yes``, ``no``
or ``unknown``; an item without an answer is unknown. What dates alone can say is in
:mod:`cotreat.outcomes.event_drugs`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import pyarrow as pa

from cotreat.errors import DataError
from cotreat.study_tables.schema import SCHEMAS
from cotreat.vocabulary.causality import ANSWERS, CATEGORIES, Answer, Method, read_causality_items

Answers = Mapping[str, Answer]

ANSWER_COLUMNS = ("event_key", "drug", "judge", "method", "item", "answer")
# The lowest score of each category, from the highest category down; below the last it is doubtful.
_FROM: Mapping[str, tuple[tuple[int, str], ...]] = MappingProxyType(
    {
        "naranjo": ((9, "definite"), (5, "probable"), (1, "possible")),
        "dips": ((9, "highly_probable"), (5, "probable"), (2, "possible")),
    }
)


@dataclass(frozen=True, slots=True)
class Causality:
    """What a judge's answers come to.

    Attributes
    ----------
    category
        Of the method; see `cotreat.vocabulary.causality.CATEGORIES`.
    score
        Sum of the points; None for WHO-UMC, which has none.
    unanswered
        Items that were not answered or not known.
    """

    category: str
    score: int | None
    unanswered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two judges agree by one method.

    Attributes
    ----------
    judges
        The two, sorted.
    method
        By which both judged.
    n
        Pairs of event and drug that both judged.
    agreed
        Of which they gave the same category.
    kappa, lower, upper
        Cohen's kappa with its 95 % interval; None where fewer than two were judged, or where
        one of them gave the same category to all, so that chance would agree as well.
    """

    judges: tuple[str, str]
    method: str
    n: int
    agreed: int
    kappa: float | None
    lower: float | None
    upper: float | None


def compute_causality(method: Method, answers: Answers) -> Causality:
    """The category, and the score where the method has one.

    Parameters
    ----------
    method
        ``who_umc``, ``naranjo`` or ``dips``.
    answers
        By item of `read_causality_items`; what is not there is unknown.

    Raises
    ------
    KeyError
        An item is not one of the method.

    Notes
    -----
    WHO-UMC, The use of the WHO-UMC system for standardised case causality assessment. Naranjo et al. 1981
    (doi:10.1038/clpt.1981.154): -4 to 13, definite from 9, probable from 5, possible from 1. DIPS for the
    interaction itself, Horn et al. 2007 (doi:10.1345/aph.1H423): highly probable from 9, probable from 5,
    possible from 2. Worked number: points 0, 2, 1, 0, 2, 0, 0, 0, 0, 1 of Naranjo are 6, probable.

    Examples
    --------
    >>> answers = {"after_drug": "yes", "improved_on_stop": "yes", "other_cause": "no"}
    >>> found = compute_causality("naranjo", {**answers, "objective_evidence": "yes"})
    >>> found.score, found.category
    (6, 'probable')
    """
    items = read_causality_items(method)
    unknown_items = sorted(set(answers) - set(items))
    if unknown_items:
        msg = f"{unknown_items[0]} is not an item of {method}"
        raise KeyError(msg)
    given: dict[str, Answer] = {item: answers.get(item, "unknown") for item in items}
    unanswered = tuple(item for item, answer in given.items() if answer == "unknown")
    if method == "who_umc":
        return Causality(_who_umc(given), None, unanswered)
    score = sum(items[item].points[answer] for item, answer in given.items())
    category = next((name for lowest, name in _FROM[method] if score >= lowest), "doubtful")
    return Causality(category, score, unanswered)


def _who_umc(given: Answers) -> str:
    """The criteria from the strictest on; all points of a category must hold."""
    if given["assessable"] == "no" or given["time_plausible"] == "unknown":
        return "conditional" if given["more_data_expected"] == "yes" else "unassessable"
    if given["more_data_expected"] == "yes":
        return "conditional"
    if given["time_plausible"] == "no":
        return "unlikely"
    is_alone = given["other_cause_possible"] == "no"
    if given["withdrawal_plausible"] != "yes" or not is_alone:
        return "possible"
    strict = given["other_cause_excluded"] == "yes" and given["definitive"] == "yes"
    # "Rechallenge satisfactory, if necessary": not done is no obstacle, an unsatisfactory one is.
    return "certain" if strict and given["rechallenge_satisfactory"] != "no" else "probable"


def build_judgements(answers: pa.Table) -> pa.Table:
    """Judged categories from a long table of answers, as rows of the table ``attributions``.

    Grain: one row per event, drug, judge and method.

    Parameters
    ----------
    answers
        One row per answer, with the columns `ANSWER_COLUMNS`; the judge may be unknown.

    Raises
    ------
    DataError
        A column is missing, or a method, an item or an answer is not one, or an item is answered twice.
    """
    missing = [name for name in ANSWER_COLUMNS if name not in answers.column_names]
    if missing:
        msg = f"The table of answers has no column `{missing[0]}`; it needs {', '.join(ANSWER_COLUMNS)}."
        raise DataError(msg)
    given: dict[tuple[int, str, str, str], dict[str, Answer]] = defaultdict(dict)
    for place, row in enumerate(answers.select(ANSWER_COLUMNS).to_pylist(), start=1):
        _check_answer(place, row)
        own = given[row["event_key"], row["drug"], row["judge"] or "", row["method"]]
        if row["item"] in own:
            msg = f"Answer {place}: `{row['item']}` is answered twice for one event, drug, judge and method."
            raise DataError(msg)
        own[row["item"]] = row["answer"]
    rows = [
        {
            "event_key": event,
            "drug": drug,
            "category": compute_causality(cast("Method", method), own).category,
            "method": method,
            "judge": judge or None,
        }
        for (event, drug, judge, method), own in sorted(given.items())
    ]
    schema = SCHEMAS["attributions"].arrow
    return pa.Table.from_pylist(rows, schema=schema)


def _check_answer(place: int, row: Mapping[str, str]) -> None:
    if row["method"] not in CATEGORIES:
        msg = f"Answer {place}: `{row['method']}` is not a method; known: {', '.join(CATEGORIES)}."
        raise DataError(msg)
    items = read_causality_items(cast("Method", row["method"]))
    if row["item"] not in items:
        msg = f"Answer {place}: `{row['item']}` is not an item of {row['method']}; known: {', '.join(items)}."
        raise DataError(msg)
    if row["answer"] not in ANSWERS:
        msg = f"Answer {place}: `{row['answer']}` is not an answer; known: {', '.join(ANSWERS)}."
        raise DataError(msg)


def compute_agreements(judgements: Iterable[Mapping[str, object]]) -> tuple[Agreement, ...]:
    """How far every two judges agree, by each method.

    Parameters
    ----------
    judgements
        Rows with ``event_key, drug, judge, method, category``; those without a judge or a category are
        passed over, and events of which a judge gave two categories.

    Notes
    -----
    Cohen 1960 (doi:10.1177/001316446002000104), the interval by Fleiss, Cohen and Everitt 1969
    (doi:10.1037/h0028106), from statsmodels. Worked number: 45, 15, 25, 15 of 100 give kappa 0.1304.
    """
    given: dict[tuple[str, str], dict[tuple[object, object], set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for row in judgements:
        if row["judge"] and row["category"]:
            own = given[str(row["method"]), str(row["judge"])]
            own[row["event_key"], row["drug"]].add(str(row["category"]))
    # A judge who said two things of one event said neither.
    said = {
        judge: {event: next(iter(own)) for event, own in events.items() if len(own) == 1}
        for judge, events in given.items()
    }
    methods = sorted({method for method, _ in said})
    return tuple(
        _agreement(method, pair, said[method, pair[0]], said[method, pair[1]])
        for method in methods
        for pair in combinations(sorted(judge for own, judge in said if own == method), 2)
    )


def _agreement(
    method: str,
    judges: tuple[str, str],
    one: Mapping[tuple[object, object], str],
    other: Mapping[tuple[object, object], str],
) -> Agreement:
    counts = Counter((one[key], other[key]) for key in one.keys() & other.keys())
    n, agreed = counts.total(), sum(k for (a, b), k in counts.items() if a == b)
    levels = sorted({level for pair in counts for level in pair})
    # Kappa is then 0 or undefined, however often they agree, and has no interval.
    if n < 2 or min(len({pair[judge] for pair in counts}) for judge in (0, 1)) < 2:
        return Agreement(judges, method, n, agreed, None, None, None)
    # Imported where it is used: it takes a second, and most studies have one judge.
    from statsmodels.stats.inter_rater import cohens_kappa

    table = np.array([[counts[a, b] for b in levels] for a in levels])
    # What it returns has no types.
    found = cast("Any", cohens_kappa(table))
    kappa, lower, upper = (float(x) for x in (found.kappa, found.kappa_low, found.kappa_upp))
    return Agreement(judges, method, n, agreed, kappa, max(-1.0, lower), min(1.0, upper))
