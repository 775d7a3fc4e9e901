"""Trains every network of a sweep by PyTorch eager, one after the other. The spec is bench/sweep.json."""

import gzip
import itertools
import json
import math
import re
import sys

import numpy
import torch

from peer import network, train


def initialize(model, name):
    for module in model:
        if not isinstance(module, torch.nn.Linear):
            continue
        torch.nn.init.zeros_(module.bias)
        w = module.weight
        normal = re.fullmatch(r"normal\((.*)\)", name)
        if name == "zeros":
            torch.nn.init.zeros_(w)
        elif normal:
            torch.nn.init.normal_(w, std=float(normal[1]))
        elif name == "xavier_uniform":
            torch.nn.init.xavier_uniform_(w)
        elif name == "he_normal":
            torch.nn.init.normal_(w, std=math.sqrt(2 / w.shape[1]))
        elif name == "orthogonal":
            torch.nn.init.orthogonal_(w)
        else:
            raise ValueError(f"no initializer {name}")


def batches(rows, batch, steps):
    """Each epoch a new permutation; its last batch may be smaller."""
    order = []
    while len(order) < steps:
        order += torch.split(torch.randperm(rows), batch)
    return order[:steps]


def main(path):
    torch.set_num_threads(1)
    with open(path) as file:
        spec = json.load(file)
    with gzip.open(spec["data"]["csv"], "rt") as file:
        lines = [line for line in file if line[0].isdigit()]
    table = numpy.loadtxt(lines, delimiter=",", dtype="float32")
    torch.manual_seed(spec["seed"])
    table = table[torch.randperm(len(table)).numpy()]
    table = table[int(len(table) * spec["data"]["holdout"]) :]
    deviation = table[:, :-1].std(0)
    features = torch.from_numpy((table[:, :-1] - table[:, :-1].mean(0)) / numpy.where(deviation > 0, deviation, 1))
    labels = torch.from_numpy(table[:, -1]).long()
    grid = spec["grid"]
    losses = []
    for values in itertools.product(*grid.values()):
        point = dict(zip(grid, values))
        torch.manual_seed(spec["seed"])
        model = network([features.shape[1]] + [spec["network"]["width"]] * point["depth"] + [int(labels.max()) + 1])
        initialize(model, point["initializer"])
        optimizer = torch.optim.SGD(model.parameters(), lr=point["learning_rate"])
        clip = None if point["clipping"] == "none" else float(re.fullmatch(r"norm\((.*)\)", point["clipping"])[1])
        order = batches(len(features), point["batch_size"], spec["train"]["max_steps"])
        train(model, optimizer, features, labels, order, clip)
        with torch.no_grad():
            loss = torch.nn.functional.cross_entropy(model(features), labels).item()
        losses.append(loss if math.isfinite(loss) else None)
    print(json.dumps({"trials": len(losses), "losses": losses}))


if __name__ == "__main__":
    main(sys.argv[1])
