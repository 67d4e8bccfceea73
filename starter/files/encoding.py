"""Receipt by file: which encoding a text file is written in.

A byte order mark decides. Else UTF-8, when it is valid or nearly so (a broken byte in one line does not make the
other lines Latin). Else GB18030 or Windows-1252: Chinese text comes as pairs of high bytes, Western text as single
accented letters between ASCII ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from starter.files.errors import UnusableFile

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_FOREIGN = ((b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"\x1f\x8b", "gzip"),
            (b"\x7fELF", "ELF"), (b"SQLite format 3", "SQLite"), (b"PAR1", "Parquet"))  # fmt: skip
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1a") + b"\x7f"
_SAMPLE = 65_536
_LINE = 262_144
_DOUBTFUL = 400_000
_PAIRED = 0.8


@dataclass(slots=True)
class _Census:
    """Lines with bytes beyond ASCII: how many are valid UTF-8, and a sample of the others."""

    valid: int = 0
    broken: int = 0
    sample: list[bytes] = field(default_factory=list)
    sampled: int = 0

    def count(self, line: bytes, *, last: bool) -> None:
        """Count one line with bytes beyond ASCII; the last one may end within a character."""
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            if last and error.reason == "unexpected end of data":
                return
            self.broken += 1
            if self.sampled < _DOUBTFUL:
                self.sample.append(line)
                self.sampled += len(line)
        else:
            self.valid += 1


def detect_encoding(path: Path) -> str:
    """The name of the encoding; UnusableFile when the file is no text."""
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
        for mark, name in _MARKS:
            if sample.startswith(mark):
                return name
        for magic, what in _FOREIGN:
            if sample.startswith(magic):
                raise UnusableFile(
                    "{file} is a {kind} file; give a CSV, TSV or XLSX file of orders.", file=path.name, kind=what
                )
        wide = _wide(sample)
        if wide:
            return wide
        stream.seek(0)
        census = _take_census(stream)
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if census.broken and controls > len(sample) * 0.05:
        raise UnusableFile(
            "{file} is a binary file and no XLSX workbook; give a CSV, TSV or XLSX file of orders.", file=path.name
        )
    if not census.broken or census.valid > 4 * census.broken:
        return "utf-8"
    return "gb18030" if _is_chinese(census.sample) else _western(census.sample)


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: nearly every other byte of Western text is zero."""
    half = len(sample) // 2
    if half < 8:
        return None
    if sample[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    return "utf-16-be" if sample[0::2].count(0) > half * 0.7 else None


def _take_census(stream: BinaryIO) -> _Census:
    census = _Census()
    waiting: bytes | None = None
    while line := stream.readline(_LINE):
        if line.isascii():
            continue
        if waiting is not None:
            census.count(waiting, last=False)
        waiting = line
    if waiting is not None:
        census.count(waiting, last=not waiting.endswith(b"\n"))
    return census


def _is_chinese(lines: list[bytes]) -> bool:
    """Nearly every line is valid GB18030, and its characters are pairs of two high bytes."""
    paired = mixed = invalid = 0
    for line in lines:
        try:
            characters = line.decode("gb18030")
        except UnicodeDecodeError:
            invalid += 1
            continue
        for character in characters:
            if character.isascii():
                continue
            code = character.encode("gb18030")
            if len(code) == 2 and code[1] >= 0x80:
                paired += 1
            else:
                mixed += 1
    return invalid <= len(lines) * 0.1 and paired > (paired + mixed) * _PAIRED


def _western(lines: list[bytes]) -> str:
    """Windows-1252, or Latin-1 when a byte occurs that Windows-1252 does not know."""
    try:
        b"".join(lines).decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"
