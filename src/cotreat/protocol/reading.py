"""A protocol from its TOML file: one message for everything that is wrong in it."""

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from cotreat.engine.messages import compute_masked
from cotreat.errors import ProtocolError
from cotreat.protocol.criteria import read_study_criteria
from cotreat.protocol.fhir import FhirSource
from cotreat.protocol.model import Protocol, Role
from cotreat.protocol.omop import OmopSource
from cotreat.protocol.parts import compute_nearest
from cotreat.protocol.redcap import RedcapSource
from cotreat.protocol.sources import CaseTableSource, TablesSource
from cotreat.vocabulary import read_drugs

# What a protocol knows besides what its file says.
_MADE_HERE = ("folder", "sha256", "drug_classes")


def read_protocol(path: Path) -> Protocol:
    """The protocol of a study from its TOML file.

    Raises
    ------
    ProtocolError
        The file is missing, is not TOML, has an unknown key or a value of the wrong
        type. The message names the file, the key and, where it is found, the line.
    """
    text = _read_text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{path} is not valid TOML: {error}."
        raise ProtocolError(msg) from error
    for key in _MADE_HERE:
        if key in raw:
            msg = f"{path}{_line(text, (key,))}: unknown key `{key}`."
            raise ProtocolError(msg)
    try:
        # Through JSON, because strict JSON reads arrays as tuples and strings as dates and nothing else.
        protocol = Protocol.model_validate_json(json.dumps(raw, default=str))
    except ValidationError as error:
        # Not chained: pydantic repeats what was given, passwords too.
        raise ProtocolError(_explain(path, text, error)) from None
    _require_known_drugs(path, text, protocol)
    _require_one_level(path, text, protocol)
    digest = hashlib.sha256(text.encode()).hexdigest()
    placed = protocol.model_copy(update={"folder": path.resolve().parent, "sha256": digest})
    _require_criteria(path, text, placed)
    return placed


def _require_criteria(path: Path, text: str, protocol: Protocol) -> None:
    try:
        read_study_criteria(protocol)
    except ProtocolError as error:
        msg = f"{path}{_line(text, ('response',))}: {error}"
        raise ProtocolError(msg) from error


def _require_known_drugs(path: Path, text: str, protocol: Protocol) -> None:
    """Refuse a role whose drug or class nobody knows: it would select nothing, in silence."""
    drugs = read_drugs()
    source = protocol.source
    own_drugs, own_classes = (source.drugs, source.classes) if isinstance(source, OmopSource) else ({}, {})
    classes = tuple(sorted({*(drug.drug_class for drug in drugs.values()), *own_classes}))
    lines: list[str] = []
    for name in ("anchor", "partner", "concomitant"):
        role: Role = getattr(protocol.roles, name)
        known = (*drugs, *protocol.levels("drug"), *own_drugs)
        wrong = [("drugs", drug, known) for drug in role.drugs if drug not in known]
        wrong += [
            ("classes", drug_class, classes) for drug_class in role.classes if drug_class not in classes
        ]
        for key, word, choices in wrong:
            where = f"{path}{_line(text, ('roles', name))}"
            lines.append(f"{where}: `roles.{name}.{key}` names {word!r}{compute_nearest(word, choices)}.")
        if name != "concomitant" and not (role.drugs or role.classes):
            lines.append(f"{path}{_line(text, ('roles', name))}: `roles.{name}` names no drug and no class.")
    if lines:
        raise ProtocolError("\n".join(lines))


_ONE_LEVEL = ("sex", "response", "monotherapy_response")


def _require_one_level(path: Path, text: str, protocol: Protocol) -> None:
    """Refuse a spelling under two levels of a field that has one answer; only reasons may be two."""
    lines: list[str] = []
    for field in _ONE_LEVEL:
        seen: dict[str, str] = {}
        for level, spellings in protocol.levels(field).items():
            for spelling in spellings:
                other = seen.setdefault(" ".join(spelling.split()).casefold(), level)
                if other != level:
                    where = f"{path}{_line(text, ('values', field, level))}"
                    lines.append(
                        f"{where}: `values.{field}` has {spelling!r} under `{other}` and under `{level}`; "
                        "it can mean only one of them."
                    )
    if lines:
        raise ProtocolError("\n".join(lines))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        msg = f"There is no protocol file {path}. `cotreat new DIR` makes one to start from."
        raise ProtocolError(msg) from None
    except IsADirectoryError:
        msg = f"{path} is a folder; give the protocol file in it, usually {path / 'study.toml'}."
        raise ProtocolError(msg) from None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The protocol file {path} cannot be read: {error}."
        raise ProtocolError(msg) from error


def _explain(path: Path, text: str, error: ValidationError) -> str:
    """One message for everything that is wrong in a protocol file."""
    lines: list[str] = []
    for problem in error.errors():
        place = tuple(str(part) for part in problem["loc"])
        # The second part of a place in [source] is the kind of source, which is no key of the file.
        loc = (place[0], *place[2:]) if place[0] == "source" and place[1:2] != () else place
        key = ".".join(loc)
        where = f"{path}{_line(text, loc)}"
        if problem["type"] == "extra_forbidden":
            lines.append(f"{where}: unknown key `{key}`{compute_nearest(loc[-1], _known_keys(place[:-1]))}.")
        elif problem["type"] == "missing":
            lines.append(f"{where}: `{key}` is required and missing.")
        else:
            # A validator's own sentence starts with a prefix that says nothing to the reader.
            why = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{where}: `{key}`: {why}{_given(problem['input'])}.")
    # The URL of a database may stand in a wrong place, with its password.
    return compute_masked("\n".join(lines))


def _given(value: object) -> str:
    return f" (given: {value!r})" if isinstance(value, str | int | float | bool) else ""


_SOURCES: dict[str, type[BaseModel]] = {
    "case_table": CaseTableSource,
    "tables": TablesSource,
    "omop": OmopSource,
    "redcap": RedcapSource,
    "fhir": FhirSource,
}


def _known_keys(place: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that the protocol knows at a place; in [source], those of its reader."""
    model: type[BaseModel] | None = Protocol
    for part in place:
        if model is Protocol and part == "source":
            continue
        found = model.model_fields.get(part) if model else None
        model = _SOURCES[part] if part in _SOURCES and found is None else _model_of(found)
    hidden = _MADE_HERE if model is Protocol else ()
    return tuple(k for k in model.model_fields if k not in hidden) if model else ()


def _model_of(found: FieldInfo | None) -> type[BaseModel] | None:
    """The part of the protocol that a key holds, whether or not it may be left out."""
    annotation = found.annotation if found else None
    choices = (annotation, *get_args(annotation))
    return next((c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)), None)


def _line(text: str, loc: tuple[str, ...]) -> str:
    """`, line N` of the key in the TOML text, or nothing when it is not found there."""
    section: tuple[str, ...] = ()
    best = 0
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+([^\]]+)\]", line)
        if header:
            section = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if section == loc[: len(section)]:
                best = number
            continue
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if key:
            full = (*section, *(part.strip("\"'") for part in key[1].split(".")))
            if full == loc[: len(full)]:
                best = number
    return f", line {best}" if best else ""
