"""The picture of a run: what each work costs in each mode as a multiple of the limit."""

from collections.abc import Sequence
from math import log2

from benchmarks.figures import Figures
from benchmarks.work import GOALS, WORKS

LEFT, RIGHT, BAR, GAP, TOP = 130, 640, 13, 16, 58
MOST = 64
# Legible on white and on black: each has a contrast of at least 3 to both.
TEXT = "#767676"
COLOURS = {
    "queue": "#3b82d0",
    "asyncpg": "#1f9d6b",
    "pgbouncer": "#8b6fd6",
    "null": "#b98512",
    "sqlite": "#6b8a99",
    "floor": "#9a8478",
    "conventional": "#d0604a",
}


def draw(found: Figures) -> str:
    """Bars on a scale where each line means twice as much as the one before; goals are ticks."""
    modes = [mode for mode in COLOURS if mode in found]
    works = list(found[next(iter(found))])
    height = TOP + len(works) * (len(modes) * BAR + GAP) + 8
    parts = [*_scale(height), *_legend(modes)]
    for place, work in enumerate(works):
        top = TOP + place * (len(modes) * BAR + GAP)
        parts.append(_text(LEFT - 8, top + len(modes) * BAR / 2 + 4, WORKS[work].title, "end"))
        for row, mode in enumerate(modes):
            if work in found[mode]:
                ratio = found[mode][work].ratio.median
                parts += _bar(top + row * BAR, mode, ratio, GOALS.get(mode, {}).get(work))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {RIGHT + 60} {height}" '
    head += 'font-family="system-ui, sans-serif" font-size="11">'
    title = "<title>Server CPU per request as a multiple of the limit; less is better</title>"
    return "\n".join([head, title, *parts, "</svg>", ""])


def _x(ratio: float) -> float:
    share = log2(min(max(ratio, 1), MOST)) / log2(MOST)
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{TEXT}">{text}</text>'


def _scale(height: int) -> list[str]:
    parts = []
    for power in range(int(log2(MOST)) + 1):
        x = _x(2**power)
        line = f'<path d="M{x} {TOP - 8}V{height - 8}" stroke="{TEXT}" stroke-opacity="0.35"/>'
        parts += [line, _text(x, TOP - 14, f"{2**power} x", "middle")]
    return parts


def _legend(modes: Sequence[str]) -> list[str]:
    parts = []
    for place, mode in enumerate(modes):
        x = LEFT + place * 78
        parts.append(f'<rect x="{x}" y="8" width="10" height="10" fill="{COLOURS[mode]}"/>')
        parts.append(_text(x + 14, 17, mode))
    return [*parts, _text(LEFT - 8, 17, "| goal", "end")]


def _bar(y: float, mode: str, ratio: float, goal: float | None) -> list[str]:
    end = _x(ratio)
    width = max(round(end - LEFT, 1), 1)
    box = f'x="{LEFT}" y="{y}" width="{width}" height="{BAR - 3}"'
    behind = max(end, _x(goal or 1)) + 6
    parts = [f'<rect {box} fill="{COLOURS[mode]}"/>', _text(behind, y + 9, f"{ratio:.1f}")]
    if goal:  # dark with a light edge, to be seen on any ground
        tick = f'<path d="M{_x(goal)} {y - 1}v{BAR - 1}"'
        parts.append(
            f'{tick} stroke="#fff" stroke-width="5"/>{tick} stroke="#111" stroke-width="2"/>'
        )
    return parts
