"""Who is told how far long work is."""

from typing import Protocol


class Progress(Protocol):
    """Called as each step begins, and where it is done in buckets before each of them."""

    def __call__(self, step: str, done: int = 0, total: int = 0, /) -> None:
        """Say what is being done, how many of its buckets are done, and how many there are; 0: unknown."""


class _Silent:
    def __call__(self, step: str, done: int = 0, total: int = 0, /) -> None:
        del step, done, total


SILENT: Progress = _Silent()
"""Tells nobody."""
