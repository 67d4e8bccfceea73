"""Receipt by file: which document numbers come back further down, in memory that does not grow with the file."""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from types import TracebackType
from typing import IO

_BITS = 1 << 26
_HASHES = 4


class Sightings:
    """Numbers seen, as a Bloom filter of 8 MB: it may call a new number seen (one in a thousand at millions of them,
    which costs a detour through the spool), never a seen number new."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)

    def seen(self, number: str) -> bool:
        """Whether the number was seen before; it is from now on."""
        before = self.knows(number)
        if not before:
            for position in _positions(number):
                self._bits[position >> 3] |= 1 << (position & 7)
        return before

    def knows(self, number: str) -> bool:
        """Whether the number was seen."""
        return all(self._bits[position >> 3] & 1 << (position & 7) for position in _positions(number))


def _positions(number: str) -> list[int]:
    digest = blake2b(number.encode("utf-8", "surrogatepass"), digest_size=4 * _HASHES).digest()
    return [int.from_bytes(digest[at : at + 4], "big") % _BITS for at in range(0, 4 * _HASHES, 4)]


class Spool:
    """Rows put aside on disk until the last row of their document has come: eight bytes of memory each."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="orderkeep-import-")  # noqa: SIM115 - closed in __exit__
        self._places: dict[str, array[int]] = {}

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def put(self, number: str, item: object) -> None:
        """Put one item of a document aside."""
        self._places.setdefault(number, array("Q")).append(self._file.seek(0, 2))
        pickle.dump(item, self._file, protocol=5)

    def count(self, number: str) -> int:
        """How many items of the document lie here."""
        return len(self._places.get(number, ()))

    def take(self, number: str) -> Iterator[object]:
        """The items of a document, one by one in the order in which they came; they are gone from here."""
        for place in self._places.pop(number, array("Q")):
            self._file.seek(place)
            yield pickle.load(self._file)  # our own file, made a moment ago and known to nobody
