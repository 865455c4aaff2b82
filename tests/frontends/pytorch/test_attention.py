"""Attention, and the layers of transformers."""

from aipu.tests.frontends.pytorch.exporting import check, check_all, torch

nn = torch.nn
attention = nn.functional.scaled_dot_product_attention

MASK = torch.rand(5, 5) > 0.3
MASK[:, 0] = True


def test_scaled_dot_product_attention():
    check_all(
        {
            "plain": attention,
            "causal": lambda q, k, v: attention(q, k, v, is_causal=True),
            "with a scale": lambda q, k, v: attention(q, k, v, scale=0.7),
            "with a mask": lambda q, k, v: attention(q, k, v, MASK),
            "with numbers for a mask": lambda q, k, v: attention(
                q, k, v, 2 * MASK - 1.0
            ),
        },
        *(torch.randn(2, 2, 5, 8) for _ in range(3)),
    )


def test_multi_head_attention():
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.heads = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x):
            return self.heads(x, x, x, need_weights=False)[0]

    check(Attention(), torch.randn(2, 5, 8))


def test_a_layer_of_an_encoder():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
    check(layer, torch.randn(2, 5, 8))
