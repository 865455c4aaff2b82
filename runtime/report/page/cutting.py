"""The page of a network that would be cut: modes, segments, what passes, the graph."""

from ...inspecting.cutting import Cut
from ..graph.cut import cut_picture
from ..quantities import count, quantity
from ..speed import milliseconds
from .templates import template


def render_cut(cut: Cut) -> str:
    """The whole page."""
    return template("cut.html", (quantity, count, milliseconds)).render(
        cut=cut, graph=cut_picture(cut)
    )
