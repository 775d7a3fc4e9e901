"""A step of some kind by PyTorch eager: peer.py with other layers, activations, optimizers.

    kinds.py "normalization=layer;optimizer=adamw" WORKLOAD    the kind as a configuration of Saddlemap's
"""

import sys

import torch
from peer import read, serve
from torch import nn

ACTIVATIONS = {
    "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "gelu": nn.GELU, "softplus": nn.Softplus,
    "elu": nn.ELU, "selu": nn.SELU, "silu": nn.SiLU, "softsign": nn.Softsign, "relu6": nn.ReLU6,
}  # fmt: skip


class RmsNorm(nn.Module):
    """As torch.nn has it from 2.4 on, of torch's operations."""

    def __init__(self, units, eps=1e-5):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(units)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class Residual(nn.Module):
    def __init__(self, branch):
        super().__init__()
        self.branch = branch

    def forward(self, x):
        return x + self.branch(x)


NORMS = {"none": None, "layer": nn.LayerNorm, "rms": RmsNorm}


def network(sizes, kind):
    norm = NORMS[kind.get("normalization", "none")]

    def hidden(layer):
        fan_in, fan_out = sizes[layer : layer + 2]
        after = [norm(fan_out)] if norm else []
        after.append(ACTIVATIONS[kind.get("activation", "tanh")]())
        if "dropout" in kind:
            after.append(nn.Dropout(float(kind["dropout"])))
        return [nn.Linear(fan_in, fan_out), *after]

    depth = len(sizes) - 2
    layers = hidden(0)
    block = int(kind["residual"][7:-1]) if "residual" in kind else 0  # blocks(2)
    for start in range(1, depth, block or 1):
        within = [m for layer in range(start, min(depth, start + (block or 1))) for m in hidden(layer)]
        layers += [Residual(nn.Sequential(*within))] if block else within
    return nn.Sequential(*layers, nn.Linear(*sizes[-2:]))


def optimizer(parameters, kind, rate):
    name = kind.get("optimizer", "sgd")
    if name == "adamw":
        return torch.optim.AdamW(parameters, rate, weight_decay=0.01, eps=1e-8)
    if name == "adagrad":
        return torch.optim.Adagrad(parameters, rate, eps=1e-8)
    return torch.optim.SGD(parameters, rate)


def train(model, steps, features, labels, batches, clip, accumulation):
    parameters = list(model.parameters())
    cross_entropy = torch.nn.functional.cross_entropy
    for step in range(len(batches)):
        steps.zero_grad(set_to_none=True)
        mean = 0.0
        for i in range(accumulation):
            rows = batches[(step * accumulation + i) % len(batches)]
            loss = cross_entropy(model(features[rows]), labels[rows]) / accumulation
            loss.backward()
            mean += loss.detach()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        steps.step()
    return float(mean)


def main(text, path):
    torch.set_num_threads(1)
    kind = dict(part.split("=") for part in text.split(";") if part)
    features, labels, layers, batches, rate, clip = read(path)
    model = network([features.shape[1]] + [w.shape[1] for w, _ in layers], kind)
    linear = [m for m in model.modules() if isinstance(m, nn.Linear)]
    scales = [m for m in model.modules() if isinstance(m, (nn.LayerNorm, RmsNorm))]

    def once():
        with torch.no_grad():
            for module, (w, b) in zip(linear, layers):
                module.weight.copy_(w.t())
                module.bias.copy_(b)
            for module in scales:
                for name, parameter in module.named_parameters():
                    parameter.fill_(1 if name == "weight" else 0)
        steps = optimizer(model.parameters(), kind, rate)
        return train(model, steps, features, labels, batches, clip, int(kind.get("accumulation", 1)))

    serve(once, len(batches))


if __name__ == "__main__":
    main(*sys.argv[1:])
