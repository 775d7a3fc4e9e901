"""PyTorch eager as a peer: bench/harness's Workload and Peer, in Python."""

import json
import os
import sys
import time

import numpy
import torch


def read(path):
    raw = numpy.fromfile(path, dtype="<i4")
    depth, width, batch, inputs, classes, rows, steps = (int(v) for v in raw[:7])
    rate, clip = (float(v) for v in raw[7:9].view("<f4"))
    at = 9

    def take(count, kind):
        nonlocal at
        at += count
        return torch.from_numpy(raw[at - count : at].view(kind).copy())

    features = take(rows * inputs, "<f4").view(rows, inputs)
    labels = take(rows, "<i4").long()
    layers = []
    sizes = [inputs] + [width] * depth + [classes]
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        layers.append((take(fan_in * fan_out, "<f4").view(fan_in, fan_out), take(fan_out, "<f4")))
    batches = list(take(steps * batch, "<i4").long().view(steps, batch))
    return features, labels, layers, batches, rate, clip


def network(sizes):
    modules = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        modules += [torch.nn.Linear(fan_in, fan_out), torch.nn.Tanh()]
    return torch.nn.Sequential(*modules[:-1])


def train(model, optimizer, features, labels, batches, clip):
    parameters = list(model.parameters())
    cross_entropy = torch.nn.functional.cross_entropy
    for rows in batches:
        loss = cross_entropy(model(features[rows]), labels[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        optimizer.step()


def blas():
    """The library that libblas.so.3 stands for, and its kernel where it is OpenBLAS."""
    import ctypes

    with open("/proc/self/maps") as maps:
        loaded = {line.split()[-1] for line in maps if "blas" in line}
    for path in loaded:
        if "openblas" in path:
            library = ctypes.CDLL(path)
            library.openblas_get_corename.restype = ctypes.c_char_p
            return os.path.basename(path) + ", kernel " + library.openblas_get_corename().decode()
    return ", ".join(sorted(os.path.basename(path) for path in loaded)) or "no BLAS found"


def about():
    config = torch.__config__.show()
    capability = config.partition("CPU capability usage: ")[2].split("\n")[0]
    return f"PyTorch {torch.__version__} eager, {blas()}, vector code {capability}, {torch.get_num_threads()} thread"


def serve(train, steps):
    """bench/harness's Peer.serve: trains, of so many steps each, for as long as asked; train returns the loss."""
    print(json.dumps({"about": about()}), flush=True)
    for line in sys.stdin:
        budget, cpu, taken, loss = float(line), 0.0, 0, None
        cpu_start, wall_start = time.process_time(), time.perf_counter()
        while cpu < budget:
            loss = train()
            taken += steps
            cpu = time.process_time() - cpu_start
        wall = time.perf_counter() - wall_start
        loss = loss() if callable(loss) else loss
        print(json.dumps({"cpu_us_per_step": cpu * 1e6 / taken, "wall_us_per_step": wall * 1e6 / taken, "loss": loss}), flush=True)


def main(path):
    torch.set_num_threads(1)
    features, labels, layers, batches, rate, clip = read(path)
    model = network([features.shape[1]] + [w.shape[1] for w, _ in layers])
    linear = [m for m in model if isinstance(m, torch.nn.Linear)]
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)

    def after():
        with torch.no_grad():
            return torch.nn.functional.cross_entropy(model(features), labels).item()

    def once():
        with torch.no_grad():
            for module, (w, b) in zip(linear, layers):
                module.weight.copy_(w.t())
                module.bias.copy_(b)
        train(model, optimizer, features, labels, batches, clip)
        return after  # outside of the time

    serve(once, len(batches))


if __name__ == "__main__":
    main(sys.argv[1])
