"""``claims.toml``: what each number was bound to, for people to correct.

The file is written anew by every run. An entry that somebody changed is theirs: it no
longer fits the mark that the program left in it, and it is kept and respected.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast, get_args

from cotreat.analysis.results import Unit
from cotreat.analysis.variables import VARIABLES
from cotreat.audit.claims import Aspect, Claim, Condition, Kind, Query, Statement
from cotreat.audit.collected import Collected
from cotreat.errors import UsageError
from cotreat.report.files import write_bytes

_HEAD = """\
# What each number of the manuscript is about, as cotreat understood it.
#
# Correct an entry, or fill in one that is not bound (kind = "nothing"), and run the audit again: an entry
# that you changed is kept and used. `ignore = true` says that a number is no claim about the study.
#
# kind        count | number | rank | cited | measure | nothing
# aspect      what of the estimate the number is: count, denominator, proportion, missing, mean, median, ...
# conditions  what the counted units have, as "variable=level"
# scope       what everybody has of whom it is a share
# unit        patient | pair (one combination) | course | event
# quantity    of kind "number": age_years, duration, anchor_dose, partner_dose; of kind "measure" a measure
#             of the study with its statistic, such as "drug_survival:survival_at"
"""
# Of kind "measure": its level, when, and the time at risk and the events that a rate is of.
_OF_MEASURES = ("level", "month", "week", "state", "seriousness", "severity")
_FIELDS = ("kind", "aspect", "unit", "rule", "quantity", "conditions", "scope", "cases", "ignore")


@dataclass(frozen=True, slots=True)
class Binding:
    """One entry of the file.

    Attributes
    ----------
    claim_id, sentence, number
        Which number it is.
    fields
        What it is bound to, as in the file.
    mark
        The mark of the program; it fits `fields` as long as nobody changed them.
    """

    claim_id: str
    sentence: str
    number: str
    fields: Mapping[str, Any]
    mark: str

    @property
    def is_changed(self) -> bool:
        """Whether somebody changed or made this entry."""
        return self.mark != compute_mark(self.fields)


def compute_mark(fields: Mapping[str, Any]) -> str:
    """The mark of what an entry says."""
    text = json.dumps({key: fields.get(key) or "" for key in _FIELDS}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_bindings(path: Path) -> list[Binding]:
    """The entries of a claims file that somebody changed or made.

    Raises
    ------
    UsageError
        The file cannot be read, or an entry is not as the file's first lines say.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}."
        raise UsageError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path} is not a TOML file: {error}. Mend that line, or delete the file to get a new one."
        raise UsageError(msg) from error
    entries = content.get("claim", [])
    if not isinstance(entries, list):
        msg = f"{path}: entries are written as [[claim]]."
        raise UsageError(msg)
    found = [_binding(path, place, entry) for place, entry in enumerate(cast("list[Any]", entries), start=1)]
    return [binding for binding in found if binding.is_changed]


def _binding(path: Path, place: int, entry: object) -> Binding:
    if not isinstance(entry, dict):
        msg = f"{path}: entries are written as [[claim]]."
        raise UsageError(msg)
    values = cast("dict[str, Any]", entry)
    name = str(values.get("id", "")) or f"number {place}"
    fields = {key: values[key] for key in _FIELDS if key in values}
    unknown = sorted(set(values) - {"id", "sentence", "number", "mark", *_FIELDS})
    if unknown:
        msg = f"{path}, entry {name}: `{unknown[0]}` is not known; known are {', '.join(_FIELDS)}."
        raise UsageError(msg)
    binding = Binding(
        str(values.get("id", "")),
        str(values.get("sentence", "")),
        str(values.get("number", "")),
        fields,
        str(values.get("mark", "")),
    )
    if binding.is_changed:
        _require_known(path, name, fields)
    return binding


def _require_known(path: Path, name: str, fields: Mapping[str, Any]) -> None:
    """The message for an entry whose words are not known is raised."""
    allowed = {"kind": get_args(Kind), "aspect": get_args(Aspect), "unit": ("", *get_args(Unit))}
    for key, words in allowed.items():
        if key in fields and fields[key] not in words:
            known = ", ".join(word for word in words if word)
            msg = f"{path}, entry {name}: {key} is {fields[key]!r}; it is one of {known}."
            raise UsageError(msg)
    for key in ("conditions", "scope"):
        for text in fields.get(key, []):
            variable, sign, level = str(text).partition("=")
            is_known = variable in VARIABLES or variable in _OF_MEASURES
            if not is_known or not sign or not level:
                msg = (
                    f"{path}, entry {name}: {text!r} in {key} is not variable=level; "
                    f"variables are {', '.join(sorted(VARIABLES))}."
                )
                raise UsageError(msg)


