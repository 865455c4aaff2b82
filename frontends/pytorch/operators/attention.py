"""Scaled dot product attention."""

from math import sqrt

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import Node
from .elementwise import HIDDEN, hidden


def attention(node: Node) -> list[SSAValue]:
    """`softmax(query * key' * scale + mask) * value`.

    Vaswani et al. 2017, equation 1. Core ATen's has one more result, unused.
    """
    if node.real("dropout_p", 0.0):
        raise node.unsupported("dropout as in training: call module.eval() first")
    if node.flag("enable_gqa", False) or node.flag("return_debug_mask", False):
        raise node.unsupported("enable_gqa or return_debug_mask")
    query, key, value = (node.tensor(name) for name in ("query", "key", "value"))
    *leading, depth = range(len(nn.shape(key)))
    turned = nn.TransposeOp(key, (*leading[:-1], depth, leading[-1]))
    scale = node.real("scale", 1 / sqrt(nn.shape(query)[-1]))
    scores = node.emit(nn.MatMulOp(query, node.emit(turned)))
    scores = _masked(node, node.scaled(scores, "scale", scale))
    shares = node.emit(nn.SoftmaxOp(scores, depth))
    return [node.emit(nn.MatMulOp(shares, value))]


def _masked(node: Node, scores: SSAValue) -> SSAValue:
    """Scores that nobody may look at become very small."""
    name = "attn_bias" if "attn_bias" in node.source.arguments else "attn_mask"
    if node.flag("is_causal", False):
        rows, columns = nn.shape(scores)[-2:]
        later = np.triu(np.full((rows, columns), HIDDEN, np.float32), 1)
        return node.emit(nn.AddOp(scores, node.weight(f"{node.name}/causal", later)))
    if not node.has(name):
        return scores
    mask = node.constant(name)
    added = mask.array
    if added.dtype == np.bool_:
        added = np.where(added, np.float32(0), np.float32(HIDDEN))
    return node.emit(nn.AddOp(scores, node.weight(mask.name, hidden(added))))


CONVERTERS = {
    "scaled_dot_product_attention": attention,
    "_scaled_dot_product_flash_attention_for_cpu": attention,
}
