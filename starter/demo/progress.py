"""What people watch while the stories are told: a table that moves, or plain lines where nothing can move."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol, TextIO

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from starter.cli.speech import _
from starter.demo.scene import Scene
from starter.demo.stages import Mark, Marks, marks, stages, together
from starter.demo.watch import Watch

STYLES = {
    Mark.DONE: ("●", "green"),
    Mark.NOW: ("◐", "bold yellow"),
    Mark.TO_COME: ("○", "dim"),
    Mark.NOT_NEEDED: ("·", "dim"),
    Mark.STOPPED: ("✗", "red"),
}
FRAMES_PER_SECOND = 6
TITLE_WIDTH = 40
Addresses = Mapping[str, Any]


class Progress(Protocol):
    """Hears of everything that happens."""

    def server(self, part: str, state: str) -> None:
        """A server is starting, ready or stopping."""
        ...

    def begin(self, scenes: Sequence[Scene], watch: Watch, endpoints: Addresses) -> None:
        """The stories begin; the servers can be looked at from now on."""
        ...

    def told(self, scene: Scene) -> None:
        """A story says something, or has ended."""
        ...


@contextmanager
def progress(stream: TextIO, *, lines: bool) -> Iterator[Progress]:
    """The table on a terminal, lines elsewhere or when wanted."""
    if lines or not stream.isatty():
        yield Lines(stream)
        return
    console = Console(file=stream, highlight=False)
    table = Moving(console)
    with Live(get_renderable=table.picture, console=console, refresh_per_second=FRAMES_PER_SECOND) as live:
        yield table
        live.refresh()


class Lines:
    """One line whenever a story has something new to say."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def server(self, part: str, state: str) -> None:
        """Only what is ready is worth a line."""
        if state == "ready":
            self._line(_("{part} is ready").format(part=part))

    def begin(self, scenes: Sequence[Scene], watch: Watch, endpoints: Addresses) -> None:
        """Say how many stories there are, and where to look."""
        self._line(_look_around(endpoints))
        self._line(_("{count} stories begin, all at the same time").format(count=len(scenes)))

    def told(self, scene: Scene) -> None:
        """The seconds, the story, its order, and what it says."""
        self._line(f"{scene.seconds:5.1f}  {scene.story.title()}  {order_names(scene)}  {scene.saying}".rstrip())

    def _line(self, line: str) -> None:
        with suppress(BrokenPipeError):  # whoever read has seen enough; the stories are told to their end
            self._stream.write(" ".join(line.split("\n")) + "\n")
            self._stream.flush()


class Moving:
    """The table: one row per story with its stages, what it waits for and how long it has taken."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._parts: dict[str, str] = {}
        self._scenes: Sequence[Scene] = ()
        self._watch: Watch | None = None
        self._endpoints: Addresses = {}
        self._spinner = Spinner("dots", style="yellow")

    def server(self, part: str, state: str) -> None:
        """Kept for the next frame."""
        self._parts[part] = state

    def begin(self, scenes: Sequence[Scene], watch: Watch, endpoints: Addresses) -> None:
        """From now on the stories are shown."""
        self._scenes, self._watch, self._endpoints = scenes, watch, endpoints

    def told(self, scene: Scene) -> None:
        """Seen in the next frame."""

    def picture(self) -> RenderableType:
        """One frame."""
        if not self._scenes:
            return self._starting()
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="cyan", expand=True)
        table.add_column("", width=1)
        table.add_column(_("Story"), no_wrap=True, overflow="ellipsis", max_width=TITLE_WIDTH)
        table.add_column(_("Order"), no_wrap=True)
        table.add_column(_("Stages"), no_wrap=True, min_width=7)
        table.add_column(_("What happens"), no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column("s", justify="right", no_wrap=True, min_width=4)
        for scene in self._scenes:
            table.add_row(
                self._state(scene),
                Text(scene.story.title()),
                Text(order_names(scene)),
                _strip(self._marks(scene)),
                Text(scene.saying, style="" if scene.ended is None else "dim"),
                f"{scene.seconds:.0f}",
            )
        room = self._console.width
        lines = (_("Stages: {names}").format(names=" · ".join(stages())), _look_around(self._endpoints))
        return Group("", table, "", self._legend(), *(Text(line, "dim") for line in lines if cell_len(line) <= room))

    def _starting(self) -> RenderableType:
        line = Text.assemble((_("Starting real servers:") + " ", "bold"))
        for part, state in self._parts.items():
            line.append(f"{part} ", "green" if state == "ready" else "yellow")
        self._spinner.update(text=line)
        return self._spinner

    def _state(self, scene: Scene) -> RenderableType:
        if scene.ended is None:
            return self._spinner_alone
        return Text("✓", "bold green") if scene.good else Text("✗", "bold red")

    @property
    def _spinner_alone(self) -> RenderableType:
        self._spinner.text = ""
        return self._spinner

    def _marks(self, scene: Scene) -> Marks:
        rows = self._watch.orders if self._watch else {}
        shipments = self._watch.shipments if self._watch else {}
        known = [marks(rows[number], number in shipments, scene.short) for number in scene.orders if number in rows]
        return together(known)

    def _legend(self) -> Text:
        legend = Text(style="dim")
        words = {
            Mark.DONE: _("done"),
            Mark.NOW: _("at work"),
            Mark.TO_COME: _("to come"),
            Mark.NOT_NEEDED: _("not needed"),
            Mark.STOPPED: _("ended"),
        }
        for mark, word in words.items():
            glyph, style = STYLES[mark]
            legend.append(glyph, style).append(f" {word}  ")
        return legend


def _look_around(endpoints: Addresses) -> str:
    return _("Look around meanwhile: {api}/docs  and Temporal's {temporal_ui}").format_map(endpoints)


def order_names(scene: Scene) -> str:
    """The story's order, or how many it has."""
    if len(scene.orders) > 1:
        return _("{count} orders").format(count=len(scene.orders))
    return scene.orders[0] if scene.orders else ""


def _strip(of_stages: Marks) -> Text:
    strip = Text()
    for mark in of_stages:
        glyph, style = STYLES[mark]
        strip.append(glyph, style)
    return strip


def output(*, as_json: bool) -> TextIO:
    """Where progress goes: beside the document when there is one."""
    return sys.stderr if as_json else sys.stdout
