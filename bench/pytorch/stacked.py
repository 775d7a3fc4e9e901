"""PyTorch with many networks at once as a peer: their parameters stacked, one baddbmm a layer; time per network and step.

All start from the workload's weights and see the same rows in the same order, so that each must end with the loss that a network alone
has. How many are stacked is found by trying.
"""

import json
import sys
import time

import torch

from peer import about, read

COUNTS = (4, 16, 64, 256)
MOST_PARAMETERS = 1 << 25  # of all networks together: 128 MB, and gradients beside them


class Stack:
    """So many copies of a network, trained together."""

    def __init__(self, count, layers):
        self.initial = [(w.expand(count, *w.shape), b.expand(count, 1, *b.shape)) for w, b in layers]
        self.parameters = [p.clone().requires_grad_() for layer in self.initial for p in layer]
        self.count = count

    def reset(self):
        with torch.no_grad():
            for p, initial in zip(self.parameters, (p for layer in self.initial for p in layer)):
                p.copy_(initial)

    def logits(self, features):
        h = features.expand(self.count, *features.shape)
        for w, b in zip(self.parameters[::2], self.parameters[1::2]):
            if w is not self.parameters[0]:
                h = torch.tanh(h)
            h = torch.baddbmm(b, h, w)
        return h

    def losses(self, features, labels):
        """Of each network, the mean over these rows."""
        logits = self.logits(features)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.repeat(self.count), reduction="none")
        return loss.view(self.count, -1).mean(1)

    def step(self, features, labels, rate, clip):
        gradients = torch.autograd.grad(self.losses(features, labels).sum(), self.parameters)
        with torch.no_grad():
            norm = torch.stack([g.flatten(1).square().sum(1) for g in gradients]).sum(0).sqrt()
            rates = (rate * (clip / (norm + 1e-6)).clamp(max=1)).view(-1, 1, 1)  # as clip_grad_norm_, each network by its own
            for p, g in zip(self.parameters, gradients):
                p.sub_(g.mul_(rates))


def seconds(stack, data, rate, clip):
    """Processor time of a step of one network."""
    features, labels, batches = data
    stack.step(features[batches[0]], labels[batches[0]], rate, clip)
    start, steps = time.process_time(), 0
    while time.process_time() - start < 0.3:
        rows = batches[steps % len(batches)]
        stack.step(features[rows], labels[rows], rate, clip)
        steps += 1
    return (time.process_time() - start) / steps / stack.count


def main(path):
    torch.set_num_threads(1)
    features, labels, layers, batches, rate, clip = read(path)
    size = sum(w.numel() + b.numel() for w, b in layers)
    tried = [Stack(n, layers) for n in COUNTS if n == COUNTS[0] or n * size <= MOST_PARAMETERS]
    stack = min(tried, key=lambda s: seconds(s, (features, labels, batches), rate, clip))
    del tried
    print(json.dumps({"about": about().replace("eager", "stacked"), "networks": stack.count}), flush=True)
    stack.reset()
    for rows in batches:  # once to the end, for the loss
        stack.step(features[rows], labels[rows], rate, clip)
    with torch.no_grad():
        losses = stack.losses(features, labels)
        loss = losses[(losses - losses[0]).abs().argmax()].item()  # of the network that is furthest from the first
    at = 0
    for line in sys.stdin:
        budget, cpu, steps = float(line), 0.0, 0
        cpu_start, wall_start = time.process_time(), time.perf_counter()
        while cpu < budget:
            if at == 0:
                stack.reset()
            rows = batches[at]
            stack.step(features[rows], labels[rows], rate, clip)
            at = (at + 1) % len(batches)
            steps += stack.count
            cpu = time.process_time() - cpu_start
        wall = time.perf_counter() - wall_start
        print(json.dumps({"cpu_us_per_step": cpu * 1e6 / steps, "wall_us_per_step": wall * 1e6 / steps, "loss": loss}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
