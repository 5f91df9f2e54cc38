"""The drugs that a study follows, and how it is told which products of a CDM are theirs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cotreat.protocol import DrugSet, OmopSource, Protocol
from cotreat.readers.omop.concept_files import ListedConcept, read_listed_concepts
from cotreat.vocabulary import read_drugs


@dataclass(frozen=True)
class WantedDrug:
    """A drug, or a class of which each ingredient is a drug, and what is listed for it.

    Attributes
    ----------
    name
        The drug's level, or the name of the class.
    ingredients
        Names of its ingredients in lower case, each with the spelling that is shown.
    atc
        ATC codes.
    listed
        Concepts.
    with_below
        Whether what lies below its ingredients and codes is meant too.
    is_class
        Whether each ingredient is a drug of its own.
    is_named
        Whether the protocol names it, and not only a class that it is in.
    needs_each
        Whether each of the names has to be found, and not only one of them.
    """

    name: str
    ingredients: Mapping[str, str] = field(default_factory=dict[str, str])
    atc: tuple[str, ...] = ()
    listed: tuple[ListedConcept, ...] = ()
    with_below: bool = True
    is_class: bool = False
    is_named: bool = True
    needs_each: bool = True


def read_wanted_drugs(protocol: Protocol, source: OmopSource) -> tuple[WantedDrug, ...]:
    """What the roles of a protocol ask for, the drugs of the anchor first; nothing twice.

    Parameters
    ----------
    protocol
        Its roles name drugs and classes.
    source
        Defines some of them by concepts of the CDM; the others are those of the vocabulary.

    Raises
    ------
    SourceError
        The file of a concept set is missing, or is none.
    """
    wanted: dict[str, WantedDrug] = {}
    roles = (protocol.roles.anchor, protocol.roles.partner, protocol.roles.concomitant)
    for name in (name for role in roles for name in role.drugs):
        wanted.setdefault(name, _drug(protocol, source, name))
    for name in (name for role in roles for name in role.classes):
        if name in source.classes:
            wanted[name] = _of_source(protocol, source.classes[name], name, is_class=True)
    for name in (name for role in roles for name in role.classes):
        for drug in _members(name):
            wanted.setdefault(drug, _drug(protocol, source, drug, is_named=False))
    return tuple(wanted.values())


def _members(drug_class: str) -> Iterable[str]:
    return (name for name, drug in read_drugs().items() if drug.drug_class == drug_class)


def _drug(protocol: Protocol, source: OmopSource, name: str, *, is_named: bool = True) -> WantedDrug:
    """A drug as the source defines it, else by every name that the vocabulary and the protocol know."""
    if name in source.drugs:
        return _of_source(protocol, source.drugs[name], name)
    known = read_drugs().get(name)
    spellings = [*(known.spellings if known else ()), name, *protocol.levels("drug").get(name, ())]
    return WantedDrug(name, _names(spellings), is_named=is_named, needs_each=False)


def _of_source(protocol: Protocol, drugs: DrugSet, name: str, *, is_class: bool = False) -> WantedDrug:
    key = f"source.{'classes' if is_class else 'drugs'}.{name}"
    return WantedDrug(
        name,
        _names(drugs.ingredients),
        drugs.atc,
        read_listed_concepts(protocol, drugs, key),
        with_below=drugs.descendants,
        is_class=is_class,
    )


def _names(spellings: Iterable[str]) -> Mapping[str, str]:
    return {" ".join(spelling.split()).lower(): spelling for spelling in reversed(list(spellings))}
