"""Which column of a REDCap export is which variable: raw headings or labels, flat or EAV."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cotreat.readers.places import Excerpt, Place
from cotreat.readers.redcap_dictionary import Variable, compute_checkbox_ending

# What an export writes beside the variables, raw and as labels.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "event": ("redcap_event_name", "event_id", "Event Name"),
    "form": ("redcap_repeat_instrument", "Repeat Instrument"),
    "instance": ("redcap_repeat_instance", "Repeat Instance"),
}
_LABELS_OF_KEYS = frozenset({"Event Name", "Repeat Instrument", "Repeat Instance"})
_EAV = frozenset({"record", "field_name", "value"})
_CHECKBOX = re.compile(r"(.+?)___(.*)")


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of a flat export: its variable and, of a checkbox, the choice that it tells of."""

    variable: str
    code: str | None
    position: int


@dataclass(frozen=True)
class ExportLayout:
    """What the columns of an export are.

    Attributes
    ----------
    keys
        Positions of ``record`` and, where there are any, of ``event, form, instance``; of an
        EAV export those of ``field_name`` and ``value`` too.
    columns
        Those of variables; none in an EAV export, whose rows name them.
    has_labels
        Whether headings, and so probably values, are labels.
    unclear
        Variables whose label stands above several columns that cannot be told apart.
    """

    keys: Mapping[str, int]
    columns: Sequence[ExportColumn]
    has_labels: bool = False
    unclear: frozenset[str] = frozenset()

    @property
    def is_eav(self) -> bool:
        """Whether each row is one value of one variable."""
        return "field_name" in self.keys


def parse_layout(
    headings: Sequence[str], place: Place, dictionary: Mapping[str, Variable], first: str | None
) -> ExportLayout:
    """What the headings of an export are.

    Parameters
    ----------
    headings
        From left to right.
    place
        The export.
    dictionary
        The project's variables by name, in its order; empty where there is no dictionary.
    first
        The variable that identifies the record; None: that of the first column.

    Raises
    ------
    SourceError
        There is no column that says whose row it is, or which instance of what it is; or
        headings are labels and there is no dictionary.
    """
    names = {heading.casefold(): position for position, heading in reversed(list(enumerate(headings)))}
    keys = {
        key: names[name.casefold()]
        for key, known in _KEYS.items()
        for name in known
        if name.casefold() in names
    }
    if ("form" in keys) != ("instance" in keys):
        missing = _KEYS["instance" if "form" in keys else "form"][0]
        place.refuse(
            f'it has no column "{missing}", so the instances of an instrument cannot be told apart.',
            "Export it again with all of REDCap's own columns.",
        )
    if names.keys() >= _EAV:
        eav = {"record": names["record"], "field_name": names["field_name"], "value": names["value"]}
        return ExportLayout({**keys, **eav}, ())
    labels = list(_labels(dictionary))
    n_raw = sum(_is_raw(heading, dictionary) for heading in headings)
    known = {label for label, _, _ in labels}
    has_labels = sum(heading in known for heading in headings) > n_raw
    if not dictionary and (_LABELS_OF_KEYS & set(headings) or headings[0] != headings[0].lower()):
        place.refuse(
            f'its headings are labels, such as "{Excerpt(headings[0])}".',
            "Name the data dictionary under [source], `dictionary`, or export raw data.",
        )
    if has_labels:
        columns, unclear = _of_labels(headings, labels)
    else:
        columns, unclear = list(_of_names(headings, dictionary)), set[str]()
    record = _record(place, columns, first, set(keys.values()))
    variables = [c for c in columns if c.position != record and c.position not in keys.values()]
    return ExportLayout({**keys, "record": record}, variables, has_labels, frozenset(unclear))


def _is_raw(heading: str, dictionary: Mapping[str, Variable]) -> bool:
    found = _CHECKBOX.fullmatch(heading)
    return heading in dictionary or (found is not None and found[1] in dictionary)


def _labels(dictionary: Mapping[str, Variable]) -> Iterator[tuple[str, str, str | None]]:
    """Every label that may stand above a column, with its variable and choice, in the order of an export."""
    for variable in dictionary.values():
        if variable.is_checkbox:
            for code, choice in variable.choices.items():
                yield f"{variable.label} (choice={choice})", variable.name, code
        else:
            yield variable.label, variable.name, None


def _of_labels(
    headings: Sequence[str], labels: Sequence[tuple[str, str, str | None]]
) -> tuple[list[ExportColumn], set[str]]:
    """Columns by label; of variables with one label each in turn, where all of them are exported."""
    meant: dict[str, list[tuple[str, str | None]]] = {}
    for label, variable, code in labels:
        meant.setdefault(label, []).append((variable, code))
    columns: list[ExportColumn] = []
    unclear: set[str] = set()
    for label, candidates in meant.items():
        positions = [position for position, heading in enumerate(headings) if heading == label]
        if positions and len(positions) != len(candidates):
            unclear.update(variable for variable, _ in candidates)
            continue
        columns += [
            ExportColumn(variable, code, position)
            for position, (variable, code) in zip(positions, candidates, strict=False)
        ]
    return columns, unclear


def _of_names(headings: Sequence[str], dictionary: Mapping[str, Variable]) -> Iterator[ExportColumn]:
    for position, heading in enumerate(headings):
        name = heading.lower()
        found = _CHECKBOX.fullmatch(name)
        if name not in dictionary and found is not None:
            variable = dictionary.get(found[1])
            codes = {compute_checkbox_ending(code): code for code in (variable.choices if variable else ())}
            yield ExportColumn(found[1], codes.get(found[2], found[2]), position)
        elif name:
            yield ExportColumn(name, None, position)


def _record(place: Place, columns: Sequence[ExportColumn], first: str | None, taken: set[int]) -> int:
    """The position of the column that identifies the record."""
    own = [column for column in columns if column.position not in taken]
    named = [column for column in own if column.variable == first]
    if first is not None and not named:
        place.refuse(
            f'it has no column "{first}", so nothing says whose rows they are.',
            "Export it again with the record ID.",
        )
    if named:
        return named[0].position
    if 0 in taken or not own or own[0].position != 0:
        place.refuse(
            "its first column is not the record ID, so nothing says whose rows they are.",
            "Export it again with the record ID first, as REDCap writes it.",
        )
    return 0
