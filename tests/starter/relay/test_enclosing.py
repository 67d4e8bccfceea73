"""The invoice goes with its letter where letters reach their readers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateways.documents.typesetting import CannotTypeset
from gateways.notices import registry
from gateways.notices.port import Notice
from starter.relay import enclosing
from starter.relay.bell import Doorbell
from starter.relay.letters import LetterRelay
from tests import builders


class Kept:
    """A way out that keeps what it is given."""

    repeats_show = False

    def __init__(self, encloses: bool) -> None:
        self.encloses = encloses
        self.letters: list[Notice] = []

    async def deliver(self, notice: Notice) -> None:
        """Take a letter."""
        self.letters.append(notice)


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """The only way out."""
    before, way = list(registry._posts), Kept(encloses=request.param)
    registry._posts[:] = [way]
    yield way
    registry._posts[:] = before


async def with_letters(database: str, way: Kept) -> dict[str, Notice]:
    """The letters of a delivered order, by what they are about."""
    await builders.a_company()
    await builders.invoiced(await builders.an_order({"BOLT": 3}))
    assert await LetterRelay(Doorbell(database, "notice"))._round() == len(way.letters) > 2
    assert await builders.rows("SELECT key FROM notice WHERE sent_at IS NULL") == []
    return {letter.key.partition("/")[0]: letter for letter in way.letters}


@pytest.mark.parametrize("way", [True], indirect=True)
async def test_the_invoice_goes_with_its_letter_and_with_no_other(database: str, way: Kept):
    letters = await with_letters(database, way)
    enclosure = letters.pop("invoice_posted").enclosure
    assert enclosure is not None
    assert enclosure.file_name == "INV-000001.pdf"
    assert enclosure.content.startswith(b"%PDF-1.7")
    assert [letter.enclosure for letter in letters.values()] == [None] * len(letters)


@pytest.mark.parametrize("way", [False], indirect=True)
async def test_nothing_goes_into_a_folder_with_a_letter(database: str, way: Kept):
    assert (await with_letters(database, way))["invoice_posted"].enclosure is None


@pytest.mark.parametrize("way", [True], indirect=True)
async def test_a_very_long_invoice_and_one_that_cannot_be_set_do_not_keep_the_letter(
    database: str, way: Kept, monkeypatch: pytest.MonkeyPatch
):
    def unprintable(view: object, language: str) -> bytes:
        raise CannotTypeset("no paper")

    monkeypatch.setattr(enclosing, "invoice_pdf", unprintable)
    assert (await with_letters(database, way))["invoice_posted"].enclosure is None
    monkeypatch.undo()
    monkeypatch.setattr(enclosing, "MOST_LINES", 0)
    await builders.invoiced(await builders.an_order({"BOLT": 1}))
    await LetterRelay(Doorbell(database, "notice"))._round()
    assert [each.enclosure for each in way.letters if each.key.startswith("invoice_posted")] == [None, None]
