"""The sheets of a workbook, and the one that a study reads."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from cotreat.readers.places import Excerpt, Place

_MOST_COMPARED = 500
_MOST_NAMED = 20


@dataclass(frozen=True)
class ListedSheet:
    """One sheet of a workbook.

    Attributes
    ----------
    name
        As on its tab.
    is_hidden
        Whether a person who opens the workbook does not see it.
    has_cells
        Whether any of its cells holds something; asked only when it matters.
    """

    name: str
    is_hidden: bool
    has_cells: Callable[[], bool]


@dataclass(frozen=True)
class SheetList:
    """All sheets of a workbook, in their order."""

    place: Place
    sheets: Sequence[ListedSheet]

    def choose(self, wanted: str | None) -> int:
        """Position of the sheet that was asked for, or of the only visible one with cells in it.

        Raises
        ------
        SourceError
            There is no sheet of that name, or none was named and several hold cells.
        """
        if wanted is not None:
            return self._named(wanted)
        visible = [i for i, sheet in enumerate(self.sheets) if not sheet.is_hidden]
        filled = visible if len(visible) == 1 else [i for i in visible if self.sheets[i].has_cells()]
        if not filled:
            self.place.refuse(
                "no visible sheet of the workbook holds anything.",
                f"Enter the table, or name the hidden sheet that holds it. Sheets: {self._names()}.",
            )
        if len(filled) > 1:
            self.place.refuse(
                f"several sheets hold cells: {self._names(filled)}.",
                'Say which one is the table: sheet = "..." under [source] of the protocol.',
            )
        return filled[0]

    def _named(self, wanted: str) -> int:
        names = [sheet.name for sheet in self.sheets]
        if wanted in names:
            return names.index(wanted)
        # Spreadsheet programs do not tell sheet names apart by case.
        alike = [i for i, name in enumerate(names) if name.strip().casefold() == wanted.strip().casefold()]
        if len(alike) != 1:
            self._refuse_name(wanted, names)
        return alike[0]

    def _refuse_name(self, wanted: str, names: Sequence[str]) -> NoReturn:
        near = difflib.get_close_matches(wanted, [Excerpt(name) for name in names[:_MOST_COMPARED]], n=1)
        hint = f'Did you mean "{near[0]}"? ' if near else ""
        self.place.refuse(f'there is no sheet "{Excerpt(wanted)}".', f"{hint}Sheets: {self._names()}.")

    def _names(self, positions: Sequence[int] | None = None) -> str:
        chosen = range(len(self.sheets)) if positions is None else positions
        shown = [f'"{Excerpt(self.sheets[i].name)}"' for i in chosen]
        more = len(shown) - _MOST_NAMED
        return ", ".join(shown[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
