"""How values become payloads: one converter for the whole process.

The SDK makes a converter for every task of every workflow. Pydantic's is dear to make, and a new one has forgotten
how each type is read.
"""

from __future__ import annotations

from typing import ClassVar, Self

from temporalio.contrib.pydantic import PydanticPayloadConverter


class Values(PydanticPayloadConverter):
    """Pydantic's converter; whoever makes one gets the one that there is, which holds nothing of its caller's."""

    _one: ClassVar[Self | None] = None

    def __new__(cls) -> Self:
        """The one converter."""
        if cls._one is None:
            made = super().__new__(cls)
            PydanticPayloadConverter.__init__(made)
            cls._one = made
        return cls._one

    def __init__(self) -> None:
        """Nothing is left to do."""
