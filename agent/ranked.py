"""Things in order, with numbers beside them that NumPy reads without copying: ten thousand are looked through at once."""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class Ranked(Generic[T]):
    """A sorted list with columns; the ranks of its things differ."""

    def __init__(self, rank: Callable[[T], Any], **columns: str) -> None:
        """columns: the type of each, as in the module array."""
        self.things: list[T] = []
        self._rank, self._ranks = rank, list[Any]()
        self._columns: dict[str, array[Any]] = {name: array(kind) for name, kind in columns.items()}

    def put(self, thing: T, **numbers: float) -> None:
        """Take a thing into its place, with a number for each column."""
        place = self.place(thing)
        self._ranks.insert(place, self._rank(thing))
        self.things.insert(place, thing)
        for name, column in self._columns.items():
            column.insert(place, numbers[name])

    def drop(self, thing: T) -> None:
        """Take out one that is there."""
        place = self.place(thing)
        del self._ranks[place], self.things[place]
        for column in self._columns.values():
            del column[place]

    def place(self, thing: T) -> int:
        """Where it is, or would be."""
        return bisect_left(self._ranks, self._rank(thing))

    def set(self, thing: T, column: str, number: float) -> None:
        """Change one number."""
        self._columns[column][self.place(thing)] = number

    def column(self, name: str) -> NDArray[Any]:
        """The numbers in the order of the things. Let go of it before anything is put or dropped."""
        column = self._columns[name]
        return np.frombuffer(column, dtype=column.typecode) if column else np.empty(0, dtype=column.typecode)
