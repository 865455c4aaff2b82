"""Recurrent layers."""

import pytest

from aipu.tests.frontends.pytorch.exporting import check, torch

nn = torch.nn

LAYERS = [
    nn.LSTM(6, 4),
    nn.LSTM(6, 4, num_layers=2, bidirectional=True, batch_first=True),
    nn.LSTM(6, 4, bias=False, proj_size=3),
    nn.GRU(6, 4, num_layers=2),
    nn.GRU(6, 4, bidirectional=True, bias=False, batch_first=True),
    nn.RNN(6, 4),
    nn.RNN(6, 4, nonlinearity="relu", bidirectional=True),
]


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_a_layer_and_its_last_states(layer):
    check(layer, torch.randn(5, 3, 6), core=False)


def test_states_before_the_first_step():
    class Continued(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.LSTM(6, 4)

        def forward(self, x, h, c):
            return self.layer(x, (h, c))

    states = (torch.randn(1, 3, 4), torch.randn(1, 3, 4))
    check(Continued(), torch.randn(5, 3, 6), *states, core=False)


def test_a_layer_in_core_operators():
    check(nn.GRU(6, 4), torch.randn(3, 2, 6))
