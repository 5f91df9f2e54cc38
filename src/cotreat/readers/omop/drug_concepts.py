"""Which concepts of a CDM are which drug of the study."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from cotreat.engine import TableName
from cotreat.errors import ProtocolError
from cotreat.findings import Findings, Unparsed
from cotreat.protocol import Protocol
from cotreat.readers.level_names import compute_level_name
from cotreat.readers.omop.concept_files import ListedConcept
from cotreat.readers.omop.concept_sets import Vocabulary, build_concept_sets
from cotreat.readers.omop.drugs import WantedDrug
from cotreat.readers.omop.views import CdmView
from cotreat.readers.table_loading import compute_counted
from cotreat.vocabulary import build_term_index, parse_term, read_drugs

_NAMES = pa.schema([("set_no", pa.int64()), ("name", pa.string()), ("is_code", pa.int64())])
_DRUG_SETS = pa.schema([(name, pa.int64()) for name in ("drug_no", "set_no", "ingredient_id")])
_CONCEPTS = pa.schema([(name, pa.int64()) for name in ("drug_no", "concept_id", "place")])
_DEFINE = "Define the drug under [source.drugs] by `atc`, `concepts` or `concept_set`."


@dataclass(frozen=True)
class StudyDrugs:
    """The drugs of a study in a CDM.

    Attributes
    ----------
    levels
        Their names; the number of a drug is its place, counted from 1.
    concepts
        ``drug_no, concept_id, place``: one row per drug and concept.
    drug_classes
        By drug, the class of the source that it belongs to.
    findings
        How each was found, and what was not.
    """

    levels: Sequence[str]
    concepts: pa.Table
    drug_classes: Mapping[str, str]
    findings: Findings


def build_study_drugs(vocabulary: Vocabulary, wanted: Sequence[WantedDrug], protocol: Protocol) -> StudyDrugs:
    """The concepts of every drug that the study follows.

    Parameters
    ----------
    vocabulary
        Says what concepts are.
    wanted
        What is asked for, in the order in which drugs are numbered.
    protocol
        Its spellings name ingredients.

    Raises
    ------
    SourceError
        A table of the vocabulary is needed and cannot be read.
    ProtocolError
        One concept is two drugs.
    """
    work = vocabulary.work
    found = _look_up(vocabulary, wanted)
    sets = {
        number: [*one.listed, *(ListedConcept(c, one.with_below) for c in sorted(found.get(number, {})))]
        for number, one in enumerate(wanted, start=1)
    }
    concept_sets = build_concept_sets(vocabulary, sets)
    members, names = _class_members(vocabulary, wanted, concept_sets)
    levels, rows, classes = _number_drugs(wanted, names, protocol)
    drug_sets = work.load("drug_sets", pa.Table.from_pylist(rows, schema=_DRUG_SETS))
    table = work.build(
        "drug_concepts",
        {"drug_sets": drug_sets, "concept_sets": concept_sets, "class_members": members},
    )
    concepts = work.fetch(f"SELECT drug_no, concept_id, place FROM {table}").cast(_CONCEPTS)
    _refuse_overlaps(vocabulary, table, levels, sets)
    parts = [_not_found(vocabulary, wanted, found), _found(vocabulary, levels, concepts)]
    return StudyDrugs(levels, concepts, classes, Findings.concat(parts))


def _look_up(vocabulary: Vocabulary, wanted: Sequence[WantedDrug]) -> Mapping[int, Mapping[int, str]]:
    """By set, the concepts that its names and codes mean, each with the name that found it."""
    rows = [
        {"set_no": number, "name": name, "is_code": int(is_code)}
        for number, one in enumerate(wanted, start=1)
        for names, is_code in ((one.ingredients, False), (one.atc, True))
        for name in names
    ]
    if not rows:
        return {}
    concept = vocabulary.require(
        vocabulary.concept,
        "that table says which concept an ingredient or a code is",
        "Name a vocabulary under [source] (`vocabulary_folder`, an Athena download, or `vocabulary_schema`), "
        "or define every drug under [source.drugs] by `concepts`.",
    )
    work = vocabulary.work
    names = work.load("names", pa.Table.from_pylist(rows, schema=_NAMES))
    table = work.build("named_concepts", {"names": names, "concept": concept})
    found: dict[int, dict[int, str]] = {}
    for row in work.fetch(f"SELECT set_no, name, concept_id FROM {table}").to_pylist():
        found.setdefault(row["set_no"], {})[row["concept_id"]] = row["name"]
    return found


def _class_members(
    vocabulary: Vocabulary, wanted: Sequence[WantedDrug], concept_sets: TableName
) -> tuple[TableName, Mapping[int, Mapping[int, str]]]:
    """The products of each ingredient of each class, and by class the names of its ingredients."""
    work = vocabulary.work
    numbers = [number for number, one in enumerate(wanted, start=1) if one.is_class]
    if not numbers:
        empty = pa.schema([(name, pa.int64()) for name in ("set_no", "ingredient_id", "concept_id")])
        return work.load("class_members", empty.empty_table()), {}
    needed = "those tables say what the ingredients of a class are"
    advice = "Define its drugs one by one under [source.drugs]."
    concept = vocabulary.require(vocabulary.concept, needed, advice)
    ancestors = vocabulary.require(vocabulary.concept_ancestor, needed, advice)
    classes = work.load("classes", pa.table({"set_no": pa.array(numbers, pa.int64())}))
    table = work.build(
        "class_members",
        {"concept_sets": concept_sets, "concept": concept, "concept_ancestor": ancestors, "classes": classes},
    )
    named = work.fetch(
        f"SELECT DISTINCT m.set_no, m.ingredient_id, c.concept_name FROM {table} AS m "
        f"INNER JOIN {concept} AS c ON c.concept_id = m.ingredient_id"
    )
    names: dict[int, dict[int, str]] = {}
    for row in named.to_pylist():
        names.setdefault(row["set_no"], {})[row["ingredient_id"]] = row["concept_name"] or ""
    return table, names


def _number_drugs(
    wanted: Sequence[WantedDrug], names: Mapping[int, Mapping[int, str]], protocol: Protocol
) -> tuple[Sequence[str], Sequence[Mapping[str, int]], Mapping[str, str]]:
    """Levels of drugs, what belongs to each, and the class of those that a class brought."""
    named = any(one.is_class for one in wanted)
    known = build_term_index(read_drugs() if named else {}, extra=protocol.levels("drug"))
    levels: dict[str, int] = {}
    rows: list[Mapping[str, int]] = []
    classes: dict[str, str] = {}
    for number, one in enumerate(wanted, start=1):
        if not one.is_class:
            drug_no = levels.setdefault(one.name, len(levels) + 1)
            rows.append({"drug_no": drug_no, "set_no": number, "ingredient_id": 0})
            continue
        for ingredient, name in sorted(names.get(number, {}).items()):
            level = parse_term(name, known)
            level = compute_level_name(name) if isinstance(level, Unparsed) else level
            classes.setdefault(level, one.name)
            drug_no = levels.setdefault(level, len(levels) + 1)
            rows.append({"drug_no": drug_no, "set_no": number, "ingredient_id": ingredient})
    return tuple(levels), rows, classes


def _refuse_overlaps(
    vocabulary: Vocabulary,
    concepts: TableName,
    levels: Sequence[str],
    sets: Mapping[int, Sequence[ListedConcept]],
) -> None:
    """A product may have two drugs in it; an ingredient, or a concept that is listed, is one drug only."""
    work = vocabulary.work
    listed = sorted({one.concept_id for items in sets.values() for one in items if not one.is_excluded})
    table = work.load("listed", pa.table({"concept_id": pa.array(listed, pa.int64())}))
    ones = f"SELECT concept_id FROM {table}"
    if isinstance(vocabulary.concept, CdmView):
        ones += (
            f" UNION SELECT concept_id FROM {vocabulary.concept.name} WHERE concept_class_id = 'Ingredient'"
        )
    found = work.fetch(
        f"SELECT c.concept_id, MIN(c.drug_no) AS first_no, MAX(c.drug_no) AS last_no FROM {concepts} AS c "
        f"INNER JOIN ({ones}) AS l ON l.concept_id = c.concept_id "
        "GROUP BY c.concept_id HAVING COUNT(*) > 1 ORDER BY c.concept_id"
    ).to_pylist()
    if found:
        row = found[0]
        first, last = levels[row["first_no"] - 1], levels[row["last_no"] - 1]
        msg = (
            f"The concept {row['concept_id']} belongs to two drugs of the study, `{first}` and `{last}`, and "
            "would count twice. Take it out of one of them with `exclude` under [source.drugs]."
        )
        raise ProtocolError(msg)


def _not_found(
    vocabulary: Vocabulary, wanted: Sequence[WantedDrug], found: Mapping[int, Mapping[int, str]]
) -> Findings:
    place = vocabulary.concept.place
    parts = [
        place.finding("warning", "no_concept", why, _DEFINE, value=value)
        for number, one in enumerate(wanted, start=1)
        for value, why in _unfound_names(one, set(found.get(number, {}).values()))
    ]
    members = [
        one.name for number, one in enumerate(wanted, start=1) if not one.is_named and not found.get(number)
    ]
    if members:
        parts.append(
            place.finding(
                "info",
                "no_concept",
                f"Of the classes in roles, {compute_counted(len(members), 'drug')} are no ingredient of this "
                f"vocabulary: {', '.join(members)}.",
                f"Nothing, if nobody took them. {_DEFINE}",
            )
        )
    return Findings.concat(parts)


def _unfound_names(one: WantedDrug, found: set[str]) -> Iterator[tuple[str, str]]:
    """Names of a drug that mean nothing in this vocabulary, each with the reason."""
    if not one.is_named:
        return
    if not one.needs_each:
        if one.ingredients and not found:
            yield (
                one.name,
                "No standard ingredient of this vocabulary has a name of the drug; it is not read.",
            )
        return
    for name, shown in one.ingredients.items():
        if name not in found:
            yield shown, f"No standard ingredient of this vocabulary is called so (`{one.name}`)."
    for code in one.atc:
        if code not in found:
            yield code, f"This vocabulary has no such ATC code (`{one.name}`)."


def _found(vocabulary: Vocabulary, levels: Sequence[str], concepts: pa.Table) -> Findings:
    """How many concepts each drug has."""
    counts = Counter(concepts["drug_no"].to_pylist())
    return Findings.concat(
        vocabulary.concept.place.finding(
            "info",
            "drug_concepts",
            f"{compute_counted(counts[number], 'concept')} of the vocabulary belong to this drug.",
            "Nothing; the concepts of a drug can be given under [source.drugs].",
            value=level,
        )
        for number, level in enumerate(levels, start=1)
        if number in counts
    )
