"""The Methods section: the protocol in words, and a legend of units, rules and signs."""

from collections.abc import Sequence

from cotreat.protocol import (
    CaseTableSource,
    FixedLength,
    Protocol,
    Response,
    Role,
    read_study_criteria,
)
from cotreat.report.blocks import Legend, Term
from cotreat.report.content import EstimateIndex, ReportInput
from cotreat.report.labels import compute_phrase
from cotreat.report.sentences import compute_joined_text
from cotreat.report.tables import ABSENT

_RULES = {
    "any": "Yes if any episode of the unit says yes; unknown if none says yes and one is unknown.",
    "all": "Yes if every episode of the unit says yes.",
    "first": "What the first episode of the unit says.",
    "last": "What the last episode of the unit says.",
    "best": "The best response among the episodes of the unit.",
    "longest": "What the longest episode of the unit says.",
    "first_add_on": "The first course of each patient to which the partner was added.",
    "non_responder_imputation": "Who was not seen counts as a failure.",
    "as_observed": "Who was not seen is left out.",
    "last_to_end": "What the episode of the unit that ended last says.",
    "from_min_overlap": "Courses that have reached the days from which they count as a combination.",
    "every_kind": "Courses of every kind of overlap, from their first day.",
}


def build_methods_text(inputs: ReportInput) -> tuple[str, ...]:
    """Paragraphs: the source, the definitions, the parameters in force, the statistics, the software."""
    protocol = inputs.protocol
    return (
        " ".join((_design(protocol), _roles(protocol))),
        " ".join((_episodes(inputs), _definitions(protocol))).strip(),
        *(text for text in (_outcomes(inputs),) if text),
        _statistics(inputs),
    )


def _design(protocol: Protocol) -> str:
    kind = "case series" if protocol.study.kind == "case_series" else "database study"
    source = protocol.source
    if isinstance(source, CaseTableSource):
        return f"This {kind} was read from a case table, one row per combination ({source.file})."
    return f"This {kind} was read from tables of treatment records (reader: {source.reader})."


def _roles(protocol: Protocol) -> str:
    roles = protocol.roles
    named = (("anchor", roles.anchor), ("partner", roles.partner), ("concomitant", roles.concomitant))
    return " ".join(_role_sentence(name, role) for name, role in named if role.drugs or role.classes)


def _role_sentence(name: str, role: Role) -> str:
    if len(role.drugs) == 1 and not role.classes:
        return f"The {name} drug was {_role(role)}."
    return f"{name.capitalize()} drugs were {_role(role)}."


def _role(role: Role) -> str:
    drugs = [compute_phrase(drug, "drug") for drug in role.drugs]
    classes = [compute_phrase(name, "drug_class") for name in role.classes]
    word = "class" if len(classes) == 1 else "classes"
    named = [compute_joined_text(drugs)] if drugs else []
    grouped = [f"the drugs of the {word} {compute_joined_text(classes)}"] if classes else []
    return ", and ".join([*named, *grouped])


def _episodes(inputs: ReportInput) -> str:
    if isinstance(inputs.protocol.source, CaseTableSource):
        return _declared(inputs)
    return _built(inputs)


def _declared(inputs: ReportInput) -> str:
    """How cases became combinations and courses in a case table."""
    if inputs.cutoff is None:
        time = (
            "Durations are as recorded, in months of 30.4375 days; the source has no dates, so nothing "
            "that needs dates was computed."
        )
    else:
        time = (
            "Durations run from the recorded start to the recorded end, both days included, or are as "
            f"recorded; one month is 30.4375 days. Observation ended on {inputs.cutoff.isoformat()} at the "
            "latest."
        )
    return (
        "A combination was taken as the source declares it: one anchor drug with one partner drug in one "
        f"patient. {time} A combination shorter than {_days(inputs.protocol.episodes.min_overlap)} was "
        "counted and marked as a short course. Combinations of one course were linked as declared, and a "
        "course lasts as long as its longest combination."
    )


