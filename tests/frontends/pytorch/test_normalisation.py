"""Operators that scale elements by a statistic, and reduce axes."""

from aipu.tests.frontends.pytorch.exporting import check, check_all, operators, torch

nn = torch.nn
functional = torch.nn.functional


def trained(layer):
    """A normalisation with weights and statistics that are not 0 and 1."""
    for tensor in (*layer.parameters(), *layer.buffers()):
        if tensor.is_floating_point():
            nn.init.uniform_(tensor, 0.5, 1.5)
    return layer.eval()


LAYERS = {
    "batch_norm": trained(nn.BatchNorm2d(6)),
    "batch_norm without weights": trained(nn.BatchNorm2d(6, affine=False)),
    "layer_norm": trained(nn.LayerNorm(5)),
    "layer_norm of two axes": trained(nn.LayerNorm((4, 5), elementwise_affine=False)),
    "group_norm": trained(nn.GroupNorm(3, 6)),
    "instance_norm": trained(nn.InstanceNorm2d(6, affine=True)),
    "softmax": nn.Softmax(1),
    "log_softmax": nn.LogSoftmax(-1),
    "normalize": lambda x: functional.normalize(x, dim=1),
    "normalize by magnitudes": lambda x: functional.normalize(x, p=1, dim=-1),
}

REDUCTIONS = {
    "mean": lambda x: x.mean((2, 3)),
    "mean of all": lambda x: x.mean(),
    "mean that keeps axes": lambda x: x.mean((2, 3), keepdim=True),
    "sum": lambda x: x.sum(1),
    "prod": lambda x: x.prod(3),
    "amax": lambda x: x.amax((1, 2)),
    "amin": lambda x: x.amin(-1, keepdim=True),
    "max": lambda x: x.max(),
    "max of an axis": lambda x: x.max(1).values,
    "where the max is": lambda x: x.max(1).indices,
    "min of an axis": lambda x: x.min(2, keepdim=True)[0],
    "argmax": lambda x: x.argmax(1),
    "argmax of all": lambda x: x.argmax(),
    "argmin": lambda x: x.argmin(-1, keepdim=True),
    "var": lambda x: x.var(1),
    "var of a population": lambda x: x.var((2, 3), unbiased=False),
    "std": lambda x: x.std(1, keepdim=True),
    "norm": lambda x: torch.linalg.vector_norm(x, dim=1),
}


def test_normalisations():
    check_all(LAYERS, torch.randn(2, 6, 4, 5))


def test_rms_norm():
    check(trained(nn.RMSNorm(5)), torch.randn(2, 3, 5))


def test_reductions():
    check_all(REDUCTIONS, torch.randn(2, 6, 4, 5))


def test_a_batch_norm_is_one_operator_between_transposes():
    model = check(trained(nn.BatchNorm2d(6)), torch.randn(2, 6, 4, 5))
    assert operators(model) == ["nn.transpose", "nn.batch_norm", "nn.transpose"]
