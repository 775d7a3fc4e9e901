"""Networks of PyTorch, exported and judged."""

import copy
import csv
import json
import warnings

import pytest
import torch
from conftest import ROOT
from torch import nn
from torch.nn import functional

import saddlemap
from saddlemap.network import module
from saddlemap.nn import Residual
from saddlemap.verdict import Verdict, judge

N, FEATURES = 24, 5


class RMSNorm(nn.Module):
    """As torch.nn has it from 2.4 on."""

    def __init__(self, normalized_shape, eps=None, elementwise_affine=True):
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.register_parameter("weight", nn.Parameter(torch.ones(self.normalized_shape)) if elementwise_affine else None)

    def forward(self, x):
        eps = torch.finfo(x.dtype).eps if self.eps is None else self.eps
        normalized = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps)
        return normalized if self.weight is None else normalized * self.weight


if not hasattr(nn, "RMSNorm"):
    nn.RMSNorm = RMSNorm


def seeded(seed=1):
    return torch.Generator().manual_seed(seed)


X = torch.randn(N, FEATURES, generator=seeded())
LABELS = torch.randint(0, 3, (N,), generator=seeded(2))
CLASSES = functional.one_hot(LABELS, 3)
LINE = X @ torch.arange(1.0, 6.0) / 4 + 0.1 * torch.randn(N, generator=seeded(3))
TWO = torch.stack([LINE, LINE.abs()], 1)


def net(*layers):
    """Random weights, also in batch norm, whose own are all ones and zeros."""
    torch.manual_seed(5)
    model = nn.Sequential(*layers)
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            layer.reset_parameters()
        if isinstance(layer, (nn.BatchNorm1d, nn.LayerNorm, nn.RMSNorm)) and layer.weight is not None:
            nn.init.uniform_(layer.weight, 0.5, 2)
            if not isinstance(layer, nn.RMSNorm):
                nn.init.normal_(layer.bias)
    return model


def one_hidden(*between, outputs=3):
    return net(nn.Linear(FEATURES, 6), *between, nn.Linear(6, outputs))


def residual(*branches, scale=1.0, norm=nn.Identity, outputs=3):
    """Blocks between a first and a last Linear, with such a normalization of the sums."""
    first = nn.Sequential(nn.Linear(FEATURES, 6), nn.Tanh(), norm())
    return net(first, *(nn.Sequential(Residual(nn.Sequential(*layers), scale), norm()) for layers in branches), nn.Linear(6, outputs))


def one(*after, bias=True):
    return [nn.Linear(6, 6, bias=bias), *after]


TANH = nn.Tanh()  # one that stands twice in a model
PROBABILITIES = torch.softmax(torch.randn(N, 3, generator=seeded(4), dtype=torch.float64), 1)

