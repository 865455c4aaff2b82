"""Operators that move, pick or repeat elements."""

from aipu.tests.frontends.pytorch.exporting import check, check_all, operators, torch

functional = torch.nn.functional

PLACES = torch.arange(2 * 6 * 4 * 5).reshape(2, 6, 4, 5) * 7 % 6
"""Indices of an axis of 6, an own one for each element."""

MOVES = {
    "view": lambda x: x.view(2, -1, 5),
    "reshape": lambda x: x.reshape(-1),
    "view_as": lambda x: x.view_as(x.permute(3, 0, 1, 2)),
    "flatten": lambda x: x.flatten(1, 2),
    "unflatten": lambda x: x.unflatten(1, (3, -1)),
    "squeeze": lambda x: x[:1].squeeze(),
    "squeeze of an axis": lambda x: x[:, :1].squeeze(1).squeeze(0),
    "squeeze of axes": lambda x: x[:1, :1].squeeze((0, 1)),
    "unsqueeze": lambda x: x.unsqueeze(-1).unsqueeze(0),
    "permute": lambda x: x.permute(0, 3, -2, 1),
    "transpose": lambda x: x.transpose(1, -1),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "t": lambda x: x[0, 0].t(),
    "movedim": lambda x: x.movedim((0, 1), (2, 0)),
    "cat": lambda x: torch.cat([x, x + 1, x], 1),
    "stack": lambda x: torch.stack([x, -x], -1),
    "slice": lambda x: x[:, 1:-1, ::2, -3:],
    "slice past the end": lambda x: x[:, :, :100],
    "select": lambda x: x[:, -2],
    "narrow": lambda x: x.narrow(3, 1, 2),
    "split": lambda x: torch.split(x, 2, 2)[1],
    "split in sizes": lambda x: torch.split(x, [1, 3], 2)[1],
    "chunk": lambda x: x.chunk(3, 3)[2],
    "unbind": lambda x: x.unbind(1)[4],
    "flip": lambda x: x.flip(1, -1),
    "roll": lambda x: x.roll((1, -2), (1, 3)),
    "index by a list": lambda x: x[:, [0, 2, 4]],
    "index by a mesh": lambda x: x[:, :, [[0], [3]], [1, 2, 4]],
    "index_select": lambda x: x.index_select(2, torch.tensor([3, 3, 0])),
    "expand": lambda x: x[:, :1].expand(-1, 4, -1, -1),
    "expand to a higher rank": lambda x: x[0, 0].expand(2, 3, 4, 5),
    "expand_as": lambda x: x[:, :, :1].expand_as(x),
    "repeat": lambda x: x.repeat(2, 1, 2, 1),
    "repeat to a higher rank": lambda x: x.repeat(2, 1, 1, 1, 3),
    "tile": lambda x: x.tile(2, 2),
    "repeat_interleave": lambda x: x.repeat_interleave(3, dim=1),
    "pixel_shuffle": lambda x: functional.pixel_shuffle(x[:, :4], 2),
    "pixel_unshuffle": lambda x: functional.pixel_unshuffle(x[..., :4], 2),
    "channel_shuffle": lambda x: functional.channel_shuffle(x, 3),
    "pad": lambda x: functional.pad(x, (1, 2, 0, 1), value=0.5),
    "pad that crops": lambda x: functional.pad(x, (-1, 2, 0, -1)),
    "pad that reflects": lambda x: functional.pad(x, (2, 3, 1, 0), mode="reflect"),
    "pad of the edge": lambda x: functional.pad(x, (2, 0, 1, 3), mode="replicate"),
    "pad in a circle": lambda x: functional.pad(x, (2, 3, 1, 0), mode="circular"),
    "unfold": lambda x: functional.unfold(x, (2, 3), 2, 1, (1, 2)),
    "unfold, wide": lambda x: functional.unfold(x, (3, 4)),
    "unfold of an axis": lambda x: x.unfold(2, 3, 1).unfold(1, 2, 2),
    "unfold in long windows": lambda x: x.unfold(1, 5, 1),
    "gather of whole parts": lambda x: x.gather(1, PLACES[:1, :, :1, :1].expand_as(x)),
    "gather": lambda x: x.gather(1, PLACES),
    "gather of some": lambda x: x.gather(2, PLACES[:1, :2, :3, :4] % 4),
    "take_along_dim": lambda x: x.take_along_dim(PLACES[:1, :, :1], 1),
    "take_along_dim of all": lambda x: x.take_along_dim(PLACES[0, 0, 0]),
    "clone": lambda x: x.clone().contiguous().detach(),
    "to double and back": lambda x: x.double().float(),
}


def test_moves():
    check_all(MOVES, torch.randn(2, 6, 4, 5))


def test_several_results_of_one_operator():
    check(lambda x: x.chunk(2, 1), torch.randn(2, 6, 4))


def test_moves_of_constants_are_computed():
    table = torch.randn(4, 6)
    mixed = torch.tensor([[3, 0, 3], [1, 2, 0]])

    def model(x):
        rows = table[[3, 0]].t().reshape(1, 12)
        picked = table[mixed].reshape(36)[:12]
        return x + rows.flip(1).expand(2, -1) * torch.arange(12).float() + picked

    assert operators(check(model, torch.randn(2, 12))) == ["nn.add"] * 2


def test_rows_of_an_embedding_that_are_known():
    layer = torch.nn.Embedding(10, 4)

    class Positions(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = layer

        def forward(self, x):
            return x + self.layer(torch.arange(3))

    assert operators(check(Positions(), torch.randn(2, 3, 4))) == ["nn.add"]


def test_creation():
    check_all(
        {
            "zeros": lambda x: x + torch.zeros(3),
            "ones": lambda x: x + torch.ones(3, 3),
            "full": lambda x: x + torch.full((3,), 0.5),
            "like": lambda x: x + torch.ones_like(x) + torch.full_like(x, 2.5),
            "new": lambda x: x + x.new_ones(3) + x.new_zeros(3, 1),
            "arange": lambda x: x + torch.arange(1.0, 4.0),
            "arange in steps": lambda x: x + torch.arange(0, 6, 2),
            "triangles": lambda x: (
                x * torch.ones(3, 3).tril() * torch.ones(3, 3).triu(-1)
            ),
        },
        torch.randn(3, 3),
    )


def test_parts_that_are_replaced():
    check_all(
        {
            "select_scatter": lambda x: x.select_scatter(x[:, 0], 1, 2),
            "slice_scatter": lambda x: x.slice_scatter(x[:, :2], 1, 3, 5),
            "slice_scatter to the end": lambda x: x.slice_scatter(x[:2], 0, 1, 9),
            "fill": lambda x: x + torch.fill(x, 2.0),
        },
        torch.randn(3, 6, 4),
    )