def _built(inputs: ReportInput) -> str:
    """How dated exposures became combinations, with the parameters in force."""
    protocol, episodes = inputs.protocol, inputs.protocol.episodes
    kinds = compute_joined_text([compute_phrase(kind) for kind in episodes.counted_kinds])
    order = (
        f"The order of the drugs is unknown where one was taken within {_days(protocol.washout)} of the "
        "first observed day."
    )
    events = (
        f"Adverse events up to {_days(protocol.safety.risk_window)} after the end count for the combination."
    )
    gap = f"{_days(episodes.grace_period)}{_exceptions(inputs)}"
    window = _days(episodes.simultaneous_window)
    sentences = [
        f"Exposures to a drug were joined across gaps of up to {gap}.",
        _open_ends(protocol),
        f"A combination needed at least {_days(episodes.min_overlap)} in common; kinds counted: {kinds}.",
        f"Starts or stops within {window} of each other were taken as simultaneous.",
        f"The next treatment is one started within {_days(episodes.switch_window)} after the end.",
        order if protocol.washout else "",
        events if "adverse_events" in inputs.estimates.measures else "",
        f"Observation ended on {inputs.cutoff.isoformat()} at the latest." if inputs.cutoff else "",
        "One month is 30.4375 days.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _outcomes(inputs: ReportInput) -> str:
    """How response and drug survival were defined, as far as the study has them."""
    measures = inputs.estimates.measures
    response = inputs.protocol.response
    sentences = [
        _scores(response, [c.name for c in read_study_criteria(inputs.protocol)])
        if "response_at_week" in measures and response.weeks
        else "",
        "Drug survival is the time from the first day of the combination to its end, by Kaplan-Meier; a "
        "combination that went on at the end of observation is censored, and time on the anchor drug before "
        "the combination is not counted. Reasons for ending compete with one another (Aalen-Johansen)."
        if "drug_survival" in measures
        else "",
        "What followed was counted from the last day of each patient's first combination that ended to the "
        "end of observation; another drug, a restart and death compete."
        if "time_to_next_treatment" in measures
        else "",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _scores(response: Response, names: Sequence[str]) -> str:
    weeks = compute_joined_text([str(week) for week in sorted(response.weeks)])
    noun = "week" if len(response.weeks) == 1 else "weeks"
    return (
        f"Response by score was asked by {compute_joined_text(names)}: the last value up to "
        f"{_days(response.lookback_days)} before the combination against the value nearest to {noun} "
        f"{weeks}, up to {_days(response.window_days)} away; after a stop there is no response, except after "
        "a stop for remission. What is missing was counted as failure and, in a second estimate, left out."
    )


def _open_ends(protocol: Protocol) -> str:
    """What an exposure without a recorded end was taken for."""
    no_end = protocol.no_end
    if no_end is None:
        return ""
    if isinstance(no_end, FixedLength):
        meaning = f"to last {_days(no_end.days)}"
    else:
        meaning = "to be ongoing" if no_end == "ongoing" else "to last until the next record of the drug"
    return f"An exposure with neither an end nor a supply was taken {meaning}."


def _exceptions(inputs: ReportInput) -> str:
    by_drug = inputs.protocol.episodes.grace_period_by_drug
    parts = [f"{compute_phrase(drug, 'drug')} {_days(days)}" for drug, days in sorted(by_drug.items())]
    return f" ({', '.join(parts)})" if parts else ""


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _definitions(protocol: Protocol) -> str:
    return " ".join(
        f"Definition of {compute_phrase(name)}: {text.strip().rstrip('.')}."
        for name, text in protocol.definitions.items()
    )


def _statistics(inputs: ReportInput) -> str:
    methods = sorted(
        {e.ci_method.replace(" %", "%") for e in inputs.results if e.ci_method and e.statistic != "p_value"}
    )
    intervals = f" Intervals are 95% confidence intervals: {'; '.join(methods)}." if methods else ""
    minimum = inputs.protocol.minimum_count
    suppressed = f" Counts below {minimum}, and what would reveal them, were suppressed." if minimum else ""
    return (
        "Proportions are of the units whose answer is known, and the unknown are counted beside them; "
        "responses that could not be assessed are left out of the denominator and, in a second estimate, "
        "counted as failure. Standard deviations have n - 1 in the denominator; quantiles are of type "
        f"7.{intervals} Resampling used the seed {inputs.protocol.analysis.seed}.{suppressed} "
        f"{_tests(inputs)} All numbers were computed with cotreat version {inputs.version} from the protocol"
        f"{_hash(inputs.protocol)}."
    )


def _tests(inputs: ReportInput) -> str:
    tests = sorted({e.ci_method for e in inputs.results if e.statistic == "p_value"})
    return (
        f"P-values, as the protocol asks: {compute_joined_text(tests)}."
        if tests
        else "No hypothesis was tested."
    )


def _hash(protocol: Protocol) -> str:
    return f" whose SHA-256 starts with {protocol.sha256[:12]}" if protocol.sha256 else ""


def build_legend(index: EstimateIndex) -> Legend:
    """What the units of analysis, the rules in use and the signs of the report mean."""
    units = (
        Term("Anchor drug", "The drug that the study looks at; the partner drug was combined with it."),
        Term(
            "Combination",
            "One anchor drug with one partner drug taken together by one patient; unit of analysis “pair”, "
            "the case of a case table. Two partner drugs in parallel are two combinations.",
        ),
        Term(
            "Regimen", "The two drugs of a combination by name; several combinations can have the same one."
        ),
        Term(
            "Course", "Combinations of one patient on one anchor drug that are linked in time, counted once."
        ),
        Term("Patient", "One person, whatever the number of combinations."),
        Term("Adverse event", "One named term; two terms in one cell are two events."),
    )
    used = {part.strip() for rule in index.all_rules for part in rule.replace("&", ",").split(",")}
    rules = tuple(Term(f"Rule “{rule}”", text) for rule, text in _RULES.items() if rule in used)
    signs = (
        Term(
            "n/N (%)", "Units that have it / units in which it is known. The unknown are counted beside it."
        ),
        Term(
            "Ongoing",
            "Recorded as ongoing, or with no stop by the cut-off if there is one; the duration is censored.",
        ),
        Term(ABSENT, "The study has no such number. Where a number cannot be estimated, a note says why."),
    )
    return Legend((*units, *rules, *signs))
