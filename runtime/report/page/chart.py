"""What all charts share: size, type, colours, and how they become part of a page.

A chart is an SVG whose text stays text. Its lines are of a grey that shows on light and
dark; the page colours its text. Marks have tips that browsers show under the pointer.
A point is a pixel of the page: a chart never shrinks below that, so that its letters
can be read; where the page has no room for it, it is scrolled.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import StringIO

from matplotlib import rc_context, rcdefaults
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH = 1080
"""Points of a chart that fills the page."""

TYPE, SMALL_TYPE = 12, 10
"""Points of the letters of axes, and of names in the drawing."""

POINTS_PER_INCH = 72
LINES = "#8a8f98"
FAINT = "#8a8f9840"


@contextmanager
def chart_style() -> Iterator[None]:
    """All charts are made in here, whatever settings the user of matplotlib has."""
    with rc_context():
        rcdefaults()
        settings = rc_context(
            {
                "svg.fonttype": "none",
                "font.size": TYPE,
                "axes.edgecolor": LINES,
                "axes.labelsize": TYPE,
                "axes.spines.right": False,
                "axes.spines.top": False,
                "axes.axisbelow": True,
                "grid.color": FAINT,
                "xtick.color": LINES,
                "ytick.color": LINES,
                "legend.frameon": False,
                "figure.facecolor": "none",
                "axes.facecolor": "none",
            }
        )
        with settings:
            yield


class Chart:
    """One drawing.

    Args:
        name: unique on the page.
        height: of the whole drawing, in points.
        rows: the relative heights of its axes, one below the other.
        width: of the whole drawing, in points.
    """

    def __init__(
        self,
        name: str,
        height: int,
        rows: tuple[int, ...] = (1,),
        width: int = WIDTH,
    ):
        self.name = name
        self.tips: list[str] = []
        self.figure = Figure(
            (width / POINTS_PER_INCH, height / POINTS_PER_INCH),
            dpi=POINTS_PER_INCH,
            layout="constrained",
        )
        axes = self.figure.subplots(
            len(rows), sharex=True, squeeze=False, height_ratios=rows
        )
        self.axes: list[Axes] = list(axes[:, 0])

    def tip(self, artist: Artist, text: str) -> None:
        """Show a text where the pointer is on a mark."""
        artist.set_gid(f"tip-{len(self.tips)}")
        self.tips.append(text)

    def inside(self, text: Artist) -> None:
        """Keep a text dark that stands on a light mark."""
        text.set_gid("inside")

    def legend(self, axes: Axes, columns: int) -> None:
        """The names of the marks of some axes, above them; there may be none."""
        handles, labels = axes.get_legend_handles_labels()
        if not handles:
            return
        axes.legend(
            handles,
            labels,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=columns,
            borderaxespad=0,
            handlelength=1,
            handleheight=1,
            columnspacing=1.6,
        )

    def svg(self) -> str:
        """The drawing as an element of a page; equal drawings give equal text."""
        stream = StringIO()
        with rc_context({"svg.hashsalt": self.name}):
            self.figure.savefig(stream, format="svg", metadata={"Date": None})
        text = stream.getvalue()
        text = text[text.index("<svg") :]
        text = re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2"', text, count=2)
        text = re.sub(r'<g id="tip-(\d+)">', self._tip, text)
        text = text.replace('<g id="inside">', '<g class="inside">')
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
        return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{self.name}-", text)

    def _tip(self, match: re.Match[str]) -> str:
        return f"<g><title>{escape(self.tips[int(match[1])])}</title>"


def is_wide(svg: str) -> bool:
    """Whether a drawing is wider than the page ever is."""
    found = re.search(r'<svg[^>]* width="([\d.]+)"', svg)
    return found is not None and float(found[1]) > WIDTH
