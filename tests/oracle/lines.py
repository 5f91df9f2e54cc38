"""Lines of therapy."""

from oracle.records import Era, Line, Parameters
from oracle.segments import drugs_taken


def lines_of(eras: list[Era], parameters: Parameters) -> list[Line]:
    """Lines of therapy of role-drug eras, in order; a line ends with its last treated day."""
    if not eras:
        return []
    lines: list[Line] = []
    untreated = 0
    for day in range(min(era.start_day for era in eras), max(era.end_day for era in eras) + 1):
        drugs = drugs_taken(eras, day)
        if not drugs:
            untreated += 1
            continue
        if (
            not lines
            or untreated > parameters.switch_window
            or _brings_a_drug(day, eras, lines[-1], parameters)
        ):
            lines.append(Line(len(lines) + 1, day, day, drugs))
        else:
            lines[-1] = Line(lines[-1].number, lines[-1].start_day, day, lines[-1].drugs)
        untreated = 0
    return lines


def _brings_a_drug(day: int, eras: list[Era], line: Line, parameters: Parameters) -> bool:
    """A drug that is not in the line starts on this day and is then taken for long enough."""
    return any(
        era.start_day == day and era.drug not in line.drugs and era.days >= parameters.min_overlap
        for era in eras
    )
