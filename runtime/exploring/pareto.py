"""A sweep as a picture: speed over traffic, a panel for each model, in SVG.

The line joins what nothing else beats in both: the Pareto front.
"""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10

from .sweep import Point

WIDTH, HEIGHT = 560, 330
LEFT, RIGHT, TOP, BOTTOM = 74, 20, 40, 54
COLOURS = ("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#65a30d")
SHAPES = ("circle", "square", "triangle", "diamond")
STYLE = (
    "text{font:12px sans-serif;fill:#334155}.title{font-size:14px;font-weight:600}"
    ".axis{stroke:#94a3b8}.grid{stroke:#e2e8f0}.front{fill:none;stroke:#475569;"
    "stroke-dasharray:4 3}"
)


def front(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What no other beats in both, by the first: less of that, more of the second."""
    found: list[tuple[float, float]] = []
    for x, y in sorted(points, key=lambda each: (each[0], -each[1])):
        if not found or y > found[-1][1]:
            found.append((x, y))
    return found


def picture(rows: Sequence[Point]) -> str:
    """The SVG of a table; of what could not be built there is nothing."""
    models = list(dict.fromkeys(row.model for row in rows))
    names = list(dict.fromkeys(row.strategy for row in rows))
    goals = list(dict.fromkeys(row.goal for row in rows))
    legend = 26 * ceil((len(names) + len(goals) * (len(goals) > 1)) / 3) + 16
    height = HEIGHT * len(models) + legend
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
    ]
    for number, model in enumerate(models):
        own = [row for row in rows if row.model == model]
        lines.append(f'<g transform="translate(0 {number * HEIGHT})">')
        lines += _panel(model, own, names, goals)
        lines.append("</g>")
    lines.append(f'<g transform="translate(0 {HEIGHT * len(models)})">')
    lines += _legend(names, goals)
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _panel(
    model: str, rows: Sequence[Point], names: Sequence[str], goals: Sequence[str]
) -> Iterator[str]:
    points = [(row, *point) for row in rows if (point := _point(row)) is not None]
    yield f'<text class="title" x="{LEFT}" y="22">{escape(model)}</text>'
    if not points:
        yield f'<text x="{LEFT}" y="60">nothing could be built</text>'
        return
    most_x = 1.06 * max(x for _, x, _ in points)
    most_y = 1.06 * max(y for _, _, y in points)

    def place(x: float, y: float) -> tuple[float, float]:
        inner = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        across = LEFT + x / most_x * inner[0]
        return round(across, 1), round(TOP + (1 - y / most_y) * inner[1], 1)

    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for tick in _ticks(most_x):
        x, _ = place(tick, 0)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text x="{x}" y="{bottom + 17}" text-anchor="middle">{tick:g}</text>'
    for tick in _ticks(most_y):
        _, y = place(0, tick)
        yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{tick:g}</text>'
    yield f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{bottom}H{right}"/>'
    yield (
        f'<text x="{(LEFT + right) / 2}" y="{bottom + 38}" text-anchor="middle">'
        "MB over the bus a frame</text>"
    )
    yield (
        f'<text transform="translate(18 {(TOP + bottom) / 2}) rotate(-90)" '
        'text-anchor="middle">frames a second, machine alone</text>'
    )
    best = [place(*each) for each in front([(x, y) for _, x, y in points])]
    yield f'<path class="front" d="M{"L".join(f"{x} {y}" for x, y in best)}"/>'
    for row, x, y in points:
        number = names.index(row.strategy)
        colour, size = COLOURS[number % len(COLOURS)], max(7 - number, 3)
        shape = SHAPES[goals.index(row.goal) % len(SHAPES)]
        yield _mark(shape, *place(x, y), size, colour, _words(row, x, y))


def _point(row: Point) -> tuple[float, float] | None:
    """Megabytes a frame, and frames a second."""
    if row.machine_fps is None or row.dram_bytes is None:
        return None
    return row.dram_bytes / (row.batch or 1) / 1e6, row.machine_fps


def _words(row: Point, x: float, y: float) -> str:
    settings = " ".join(f"{key}={value}" for key, value in row.settings)
    what = f"{row.strategy}, {row.goal}, {row.target} {settings}, batch {row.batch}"
    return f"{what}: {y:.2f} FPS, {x:.3f} MB"


def _mark(shape: str, x: float, y: float, size: float, colour: str, words: str) -> str:
    """A mark that others under it, which are larger, show around."""
    look = f'fill="{colour}" fill-opacity="0.5" stroke="{colour}"'
    title = f"<title>{escape(words)}</title>" if words else ""
    match shape:
        case "circle":
            return f'<circle cx="{x}" cy="{y}" r="{size}" {look}>{title}</circle>'
        case "square":
            path = f"M{x - size} {y - size}h{2 * size}v{2 * size}h-{2 * size}z"
        case "triangle":
            path = f"M{x} {y - size}l{size} {2 * size}h-{2 * size}z"
        case _:
            path = f"M{x} {y - size}l{size} {size}l-{size} {size}l-{size} -{size}z"
    return f'<path d="{path}" {look}>{title}</path>'


def _legend(names: Sequence[str], goals: Sequence[str]) -> Iterator[str]:
    marks = [
        ("circle", COLOURS[n % len(COLOURS)], name) for n, name in enumerate(names)
    ]
    if len(goals) > 1:
        marks += [
            (SHAPES[n % len(SHAPES)], "#64748b", f"goal {goal}")
            for n, goal in enumerate(goals)
        ]
    for number, (shape, colour, words) in enumerate(marks):
        x, y = LEFT + number % 3 * 155, 12 + number // 3 * 26
        yield _mark(shape, x, y, 5, colour, "")
        yield f'<text x="{x + 12}" y="{y + 4}">{escape(words)}</text>'


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 up, five or so."""
    if most <= 0:
        return [0.0]
    power = 10.0 ** floor(log10(most))
    step = next(each * power for each in (0.1, 0.2, 0.5, 1) if most / each / power <= 8)
    return [n * step for n in range(int(most / step) + 1)]
