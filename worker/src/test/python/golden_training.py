"""Makes golden numbers of training with PyTorch, for TorchGoldenTest.

Made with PyTorch 1.13.0a0 (Debian 12's python3-torch), Python 3.11, in float64, on a CPU:

    /usr/bin/python3 golden_training.py > ../resources/org/saddlemap/train/torch-golden.json

Each case trains a small network by torch.optim and torch.nn alone, 20 full-batch steps, and writes its data, initial
parameters (in Saddlemap's order: per layer W [in][out], b, beta, gamma), the loss before each step, the gradient's norm before
clipping, and the parameters at the end. Inputs are multiples of 1/8 and parameters of 1/64, so float32 holds them exactly.
Momentum: torch's buffer is b = mu b + g, theta -= eta b, which is Polyak's form for a constant rate; Nesterov likewise.
RMSprop: torch adds eps outside the root, as here. Batch normalization: biased variance, eps 1e-5.
Layer normalization is torch.nn.LayerNorm, RMS normalization (which torch 1.13 has not) x / sqrt(mean x^2 + eps) by torch's own
operations; residual blocks add c times what their layers give to what went in.
Schedules are torch.optim.lr_scheduler's own where it has them: LinearLR for the warm-up and linear, CosineAnnealingLR, StepLR.
"""
import json
import sys

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(20)
ROWS, INPUTS, WIDTH, STEPS = 12, 4, 6, 20


