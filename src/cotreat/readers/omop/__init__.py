"""An OMOP common data model 5.3 or 5.4 as a source, wherever it is (``docs/omop.md``)."""

from cotreat.readers.omop.reading import read_omop

__all__ = ["read_omop"]
