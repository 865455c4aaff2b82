"""How ranges are chosen, in the words of the vendor's tools."""

from .values import words_like

STRATEGIES = words_like(
    r"extrema|minmax|mean|best|in_ir|\d+std|\d*kld|[\d.]*aciq_(laplace|gauss)"
    r"|[\d.]*percentile|weighted_scale_param\[[\d.,\s+-]*\]",
    "extrema",
    "mean",
    "99.9percentile",
    "3std",
    "kld",
    "aciq_laplace",
    "aciq_gauss",
    "in_ir",
)