class Net(torch.nn.Module):
    def __init__(self, depth, outputs, activation, norm):
        super().__init__()
        sizes = [INPUTS] + [WIDTH] * depth + [outputs]
        self.linear = torch.nn.ModuleList(
            torch.nn.Linear(a, b, bias=not (norm and i < depth)) for i, (a, b) in enumerate(zip(sizes, sizes[1:])))
        self.norm = torch.nn.ModuleList(torch.nn.BatchNorm1d(WIDTH) for _ in range(depth if norm else 0))
        self.activation = {
            "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "identity": lambda z: z,
            "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01), "gelu": torch.nn.functional.gelu}[activation]

    def forward(self, x):
        for i, layer in enumerate(self.linear):
            x = layer(x)
            if i < len(self.linear) - 1:
                x = self.activation(self.norm[i](x) if self.norm else x)
        return x

    def ordered(self):
        """Parameters in Saddlemap's order, as (tensor, whether transposed)."""
        for i, layer in enumerate(self.linear):
            yield layer.weight, True
            if self.norm and i < len(self.norm):
                yield self.norm[i].bias, False
                yield self.norm[i].weight, False
            else:
                yield layer.bias, False

    def flat(self):
        return [v for p, t in self.ordered() for v in (p.t() if t else p).detach().reshape(-1).tolist()]


class Rms(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return x / torch.sqrt((x ** 2).mean(-1, keepdim=True) + 1e-5) * self.weight


class Layered(Net):
    """Normalized along rows, before or after the activation or after the sum, and with residual blocks over all but the first layer."""

    def __init__(self, depth, outputs, activation, normalization, block, scale):
        super().__init__(depth, outputs, activation, False)
        kind, _, place = normalization.rstrip(")").partition("(")
        self.place, self.block, self.scale = place or "before", block, scale
        self.ends = {0} | {min(depth, at + block) - 1 for at in range(1, depth, block)} if block else set()
        make = {"layer": lambda: torch.nn.LayerNorm(WIDTH), "rms": Rms, "none": torch.nn.Identity}[kind]
        self.norm = torch.nn.ModuleList(
            make() if self.place != "sum" or i in self.ends else torch.nn.Identity() for i in range(depth))

    def forward(self, x):
        went = x
        for i, norm in enumerate(self.norm):
            x = self.linear[i](x)
            x = self.activation(norm(x) if self.place == "before" else x)
            x = norm(x) if self.place == "after" else x
            if self.block and i in self.ends:
                x = went + self.scale * x if i else x
                x = norm(x) if self.place == "sum" else x
                went = x
        return self.linear[-1](x)

    def ordered(self):
        for i, layer in enumerate(self.linear):
            yield layer.weight, True
            yield layer.bias, False
            for p in reversed(list(self.norm[i].parameters())) if i < len(self.norm) else ():  # the shift, then the scale
                yield p, False


def case(depth=2, activation="tanh", loss="cross_entropy", norm=False, optimizer="sgd", clipping="none", rate=0.125, l2=0.0,
         schedule="constant", warmup=0, decay=0.01, factors=(), normalization=None, block=0, scale=1.0):
    outputs = {"cross_entropy": 3, "binary_cross_entropy": 1, "mse": 2}[loss]
    net = Layered(depth, outputs, activation, normalization, block, scale) if normalization else Net(depth, outputs, activation, norm)
    with torch.no_grad():
        for p, _ in net.ordered():
            p.copy_(torch.round(torch.randn_like(p) * 0.6 * 64) / 64)
        for n in net.norm:
            if hasattr(n, "weight"):
                n.weight.fill_(1)
    x = torch.round(torch.randn(ROWS, INPUTS) * 8) / 8
    labels = torch.randint(0, 3 if outputs == 3 else 2, (ROWS,))
    values = torch.round(torch.randn(ROWS, outputs) * 8) / 8
    make = {
        "sgd": lambda p: torch.optim.SGD(p, rate),
        "momentum": lambda p: torch.optim.SGD(p, rate, momentum=0.9),
        "nesterov": lambda p: torch.optim.SGD(p, rate, momentum=0.9, nesterov=True),
        "adam": lambda p: torch.optim.Adam(p, rate, betas=(0.9, 0.999), eps=1e-8),
        "adamw": lambda p: torch.optim.AdamW(p, rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay),
        "adagrad": lambda p: torch.optim.Adagrad(p, rate, eps=1e-8),
        "rmsprop": lambda p: torch.optim.RMSprop(p, rate, alpha=0.9, eps=1e-8)}[optimizer]
    groups = [{"params": list(l.parameters()), "lr": rate * f} for l, f in zip(net.linear, factors)]
    steps = make(groups or net.parameters())
    after = STEPS - warmup
    scheduler = {
        "constant": lambda: torch.optim.lr_scheduler.ConstantLR(steps, 1, 0),
        "step(6, 0.25)": lambda: torch.optim.lr_scheduler.StepLR(steps, 6, 0.25),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(steps, after),
        "linear": lambda: torch.optim.lr_scheduler.LinearLR(steps, 1, 0, after),
        "inverse_sqrt(5)": lambda: torch.optim.lr_scheduler.LambdaLR(steps, lambda t: (5 / (5 + t)) ** 0.5)}[schedule]()
    if warmup:
        warm = torch.optim.lr_scheduler.LinearLR(steps, 1 / warmup, 1, warmup - 1)
        scheduler = torch.optim.lr_scheduler.SequentialLR(steps, [warm, scheduler], [warmup])
    initial, losses, norms = net.flat(), [], []
    for _ in range(STEPS):
        steps.zero_grad()
        out = net(x)
        if loss == "cross_entropy":
            f = torch.nn.functional.cross_entropy(out, labels)
        elif loss == "binary_cross_entropy":
            f = torch.nn.functional.binary_cross_entropy_with_logits(out[:, 0], labels.to(out.dtype))
        else:
            f = ((out - values) ** 2).sum() / (2 * ROWS)
        f = f + l2 / 2 * sum((p ** 2).sum() for p in net.parameters())
        f.backward()
        losses.append(f.item())
        norms.append(torch.sqrt(sum((p.grad ** 2).sum() for p in net.parameters())).item())
        if clipping.startswith("norm"):
            torch.nn.utils.clip_grad_norm_(net.parameters(), float(clipping[5:-1]))
        elif clipping.startswith("value"):
            torch.nn.utils.clip_grad_value_(net.parameters(), float(clipping[6:-1]))
        steps.step()
        scheduler.step()
    return {
        "configuration": f"depth={depth};width={WIDTH};activation={activation};loss={loss};"
                         + (f"normalization={normalization};" if normalization else f"batch_norm={str(norm).lower()};")
                         + (f"residual=blocks({block}, {scale});" if block else "") +
                         f"optimizer={optimizer};clipping={clipping};l2={l2};batch_size=full;max_steps={STEPS};"
                         + (f"schedule={schedule};warmup={warmup};" if schedule != "constant" or warmup else "")
                         + (f"weight_decay={decay};" if optimizer == "adamw" else "")
                         + (f"layer_rates=list({', '.join(map(str, factors))});" if factors else "")
                         + ("rho=0.9;" if optimizer == "rmsprop" else "")
                         + ("momentum=0.9;" if optimizer in ("momentum", "nesterov") else "") + "bias=true",
        "rate": rate, "inputs": x.reshape(-1).tolist(), "labels": [] if loss == "mse" else labels.tolist(),
        "values": values.reshape(-1).tolist() if loss == "mse" else [], "initial": initial, "losses": losses,
        "norms": norms, "last": net.flat()}


cases = [case(activation=a) for a in ("identity", "tanh", "sigmoid", "relu", "leaky_relu", "gelu")]
cases += [case(optimizer=o, clipping=c, rate=r) for o, r in
          (("sgd", 0.25), ("momentum", 0.0625), ("nesterov", 0.0625), ("adam", 0.015625), ("rmsprop", 0.00390625))
          for c in ("none", "norm(0.25)", "value(0.0625)")]
cases += [case(loss=l, l2=0.0625) for l in ("mse", "binary_cross_entropy", "cross_entropy")]
cases += [case(norm=True, activation=a, loss=l) for a, l in (("tanh", "cross_entropy"), ("relu", "mse"))]
cases += [case(depth=d, loss="mse", activation="gelu", rate=0.03125) for d in (0, 5)]
cases += [case(optimizer=o, rate=r, schedule=s, warmup=w) for o, r, s, w in
          (("sgd", 0.25, "cosine", 0), ("sgd", 0.25, "step(6, 0.25)", 5), ("momentum", 0.0625, "linear", 5),
           ("nesterov", 0.0625, "cosine", 5), ("adam", 0.015625, "inverse_sqrt(5)", 5), ("rmsprop", 0.00390625, "constant", 10))]
cases += [case(optimizer="adamw", rate=0.015625, decay=d, schedule=s, warmup=w, clipping=c, l2=l) for d, s, w, c, l in
          ((0.01, "constant", 0, "none", 0), (4, "constant", 0, "none", 0), (4, "cosine", 5, "norm(0.25)", 0.0625))]
cases += [case(optimizer="adagrad", rate=0.0625, clipping=c, schedule=s) for c, s in
          (("none", "constant"), ("value(0.0625)", "constant"), ("norm(0.25)", "linear"))]
cases += [case(optimizer=o, rate=r, factors=f, schedule=s) for o, r, f, s in
          (("sgd", 0.25, (1, 0.5, 0.125), "constant"), ("momentum", 0.0625, (0, 1, 2), "cosine"),
           ("nesterov", 0.0625, (0.25, 0, 1), "constant"), ("adamw", 0.015625, (1, 0.25, 0.5), "constant"),
           ("adagrad", 0.0625, (1, 1, 0.25), "linear"), ("rmsprop", 0.00390625, (0.5, 1, 0), "constant"))]
cases += [case(depth=3, normalization=n, activation=a, loss=l) for n, a, l in
          (("layer", "tanh", "cross_entropy"), ("layer(after)", "gelu", "mse"), ("rms", "relu", "cross_entropy"),
           ("rms(after)", "tanh", "binary_cross_entropy"))]
cases += [case(depth=d, normalization=n, block=b, scale=c, optimizer=o, rate=r, l2=l) for d, n, b, c, o, r, l in
          ((3, "none", 1, 1.0, "sgd", 0.0625, 0), (5, "none", 2, 0.5, "momentum", 0.03125, 0.0625), (4, "layer", 2, 1.0, "sgd", 0.0625, 0),
           (4, "layer(sum)", 1, 0.5, "adam", 0.015625, 0), (5, "rms(after)", 2, 0.25, "adamw", 0.015625, 0),
           (3, "rms(sum)", 1, 1.0, "sgd", 0.0625, 0))]
short = lambda v: [float(f"{e:.9g}") for e in v]
for c in cases:
    for k in ("losses", "norms", "last"):
        c[k] = short(c[k])
sys.stdout.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