CASES = {
    "Identity": (one_hidden(nn.Identity()), X, LABELS, nn.CrossEntropyLoss()),
    "Tanh": (one_hidden(nn.Tanh()), X, LABELS, nn.CrossEntropyLoss()),
    "Sigmoid": (one_hidden(nn.Sigmoid()), X, LABELS, nn.CrossEntropyLoss()),
    "ReLU": (one_hidden(nn.ReLU()), X, LABELS, nn.CrossEntropyLoss()),
    "LeakyReLU": (one_hidden(nn.LeakyReLU()), X, LABELS, nn.CrossEntropyLoss()),
    "GELU": (one_hidden(nn.GELU()), X, LABELS, nn.CrossEntropyLoss()),
    "Softplus": (one_hidden(nn.Softplus()), X, LABELS, nn.CrossEntropyLoss()),
    "ReLU6": (one_hidden(nn.ReLU6()), X, LABELS, nn.CrossEntropyLoss()),
    "ELU": (one_hidden(nn.ELU()), X, LABELS, nn.CrossEntropyLoss()),
    "SELU": (one_hidden(nn.SELU()), X, LABELS, nn.CrossEntropyLoss()),
    "SiLU": (one_hidden(nn.SiLU()), X, LABELS, nn.CrossEntropyLoss()),
    "Softsign": (one_hidden(nn.Softsign()), X, LABELS, nn.CrossEntropyLoss()),
    "Linear alone": (net(nn.Linear(FEATURES, 3)), X, LABELS, nn.CrossEntropyLoss()),
    "no biases": (
        net(nn.Linear(FEATURES, 6, bias=False), nn.Tanh(), nn.Linear(6, 3, bias=False)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "nested, one Tanh twice": (
        net(nn.Sequential(nn.Linear(FEATURES, 6), TANH), nn.Sequential(nn.Sequential(nn.Linear(6, 4)), TANH), nn.Linear(4, 3)),
        X,
        LABELS,
        "cross_entropy",
    ),
    "BatchNorm1d": (one_hidden(nn.BatchNorm1d(6), nn.Tanh()), X, LABELS, nn.CrossEntropyLoss()),
    "BatchNorm1d, eps": (one_hidden(nn.BatchNorm1d(6, eps=0.1), nn.ReLU()), X, LABELS, nn.CrossEntropyLoss()),
    "BatchNorm1d after a Linear without bias": (
        net(nn.Linear(FEATURES, 6, bias=False), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "BatchNorm1d, not affine": (
        net(nn.Linear(FEATURES, 6), nn.BatchNorm1d(6, affine=False), nn.Tanh(), nn.Linear(6, 3, bias=False)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "LayerNorm": (one_hidden(nn.LayerNorm(6), nn.Tanh()), X, LABELS, nn.CrossEntropyLoss()),
    "LayerNorm after the activations": (
        net(nn.Linear(FEATURES, 6), nn.GELU(), nn.LayerNorm(6, eps=0.1), nn.Linear(6, 4), nn.GELU(), nn.LayerNorm(4, eps=0.1), nn.Linear(4, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "LayerNorm, not affine": (one_hidden(nn.LayerNorm(6, elementwise_affine=False), nn.Tanh()), X, LABELS, nn.CrossEntropyLoss()),
    "LayerNorm, no activation": (one_hidden(nn.LayerNorm(6)), X, LABELS, nn.CrossEntropyLoss()),
    "BatchNorm1d after the activations": (
        net(nn.Linear(FEATURES, 6), nn.ReLU(), nn.BatchNorm1d(6), nn.Linear(6, 4), nn.Tanh(), nn.BatchNorm1d(4), nn.Linear(4, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "RMSNorm": (one_hidden(nn.RMSNorm(6, eps=0.1), nn.Tanh()), X, LABELS, nn.CrossEntropyLoss()),
    "RMSNorm of small signals, torch's own eps": (
        net(nn.Linear(FEATURES, 6, bias=False), nn.RMSNorm(6), nn.Tanh(), nn.Linear(6, 3, bias=False)),
        3e-4 * X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "RMSNorm after the activations, not affine": (
        net(*(layer for i in range(2) for layer in (nn.Linear(6 if i else FEATURES, 6), nn.SiLU(), nn.RMSNorm(6, 1e-3, False))), nn.Linear(6, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "LayerNorm after activations, of which one is none": (
        net(nn.Linear(FEATURES, 6), nn.LayerNorm(6), nn.Linear(6, 4), nn.Tanh(), nn.LayerNorm(4), nn.Linear(4, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "Residual": (residual(one(nn.Tanh()), one(nn.Tanh())), X, LABELS, nn.CrossEntropyLoss()),
    "Residual of two layers, the last of one": (
        residual([*one(nn.ReLU()), *one()], [*one(nn.ReLU(), nn.Dropout(0.5)), *one()], one(nn.GELU()), scale=0.3),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "Residual of a Linear alone, tiny": (
        net(nn.Linear(FEATURES, 6), Residual(nn.Linear(6, 6), 1e-5), nn.Linear(6, 2)), X, TWO, nn.MSELoss(),
    ),
    "Residual with LayerNorm": (
        net(nn.Linear(FEATURES, 6), nn.LayerNorm(6), nn.ReLU(),
            Residual(nn.Sequential(*one(nn.LayerNorm(6), nn.ReLU()), *one(nn.LayerNorm(6)))), nn.Linear(6, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "Residual with RMSNorm after the activations": (
        net(nn.Linear(FEATURES, 6), nn.GELU(), nn.RMSNorm(6), Residual(nn.Sequential(*one(nn.GELU(), nn.RMSNorm(6)))), nn.Linear(6, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "Residual with BatchNorm1d": (
        net(nn.Linear(FEATURES, 6, bias=False), nn.BatchNorm1d(6), nn.ReLU(),
            Residual(nn.Sequential(*one(nn.BatchNorm1d(6), nn.ReLU(), bias=False), *one(nn.BatchNorm1d(6), bias=False)), 0.5), nn.Linear(6, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "Residual, LayerNorm of the sums": (
        residual([*one(nn.Tanh()), *one()], one(nn.Tanh()), norm=lambda: nn.LayerNorm(6)), X, LABELS, nn.CrossEntropyLoss(),
    ),
    "Residual, RMSNorm of the sums": (
        residual([*one(nn.Tanh()), *one(nn.Tanh())], norm=lambda: nn.RMSNorm(6, 0.1)), X, LABELS, nn.CrossEntropyLoss(),
    ),
    "Residual, BatchNorm1d of the sums": (
        residual(one(nn.ReLU()), one(nn.ReLU()), scale=2, norm=lambda: nn.BatchNorm1d(6)), X, LABELS, nn.CrossEntropyLoss(),
    ),
    "Flatten": (net(nn.Flatten(), nn.Linear(FEATURES, 6), nn.Tanh(), nn.Linear(6, 3)), X.reshape(N, 1, FEATURES), LABELS, functional.cross_entropy),
    "Dropout": (one_hidden(nn.Tanh(), nn.Dropout(0.5)), X, LABELS, nn.CrossEntropyLoss()),
    "float64": (one_hidden(nn.Tanh()).double(), X.double(), LABELS, nn.CrossEntropyLoss()),
    "probabilities": (one_hidden(nn.Tanh()), X, PROBABILITIES, nn.CrossEntropyLoss()),
    "sum": (one_hidden(nn.Tanh()), X, LABELS, nn.CrossEntropyLoss(reduction="sum")),
    "one logit": (one_hidden(nn.Tanh(), outputs=1), X, (LINE > 0).float()[:, None], nn.BCEWithLogitsLoss()),
    "regression [n, 1]": (one_hidden(nn.Tanh(), outputs=1), X, LINE[:, None], nn.MSELoss()),
    "regression flat": (net(nn.Linear(FEATURES, 6), nn.Tanh(), nn.Linear(6, 1), nn.Flatten(0)), X, LINE, nn.MSELoss()),
    "regression of two": (one_hidden(nn.Tanh(), outputs=2), X, TWO, functional.mse_loss),
    "regression of two, summed": (one_hidden(nn.Tanh(), outputs=2), X, TWO, nn.MSELoss(reduction="sum")),
    "activations that differ": (
        net(nn.Linear(FEATURES, 6), nn.Tanh(), nn.Linear(6, 4), nn.Linear(4, 4), nn.GELU(), nn.Linear(4, 3)),
        X,
        LABELS,
        nn.CrossEntropyLoss(),
    ),
    "output activation": (net(nn.Linear(FEATURES, 6), nn.ReLU(), nn.Linear(6, 2), nn.Tanh()), X, TWO, nn.MSELoss()),
}
DECAYED = {"weight decay": ("regression of two", 0.03), "weight decay, batch norm": ("BatchNorm1d after a Linear without bias", 0.1),
           "weight decay, layer norm": ("LayerNorm", 0.1)}


@pytest.fixture(scope="module")
def verdicts():
    """Of all cases, by one call of the command."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exported = [saddlemap.export(*case, name=name) for name, case in CASES.items()]
        exported += [saddlemap.export(*CASES[of], weight_decay=l2, name=name) for name, (of, l2) in DECAYED.items()]
    return {v.name: v for v in judge(exported)}


def objective(model, x, y, loss, l2=0.0):
    """Torch's loss and gradient's norm in float64, written without a line of the package's."""
    model = copy.deepcopy(model).train()
    for layer in model.modules():
        if isinstance(layer, nn.RMSNorm) and layer.eps is None:
            layer.eps = 2.0**-23  # float32's, in which the model is
    model.double()
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    function = functional.cross_entropy if loss == "cross_entropy" else loss
    value = function(model(x.double()), y if not y.is_floating_point() else y.double())
    value = value + l2 / 2 * sum((p**2).sum() for p in model.parameters())
    value.backward()
    return value.item(), sum((p.grad**2).sum() for p in model.parameters()).sqrt().item()


@pytest.mark.parametrize("name", [*CASES, *DECAYED])
def test_loss_and_gradient_are_torchs(verdicts, name):
    of, l2 = DECAYED.get(name, (name, 0.0))
    loss, gradient = objective(*CASES[of], l2)
    assert verdicts[name].loss == pytest.approx(loss, rel=1e-6)
    assert verdicts[name].evidence["gradient_norm"] == pytest.approx(gradient, rel=1e-5)


def test_the_model_stays_as_it_is():
    model = one_hidden(nn.BatchNorm1d(6), nn.Tanh()).eval()
    before = copy.deepcopy(model.state_dict())
    saddlemap.export(model, X, LABELS, nn.CrossEntropyLoss())
    assert not model.training
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())


def test_labels_and_targets_of_any_fitting_shape_are_the_same_case():
    deep = one_hidden(nn.Tanh(), outputs=1)
    flat = net(nn.Linear(FEATURES, 6), nn.Tanh(), nn.Linear(6, 1), nn.Flatten(0))
    column = saddlemap.export(deep, X, LINE[:, None], nn.MSELoss())
    assert saddlemap.export(flat, X, LINE, nn.MSELoss()) == column
    with pytest.warns(UserWarning, match=r"all 24 x 24 pairs"):
        assert saddlemap.export(deep, X, LINE, nn.MSELoss()) == column
    with pytest.warns(UserWarning, match=r"all 24 x 24 pairs"):
        assert saddlemap.export(flat, X, LINE[:, None], nn.MSELoss()) == column
    logit = saddlemap.export(deep, X, LINE > 0, nn.BCEWithLogitsLoss())
    assert logit == saddlemap.export(deep, X.numpy(), (LINE > 0).double()[:, None].tolist(), "binary_cross_entropy")
    three = one_hidden(nn.Tanh())
    assert saddlemap.export(three, X, LABELS, "cross_entropy") == saddlemap.export(three, X, CLASSES.double(), "cross_entropy")


class Own(nn.Module):
    def forward(self, x):
        return x


class Doubled(Residual):
    def forward(self, x):
        return 2 * super().forward(x)


class Other(nn.Sequential):
    def forward(self, x):
        return 2 * super().forward(x)


def frozen():
    model = one_hidden(nn.Tanh())
    model[0].weight.requires_grad_(False)
    return model


def tied():
    shared = nn.Linear(FEATURES, FEATURES)
    return nn.Sequential(shared, nn.Tanh(), shared, nn.Tanh(), nn.Linear(FEATURES, 3))


CE, MSE, BCE = nn.CrossEntropyLoss(), nn.MSELoss(), nn.BCEWithLogitsLoss()


@pytest.mark.parametrize(
    "model, x, y, loss, message",
    [
        (net(nn.Conv1d(1, 1, 1)), X, LABELS, CE, r"layer 0 \(Conv1d\) is not supported; supported are Sequential, Linear, .*GELU"),
        (net(nn.Linear(5, 6), nn.Sequential(nn.Tanh(), nn.GroupNorm(2, 6)), nn.Linear(6, 3)), X, LABELS, CE, r"layer 1\.1 \(GroupNorm\)"),
        (net(nn.LayerNorm(5), nn.Linear(5, 3)), X, LABELS, CE, r"layer 0 \(LayerNorm\): supported is one LayerNorm after each"),
        (one_hidden(nn.LayerNorm(6), nn.Tanh(), nn.LayerNorm(6)), X, LABELS, CE, r"layer 3 \(LayerNorm\): supported is one"),
        (one_hidden(nn.LayerNorm((1, 6))), X[:, None], LABELS, CE, r"layer 1 \(LayerNorm\) normalizes \[1, 6\]; .* the 6 units"),
        (net(nn.Linear(5, 3), nn.LayerNorm(3)), X, LABELS, CE, r"layer 1 \(LayerNorm\): normalization of the outputs"),
        (net(nn.Linear(5, 6), nn.LayerNorm(6), nn.Linear(6, 6), nn.BatchNorm1d(6), nn.Linear(6, 3)), X, LABELS, CE, "has the normalization batch"),
        (net(nn.Linear(5, 6, bias=False), nn.LayerNorm(6), nn.Linear(6, 3, bias=False)), X, LABELS, CE, r"layer 1 \(LayerNorm\) has a bias"),
        (Own(), X, LABELS, CE, "Own is not supported; supported are .*saddlemap.nn.Residual"),
        (net(nn.Linear(5, 6), Doubled(nn.Linear(6, 6)), nn.Linear(6, 3)), X, LABELS, CE, r"layer 1 \(Doubled\) is not supported"),
        (net(Residual(nn.Linear(5, 5)), nn.Linear(5, 3)), X, LABELS, CE, r"layer 0 \(Residual\): supported is a Residual after the first hidden Linear"),
        (net(nn.Linear(5, 3), Residual(nn.Linear(3, 3))), X, LABELS, CE, r"layer 1 \(Residual\): supported is one more Linear after the last"),
        (net(nn.Linear(5, 6), nn.Tanh(), nn.Linear(6, 6), Residual(nn.Linear(6, 6)), nn.Linear(6, 3)), X, LABELS, CE, r"layer 2 \(Linear\): supported beside Residuals are the first and the last Linear"),
        (net(nn.Linear(5, 6), Residual(nn.Linear(6, 6)), nn.Tanh(), nn.Linear(6, 3)), X, LABELS, CE, r"layer 2 \(Tanh\): supported is one activation after each Linear, none after a Residual"),
        (residual([nn.Tanh(), *one()]), X, LABELS, CE, r"layer 1\.0\.branch\.0 \(Tanh\): supported is one activation after each Linear"),
        (residual([nn.LayerNorm(6), *one()]), X, LABELS, CE, r"layer 1\.0\.branch\.0 \(LayerNorm\): supported is one LayerNorm after each hidden Linear, .* each Residual"),
        (residual([*one(), Residual(nn.Linear(6, 6))]), X, LABELS, CE, r"layer 1\.0\.branch\.1 \(Residual\) stands within layer 1\.0 \(Residual\)"),
        (residual([nn.Dropout()]), X, LABELS, CE, r"layer 1\.0 \(Residual\) has no Linear in its branch"),
        (residual(one() * 3), X, LABELS, CE, r"layer 1\.0 \(Residual\) has 3 Linears in its branch; supported are 1 or 2"),
        (residual(one(), [*one(), *one()]), X, LABELS, CE, r"layer 2\.0 \(Residual\) has 2 Linears in its branch, layer 1\.0 \(Residual\) has 1; supported are as many"),
        (residual([*one(), *one()], one(), [*one(), *one()]), X, LABELS, CE, r"layer 2\.0 \(Residual\) has 1 Linears"),
        (residual([nn.Linear(6, 9), nn.Linear(9, 6)]), X, LABELS, CE, r"layer 1\.0\.branch\.0 \(Linear\) has the width 9, layer 0\.0 \(Linear\) has 6"),
        (residual([nn.Linear(6, 1)]), X, LABELS, CE, r"takes 6 inputs, the layer before gives 1"),
        (net(nn.Linear(5, 6), Residual(nn.Linear(6, 6)), Residual(nn.Linear(6, 6), 0.5), nn.Linear(6, 3)), X, LABELS, CE, r"layer 2 \(Residual\) has the scale 0.5, layer 1 \(Residual\) has 1.0"),
        (residual(one(), scale=-1), X, LABELS, CE, r"layer 1\.0 \(Residual\) has the scale -1; supported is a number >= 0"),
        (residual(one(), scale=nn.Parameter(torch.ones(1))), X, LABELS, CE, r"layer 1\.0 \(Residual\) has the scale Parameter"),
        (residual(one(nn.LayerNorm(6)), norm=lambda: nn.LayerNorm(6)), X, LABELS, CE, r"layer 1\.1 \(LayerNorm\): supported is one LayerNorm"),
        (net(nn.Linear(5, 6), Residual(nn.Linear(6, 6)), nn.LayerNorm(6), nn.Linear(6, 3)), X, LABELS, CE, r"layer 1\.branch \(Linear\) has the normalization layer\(sum\), layer 0 \(Linear\) has none"),
        (Other(nn.Linear(5, 3)), X, LABELS, CE, "Other is not supported"),
        (nn.utils.parametrizations.orthogonal(nn.Linear(5, 5)), X, LABELS, CE, "ParametrizedLinear is not supported"),
        (nn.utils.spectral_norm(nn.Linear(5, 3)), X, LABELS, CE, r"Linear has hooks"),
        (net(nn.Tanh()), X, LABELS, CE, r"layer 0 \(Tanh\): supported is one activation after each Linear"),
        (net(), X, LABELS, CE, "Sequential has no Linear"),
        (one_hidden(nn.LeakyReLU(0.2)), X, LABELS, CE, r"layer 1 \(LeakyReLU\) has other options than those supported, negative_slope=0.01"),
        (one_hidden(nn.GELU("tanh")), X, LABELS, CE, r"\(GELU\) has other options"),
        (one_hidden(nn.ELU(0.5)), X, LABELS, CE, r"\(ELU\) has other options than those supported, alpha=1"),
        (one_hidden(nn.Softplus(beta=2)), X, LABELS, CE, r"\(Softplus\) has other options"),
        (one_hidden(nn.BatchNorm1d(6), nn.Tanh(), nn.BatchNorm1d(6)), X, LABELS, CE, r"layer 3 \(BatchNorm1d\): supported is one BatchNorm1d after each"),
        (one_hidden(nn.RMSNorm((1, 6))), X[:, None], LABELS, CE, r"layer 1 \(RMSNorm\) normalizes \[1, 6\]"),
        (net(nn.Linear(5, 6), nn.RMSNorm(6), nn.Linear(6, 6), nn.RMSNorm(6, 0.1), nn.Linear(6, 3)), X, LABELS, CE, r"layer 3 \(RMSNorm\) has eps 0.1"),
        (net(nn.Linear(5, 6), nn.LayerNorm(6), nn.Tanh(), nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 3)), X, LABELS, CE, r"layer 3 \(Linear\) has the normalization none, layer 0 \(Linear\) has layer;"),
        (net(nn.BatchNorm1d(5), nn.Linear(5, 3)), X, LABELS, CE, r"layer 0 \(BatchNorm1d\)"),
        (net(nn.Linear(5, 3), nn.BatchNorm1d(3)), X, LABELS, CE, r"layer 1 \(BatchNorm1d\): normalization of the outputs"),
        (one_hidden(nn.BatchNorm1d(6, affine=False), nn.Tanh()), X, LABELS, CE, r"layer 3 \(Linear\) has a bias"),
        (net(nn.Linear(5, 6, bias=False), nn.Tanh(), nn.Linear(6, 3)), X, LABELS, CE, r"layer 2 \(Linear\) has a bias .*True"),
        (net(nn.Linear(5, 6), nn.Tanh(), nn.Linear(7, 3)), X, LABELS, CE, r"layer 2 \(Linear\) takes 7 inputs, the layer before gives 6"),
        (net(nn.Linear(5, 6), nn.Flatten(0), nn.Linear(6, 3)), X, LABELS, CE, r"layer 2 \(Linear\) stands after the Flatten"),
        (frozen(), X, LABELS, CE, r"layer 0 \(Linear\) has frozen parameters"),
        (tied(), X, LABELS, CE, r"layer 2 \(Linear\) shares its weights"),
        ("net", X, LABELS, CE, "model is a str"),
        (one_hidden(nn.Tanh()), X, LABELS, nn.L1Loss(), "loss L1Loss is not supported; supported are CrossEntropyLoss"),
        (one_hidden(nn.Tanh()), X, LABELS, functional.l1_loss, "loss l1_loss is not supported"),
        (one_hidden(nn.Tanh()), X, LABELS, nn.CrossEntropyLoss(label_smoothing=0.1), "option label_smoothing"),
        (one_hidden(nn.Tanh()), X, LABELS, nn.CrossEntropyLoss(weight=torch.ones(3)), "option weight"),
        (one_hidden(nn.Tanh()), X, LABELS, nn.CrossEntropyLoss(reduction="none"), "reduction 'none'"),
        (one_hidden(nn.Tanh()), X[:, :4], LABELS, CE, r"x has shape \[24, 4\], 4 numbers a row; the model takes 5"),
        (one_hidden(nn.Tanh()), X[0], LABELS, CE, r"x has shape \[5\]"),
        (one_hidden(nn.Tanh()), X / 0, LABELS, CE, "x holds numbers that are not finite"),
        (one_hidden(nn.Tanh()), X, LABELS[:20], CE, r"y has shape \[20\], x has 24 rows"),
        (one_hidden(nn.Tanh()), X, LABELS + 1, CE, "labels from 1 to 3; 3 outputs need 0 to 2"),
        (one_hidden(nn.Tanh()), X, LABELS[:, None], CE, r"class labels need \[24\]"),
        (one_hidden(nn.Tanh()), X, CLASSES, CE, r"class labels need \[24\]"),
        (one_hidden(nn.Tanh()), X, LABELS.float(), CE, r"needs class labels \(whole numbers\) \[24\]"),
        (one_hidden(nn.Tanh(), outputs=1), X, LABELS, CE, "one output is 0 whatever"),
        (one_hidden(nn.Tanh()), X, CLASSES, BCE, "one output, the model has 3"),
        (one_hidden(nn.Tanh(), outputs=2), X, LINE, MSE, r"y has shape \[24\], the outputs \[24, 2\]"),
        (one_hidden(nn.Tanh(), outputs=1), X, TWO, MSE, r"y has shape \[24, 2\], the outputs \[24, 1\]"),
        (one_hidden(nn.Tanh(), outputs=1), X, LINE / 0, MSE, "y holds numbers that are not finite"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(model, x, y, loss, message):
    with pytest.raises(ValueError, match=message):
        saddlemap.export(model, x, y, loss)


def test_zero_weights_are_a_saddle():
    model = one_hidden(nn.Tanh())
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    with torch.no_grad():  # the output's biases at the best constant, where the gradient vanishes
        model[-1].bias += torch.bincount(LABELS, minlength=3).log()
    verdict = saddlemap.examine(model, X, LABELS, nn.CrossEntropyLoss(), learning_rate=0.1, name="zeros")
    assert isinstance(verdict, Verdict)
    assert (verdict.category, verdict.cause) == ("saddle", "equal_units")
    assert verdict.margin > 0 and verdict.evidence["nc_dec"] > 0 and verdict.decided
    assert repr(verdict).startswith("zeros: saddle (strict), cause equal_units, margin ")
    assert verdict.reason in repr(verdict)
    page = verdict._repr_html_()
    assert "saddle (strict)" in page and "nc_dec" in page and "What decided" in page


def test_the_notebook_view_escapes_and_takes_the_notebooks_own_colours():
    answer = dict.fromkeys(("sub_category", "cause", "margin"), None)
    page = Verdict({**answer, "name": "<b>&", "category": None, "reason": "a < b", "decided": [], "evidence": {}})._repr_html_()
    assert "&lt;b&gt;&amp;" in page and "a &lt; b" in page
    assert "background:#fff" not in page and "<script" not in page


def test_a_trained_network_is_an_optimum():
    torch.manual_seed(0)
    model, y = net(nn.Linear(FEATURES, 1)), LINE[:, None]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(500):
        optimizer.zero_grad()
        functional.mse_loss(model(X), y).backward()
        optimizer.step()
    verdict = saddlemap.examine(model, X, y, nn.MSELoss(), learning_rate=0.1)
    assert verdict.category == "optimum"
    assert verdict.loss == pytest.approx(functional.mse_loss(model(X), y).item(), rel=1e-5)


def test_weights_that_are_not_finite_have_diverged():
    model = one_hidden(nn.Tanh())
    with torch.no_grad():
        model[0].weight[0, 0] = float("nan")
    case = saddlemap.export(model, X, LABELS, nn.CrossEntropyLoss())
    assert "expected_loss" not in case
    assert judge([case])[0].category == "diverged"


def test_a_file_that_says_another_loss_is_refused():
    case = saddlemap.export(*CASES["BatchNorm1d"])
    del case["network"]["batch_norm"]
    del case["weights"][0]["gamma"]
    with pytest.raises(saddlemap.SaddlemapError, match="expected_loss: the loss at the given weights is") as refused:
        judge([case])
    assert refused.value.code == 2
    close = copy.deepcopy(saddlemap.export(*CASES["Tanh"]))
    close["expected_loss"] *= 1 + 1e-5  # within what the command allows for float32
    with pytest.raises(saddlemap.SaddlemapError, match="another network's"):
        judge([close])


@pytest.mark.parametrize("name", [*(name for name in CASES if "Norm" in name and "without bias" not in name or "Residual" in name), "no biases", "activations that differ", "output activation", "SiLU", "one logit"])
def test_a_case_is_the_module_that_it_was_made_of(name):
    model, x, *rest = CASES[name]
    model = copy.deepcopy(model).train()
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    case = saddlemap.export(*CASES[name])
    again = module(case)
    once_more = saddlemap.export(again, x, *rest)
    assert (once_more["network"], once_more["weights"]) == (case["network"], case["weights"])
    assert torch.allclose(again.train()(x), model(x), atol=1e-6)
    assert all(p.requires_grad for p in again.parameters())


def test_activations_are_one_name_or_a_list():
    assert saddlemap.export(*CASES["nested, one Tanh twice"])["network"]["activation"] == "tanh"
    assert saddlemap.export(*CASES["activations that differ"])["network"]["activation"] == ["tanh", "identity", "gelu"]


def test_residual_blocks_are_said():
    def network(name):
        return saddlemap.export(*CASES[name])["network"]

    assert "residual" not in network("Tanh")
    assert network("Residual")["residual"] == "blocks(1)"
    two = network("Residual of two layers, the last of one")
    assert (two["residual"], two["sizes"]) == ("blocks(2, 0.3)", [FEATURES, 6, 6, 6, 6, 6, 6, 3])
    assert two["activation"] == ["tanh", "relu", "identity", "relu", "identity", "gelu"]
    assert network("Residual with RMSNorm after the activations")["normalization"]["kind"] == "rms(after)"
    assert "batch_norm" in network("Residual with BatchNorm1d")
    sums = saddlemap.export(*CASES["Residual, LayerNorm of the sums"])
    assert sums["network"]["normalization"]["kind"] == "layer(sum)"
    assert ["gamma" in layer for layer in sums["weights"]] == [True, False, True, True, False]


def test_residual_blocks_of_a_file_are_read():
    case = saddlemap.export(*CASES["Residual of two layers, the last of one"])
    blocks = {"none": [], False: [], True: [2, 2, 1], "blocks( 2 )": [2, 2, 1], "blocks(1, 1 / sqrt(depth))": [1] * 5}
    for text, lengths in blocks.items():
        case["network"]["residual"] = text
        found = [layer for layer in module(case) if isinstance(layer, Residual)]
        assert [sum(isinstance(inner, nn.Linear) for inner in layer.branch) for layer in found] == lengths
        assert all(layer.scale == pytest.approx(6**-0.5 if "sqrt" in str(text) else 1) for layer in found)
        case["expected_loss"] = objective(module(case), X, LABELS, "cross_entropy")[0]
        assert judge([case])


GOLDEN = ROOT / "worker" / "src" / "test" / "resources" / "golden"


def test_modules_have_the_losses_and_gradients_that_other_code_measured():
    """Of the cases that bench/pytorch/golden_hessians.py computes by torch's operations, without a module."""
    with open(GOLDEN / "hessians.csv", encoding="utf-8") as file:
        measured = {row["name"]: row for row in csv.DictReader((line for line in file if line[0] != "#"), delimiter=";")}
    made = set()
    for case in json.loads((GOLDEN / "hessians.json").read_text(encoding="utf-8"))["cases"]:
        network, row = case["network"], measured[case["name"]]
        if network.get("activation") == "exponential" or network.get("output_activation") == "exponential":
            continue  # torch has no module of it
        model = module(case).double().train()
        outputs, y = model(torch.tensor(case["data"]["inputs"]).double()), torch.tensor(case["data"]["targets"]).double()
        loss = {
            "mse": lambda: ((outputs - y) ** 2).sum() / (2 * len(y)),
            "cross_entropy": lambda: functional.cross_entropy(outputs, y),
            "binary_cross_entropy": lambda: functional.binary_cross_entropy_with_logits(outputs, y),
        }[network["loss"]]()
        trained = [p for p in model.parameters() if p.requires_grad]
        loss = network.get("loss_factor", 1) * (loss + network.get("l2", 0) / 2 * sum((p**2).sum() for p in trained))
        norm = sum((g**2).sum() for g in torch.autograd.grad(loss, trained)).sqrt()
        # Weights are float32's nearest, and gradients near an optimum are what is left of larger ones.
        assert loss.item() == pytest.approx(float(row["loss"]), rel=1e-5, abs=1e-6), case["name"]
        assert norm.item() == pytest.approx(float(row["gradient_norm"]), rel=1e-4, abs=1e-5), case["name"]
        made.add((str(network.get("normalization")), network.get("residual")))
    assert len({residual for _, residual in made}) > 5 and len({norm for norm, _ in made}) > 5


def test_zero_residual_networks_are_strict_saddles():
    """f = (w₁(1 + w₂)w₃ − 1)²: its Hessian at 0 has −2 between w₁ and w₃, and nothing else."""
    def line(middle):
        return nn.Sequential(nn.Linear(1, 1, bias=False), middle, nn.Linear(1, 1, bias=False))

    def judged(model, *weights):
        for parameter, value in zip(model.parameters(), weights):
            nn.init.constant_(parameter, value)
        return saddlemap.examine(model, x, x, nn.MSELoss())

    x = torch.tensor([[-1.0], [1.0]])
    block = line(Residual(nn.Linear(1, 1, bias=False)))
    zero = judged(block, 0, 0, 0)
    assert (zero.category, zero.sub_category) == ("saddle", "strict")
    assert zero.evidence["lambda_min"] == pytest.approx(-2)
    assert judged(line(nn.Linear(1, 1, bias=False)), 0, 0, 0).sub_category != "strict"  # the Hessian of a chain is 0
    assert judged(block, 1, 0, 1).category == "optimum"  # the identity is asked for


def test_batch_norm_with_a_scale_and_no_shift_goes_both_ways():
    model = net(nn.Linear(FEATURES, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3, bias=False))
    nn.init.zeros_(model[1].bias).requires_grad_(False)
    case = saddlemap.export(model, X, LABELS, CE)
    assert case["network"]["bias"] is False and case["weights"][0].keys() == {"W", "gamma"}
    again = saddlemap.export(module(case), X, LABELS, CE)
    assert again["weights"] == case["weights"] and again["network"] == case["network"]


def test_where_layers_are_normalized_is_said():
    def normalization(name):
        return saddlemap.export(*CASES[name])["network"]["normalization"]

    assert normalization("BatchNorm1d after the activations") == {"kind": "batch(after)", "affine": True, "epsilon": 1e-5}
    assert normalization("LayerNorm after activations, of which one is none")["kind"] == "layer(after)"
    assert normalization("RMSNorm of small signals, torch's own eps") == {"kind": "rms", "affine": True, "epsilon": 2.0**-23}


def test_a_torch_without_rms_norm(monkeypatch):
    case = saddlemap.export(*CASES["RMSNorm"])
    monkeypatch.delattr(nn, "RMSNorm")
    with pytest.raises(ValueError, match="the normalization rms needs RMSNorm, which torch has from 2.4 on; this is " + torch.__version__):
        module(case)
    with pytest.raises(ValueError, match=r"layer 1 \(RMSNorm\) is not supported"):
        saddlemap.export(*CASES["RMSNorm"])
    assert saddlemap.export(*CASES["LayerNorm"])


def test_a_bias_in_front_of_batch_norm_without_a_shift_has_no_effect():
    case = saddlemap.export(*CASES["BatchNorm1d, not affine"])
    case["network"]["bias"] = True
    case["weights"][0]["b"] = [3.0] * 6
    case["weights"][1]["b"] = [0.0] * 3
    assert judge([case])
    assert torch.allclose(module(case).train()(X), CASES["BatchNorm1d, not affine"][0].train()(X), atol=1e-5)


@pytest.mark.parametrize(
    "key, value, message",
    [
        ("residual", "blocks(3)", r"the residual blocks blocks\(3\) are not supported; supported are blocks\(1\) and blocks\(2\)"),
        ("normalization", "group", "the normalization group is not supported; supported are batch, layer and rms"),
        ("normalization", {"kind": "layer(first)"}, r"the normalization layer\(first\) is not supported"),
    ],
)
def test_what_no_sequential_can_be_is_said(key, value, message):
    case = saddlemap.export(*CASES["Tanh"])
    case["network"][key] = value
    with pytest.raises(ValueError, match=message):
        module(case)


def test_an_activation_that_torch_lacks_is_said():
    case = saddlemap.export(*CASES["Tanh"])
    case["network"]["activation"] = "exponential"
    with pytest.raises(ValueError, match="no module of the activation exponential"):
        module(case)


def test_the_case_is_json():
    case = saddlemap.export(*CASES["BatchNorm1d"])
    assert json.loads(json.dumps(case)) == case