def add_bindings(collected: Iterable[Collected], bindings: Sequence[Binding]) -> list[Collected]:
    """The numbers with the entries that people made in place of the program's own."""
    by_id = {binding.claim_id: binding for binding in bindings if binding.claim_id}
    by_text = {(b.sentence, b.number): b for b in bindings if not b.claim_id}
    found: list[Collected] = []
    for one in collected:
        mine = [by_id.get(i) or by_text.get((one.sentence, c.text)) for i, c in _claims(one)]
        if not any(mine):
            found.append(one)
            continue
        kept = [pair for pair, binding in zip(_claims(one), mine, strict=True) if binding is None]
        if kept:
            found.append(_with(one, kept, one.statement))
        for pair, binding in zip(_claims(one), mine, strict=True):
            if binding is not None and not binding.fields.get("ignore"):
                found.append(_with(one, [pair], _statement(binding, pair[1])))
    return found


def _claims(one: Collected) -> list[tuple[str, Claim]]:
    return list(zip(one.claim_ids, one.statement.claims, strict=True))


def _with(one: Collected, pairs: Sequence[tuple[str, Claim]], statement: Statement) -> Collected:
    """Some of the numbers of a statement, or one of them under another statement."""
    claims = tuple(claim for _, claim in pairs) if statement is one.statement else statement.claims
    return replace(one, claim_ids=tuple(i for i, _ in pairs), statement=replace(statement, claims=claims))


def _statement(binding: Binding, claim: Claim) -> Statement:
    fields = binding.fields
    query = Query(
        fields.get("kind", "count"),
        conditions=_conditions(fields.get("conditions", [])),
        scope=_conditions(fields.get("scope", [])),
        unit=fields.get("unit", ""),
        rule=str(fields.get("rule", "")),
        quantity=str(fields.get("quantity", "")),
        cases=tuple(str(case) for case in fields.get("cases", [])),
    )
    why = "bound to nothing in the claims file" if query.kind == "nothing" else ""
    aspect = cast("Aspect", fields.get("aspect", claim.aspect or "count"))
    return Statement((query,), (replace(claim, aspect=aspect),), why=why)


def _conditions(texts: Iterable[object]) -> tuple[Condition, ...]:
    parts = (str(text).partition("=") for text in texts)
    return tuple((variable, level) for variable, _, level in parts)


def write_bindings(collected: Iterable[Collected], bindings: Sequence[Binding], path: Path) -> None:
    """``claims.toml``: an entry per number; those that people made stay as they are.

    Parameters
    ----------
    collected
        The numbers as the program bound them, before `add_bindings`.
    bindings
        Entries that people made.
    path
        The file.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    by_id = {binding.claim_id: binding for binding in bindings if binding.claim_id}
    lines = [_HEAD]
    written: set[str] = set()
    for one in collected:
        for claim_id, claim in _claims(one):
            own = by_id.get(claim_id)
            fields = own.fields if own is not None else _fields(one.statement, claim)
            mark = own.mark if own is not None else compute_mark(fields)
            lines.append(_entry(claim_id, one.sentence, claim.text, fields, mark))
            written.add(claim_id)
    left = [b for b in bindings if b.claim_id not in written]
    if left:
        lines.append("# Yours; not found in the manuscript by their id.\n")
        lines += [_entry(b.claim_id, b.sentence, b.number, b.fields, b.mark) for b in left]
    write_bytes(path, "\n".join(lines).encode())


def _fields(statement: Statement, claim: Claim) -> dict[str, Any]:
    query = statement.queries[0]
    if statement.why:
        return {"kind": "nothing"}
    found: dict[str, Any] = {"kind": query.kind, "aspect": claim.aspect}
    for key in ("unit", "rule", "quantity"):
        if getattr(query, key):
            found[key] = getattr(query, key)
    for key, conditions in (("conditions", query.conditions), ("scope", query.scope)):
        if conditions:
            found[key] = [f"{variable}={level}" for variable, level in conditions]
    if query.cases:
        found["cases"] = list(query.cases)
    return found


def _entry(claim_id: str, sentence: str, number: str, fields: Mapping[str, Any], mark: str) -> str:
    named = {"id": claim_id, "sentence": sentence, "number": number, **fields, "mark": mark}
    lines = [f"{key} = {_value(value)}" for key, value in named.items() if value != ""]
    return "\n".join(["[[claim]]", *lines, ""])


def _value(value: object) -> str:
    """A value as TOML: a basic string has the escapes of a JSON string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in cast('list[object]', value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
