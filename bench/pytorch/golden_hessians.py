"""Makes golden losses, gradients and Hessians with PyTorch, for TorchHessianTest of the worker.

    /usr/bin/python3 bench/pytorch/golden_hessians.py            makes worker/src/test/resources/golden/hessians.{json,csv}
    /usr/bin/python3 bench/pytorch/golden_hessians.py --check    measures the networks of that JSON again, against its CSV

The JSON holds networks, data and weights in the format of docs/examine.md; the CSV what torch.nn.functional and
torch.autograd alone say of them, in float64: the whole Hessian by double backward, its eigenvalues by LAPACK. Only that
JSON is measured, so that the numbers hold whatever another version's training makes of the seeds. Inputs and targets have
3 decimals and weights 5, taken before measuring. PyTorch: Debian's python3-torch.
"""
import csv
import json
import math
import pathlib
import re
import sys

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "worker/src/test/resources/golden"
COLUMNS = ("loss", "gradient_norm", "lambda_min", "lambda_max", "negative", "zero", "trace", "frobenius")
RESOLUTION = 1e-7  # eigenvalues within it of 0, in units of the largest, count as 0
ACTIVATIONS = {
    "identity": lambda z: z, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": functional.relu,
    "leaky_relu": lambda z: functional.leaky_relu(z, 0.01), "gelu": functional.gelu,
    "silu": functional.silu}


class Unsuitable(Exception):
    """A point whose numbers would hang on rounding; another seed's may not."""


class Objective:
    """A case's objective as a function of the flat vector of its parameters: of each layer W [in][out], b, gamma, beta."""

    def __init__(self, case):
        self.net = {"output_activation": "identity", "l2": 0, **case["network"]}
        self.x = torch.tensor(case["data"]["inputs"], dtype=torch.float64)
        self.y = torch.tensor(case["data"]["targets"], dtype=torch.float64)
        self.margin = math.inf  # distance from the nearest kink, of the last evaluation
        norm = self.net.get("normalization") or {"kind": "batch" if "batch_norm" in self.net else "none",
                                                 **self.net.get("batch_norm", {})}
        self.kind, self.place = re.fullmatch(r"(\w+)(?:\((\w+)\))?", norm["kind"]).groups("before")
        self.affine, self.epsilon = self.kind != "none" and norm["affine"], norm.get("epsilon")
        self.depth = len(self.net["sizes"]) - 2
        block = re.fullmatch(r"blocks\((\d)(?:, (.+))?\)", self.net.get("residual", ""))
        self.block = int(block[1]) if block else 0  # hidden layers of each
        self.branch = 1 / math.sqrt(self.depth) if block and block[2] == "1/sqrt(depth)" else float(block and block[2] or 1)

    def blocks(self):
        """Numbers of hidden layers that stand together: the first alone."""
        starts = list(range(1, self.depth, self.block or 1))
        return [range(min(self.depth, 1))] + [range(a, b) for a, b in zip(starts, starts[1:] + [self.depth])]

    def normalized(self, layer):
        ends = [numbers[-1] for numbers in self.blocks() if numbers]
        return self.kind != "none" and layer < self.depth and (self.place != "sum" or layer in ends)

    def shapes(self):
        sizes, bias = self.net["sizes"], self.net["bias"]
        for layer, (a, b) in enumerate(zip(sizes, sizes[1:])):
            scaled = self.affine and self.normalized(layer)
            beside = scaled and bias and self.kind != "rms" and (self.kind, self.place) != ("batch", "before")
            yield {"W": (a, b), **({"b": (b,)} if bias else {}), **({"gamma": (b,)} if scaled else {}),
                   **({"beta": (b,)} if beside else {})}

    def layers(self, theta):
        """Views of the vector, a dictionary a layer."""
        at, layers = 0, []
        for shapes in self.shapes():
            layers.append({})
            for key, shape in shapes.items():
                layers[-1][key] = theta[at:at + math.prod(shape)].reshape(shape)
                at += math.prod(shape)
        return layers

    def flat(self, layers):
        return torch.cat([torch.as_tensor(layer[key], dtype=torch.float64).reshape(-1)
                          for layer, shapes in zip(layers, self.shapes()) for key in shapes])

    def activate(self, name, z):
        if name in ("relu", "leaky_relu"):
            self.margin = min(self.margin, z.detach().abs().min().item())
        return ACTIVATIONS[name](z)

    def normalize(self, number, layer, z):
        if not self.normalized(number):
            return z
        gamma = layer.get("gamma")
        if self.kind == "batch":
            shift = layer.get("b" if self.place == "before" else "beta") if self.affine else None
            return functional.batch_norm(z, None, None, gamma, shift, training=True, eps=self.epsilon)
        if self.kind == "layer":
            return functional.layer_norm(z, z.shape[1:], gamma, layer.get("beta"), eps=self.epsilon)
        return z * torch.rsqrt((z ** 2).mean(dim=1, keepdim=True) + self.epsilon) * (1 if gamma is None else gamma)

    def hidden(self, number, layer, a):
        shifted = self.affine and (self.kind, self.place) == ("batch", "before")  # the shift is the normalization's
        a = functional.linear(a, layer["W"].T, None if shifted else layer.get("b"))
        if self.place == "before":
            a = self.normalize(number, layer, a)
        a = self.activate(self.net["activation"], a)
        return self.normalize(number, layer, a) if self.place == "after" else a

    def __call__(self, theta):
        self.margin = math.inf
        a, layers = self.x, self.layers(theta)
        for numbers in self.blocks():
            inside = a
            for number in numbers:
                inside = self.hidden(number, layers[number], inside)
            a = a + self.branch * inside if self.block and 0 not in numbers else inside
            if self.place == "sum" and numbers:
                a = self.normalize(numbers[-1], layers[numbers[-1]], a)
        o = self.activate(self.net["output_activation"], functional.linear(a, layers[-1]["W"].T, layers[-1].get("b")))
        loss = {
            "mse": lambda: functional.mse_loss(o, self.y, reduction="sum") / (2 * len(self.x)),
            "cross_entropy": lambda: functional.cross_entropy(o, self.y),
            "binary_cross_entropy": lambda: functional.binary_cross_entropy_with_logits(o, self.y),
        }[self.net["loss"]]()
        return loss + self.net["l2"] / 2 * (theta ** 2).sum()


def measure(case):
    f = Objective(case)
    theta = f.flat(case["weights"]).requires_grad_()
    loss = f(theta)
    if f.margin < 1e-4:
        raise Unsuitable(f"{case['name']} lies {f.margin} from a kink")
    gradient, = torch.autograd.grad(loss, theta)
    hessian = torch.autograd.functional.hessian(f, theta.detach())
    values = torch.linalg.eigvalsh((hessian + hessian.T) / 2)
    shares = values / values.abs().max()
    if ((shares.abs() > RESOLUTION / 5) & (shares.abs() < RESOLUTION * 5)).any():
        raise Unsuitable(f"{case['name']} has an eigenvalue that is neither 0 nor not: {shares}")
    return dict(zip(COLUMNS, (
        loss.item(), gradient.norm().item(), values[0].item(), values[-1].item(), int((shares < -RESOLUTION).sum()),
        int((shares.abs() <= RESOLUTION).sum()), hessian.trace().item(), hessian.norm().item())))


# Where the weights are. Each takes the objective and random weights, and gives weights.

def at_random(f, theta):
    return theta


def descended(steps, rate):
    def go(f, theta):
        for _ in range(steps):
            gradient, = torch.autograd.grad(f(theta.requires_grad_()), theta)
            theta = (theta - rate * gradient).detach()
        return theta
    return go


def near_an_optimum(f, theta):
    """By L-BFGS, in turn with plain steps, which get across kinks where its line search ends. Larger ReLU networks end on kinks."""
    for _ in range(5):
        theta = descended(300, 0.1)(f, theta).requires_grad_()
        lbfgs = torch.optim.LBFGS([theta], max_iter=2000, max_eval=4000, tolerance_grad=1e-10, tolerance_change=0,
                                  history_size=50, line_search_fn="strong_wolfe")

        def closure():
            lbfgs.zero_grad()
            loss = f(theta)
            loss.backward()
            return loss

        lbfgs.step(closure)
        closure()
        if theta.grad.norm() < 1e-4:
            return theta.detach()
        theta = theta.detach()
    raise Unsuitable("no gradient below 1e-4")


def saturated(factor):
    return lambda f, theta: factor * theta


def with_dead_units(layer, units):
    def kill(f, theta):
        f.layers(theta)[layer]["b"][:units] = -40  # a view, so that theta changes
        return theta
    return kill


def with_equal_units(f, theta):
    """Equal hidden units, then descended along their line of symmetry."""
    layers = f.layers(theta)
    for i, layer in enumerate(layers):
        if i < len(layers) - 1:
            for key in layer:
                layer[key][...] = layer[key][..., :1].clone()
        if i > 0:
            layer["W"][...] = layer["W"][:1].clone()
    return descended(300, 0.2)(f, theta)


def zero(f, theta):
    """Zero weights, and biases of the outputs at their best: the saddle of many an initializer."""
    theta = torch.zeros_like(theta)
    return descended(200, 0.5)(f, theta)


def rounded(values, decimals):
    return [rounded(v, decimals) for v in values] if isinstance(values, list) else round(values, decimals)


def case(name, seed, *shape, **more):
    """With the first suitable of the seeds that are equal modulo 100."""
    for attempt in range(50):
        try:
            made = draw(name, seed + 100 * attempt, *shape, **more)
            measure(made)
            return made
        except Unsuitable as e:
            last = e
    sys.exit(f"No seed suits {name}: {last}")


def draw(name, seed, sizes, activation, loss, where, output="identity", bias=True, norm=None, l2=0, rows=16, soft=False,
         scale=1.0, normalization=None, residual=None):
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, sizes[0], generator=random)
    k = sizes[-1]
    if loss == "mse":
        y = torch.randn(rows, k, generator=random)
    elif soft:
        y = torch.rand(rows, k, generator=random)
        y = torch.softmax(3 * y, dim=1) if k > 1 else y
    elif loss == "cross_entropy":
        y = functional.one_hot(torch.randint(0, k, (rows,), generator=random), k).double()
    else:
        y = torch.randint(0, 2, (rows, 1), generator=random).double()
    y = torch.tensor(rounded(y.tolist(), 3), dtype=torch.float64)
    if soft and k > 1:
        y[:, -1] = 1 - y[:, :-1].sum(dim=1)
    network = {"sizes": sizes, "activation": activation, "output_activation": output, "loss": loss, "bias": bias}
    if norm:
        network["batch_norm"] = {"affine": norm[0], "epsilon": norm[1]}
    if normalization:
        network["normalization"] = dict(zip(("kind", "affine", "epsilon"), normalization))
    if residual:
        network["residual"] = residual
    if l2:
        network["l2"] = l2
    made = {"name": name, "why": f"golden_hessians.py, PyTorch {torch.__version__}, seed {seed}", "network": network,
            "data": {"inputs": rounded(x.tolist(), 3), "targets": rounded(y.tolist(), 3)}}
    f = Objective(made)
    weights = []
    for shapes in f.shapes():
        weights.append({key: torch.randn(shape, generator=random) * scale * (1 / math.sqrt(shape[0]) if key == "W" else 0.3)
                        + (1 if key == "gamma" else 0) for key, shape in shapes.items()})
    theta = where(f, f.flat(weights))
    made["weights"] = [{key: rounded(v.tolist(), 5) for key, v in layer.items()} for layer in f.layers(theta)]
    return made


STANDARD, PLAIN, WIDE = (True, 1e-5), (False, 0), (True, 1e-2)


def cases():
    mse, ce, bce = "mse", "cross_entropy", "binary_cross_entropy"
    # Every activation, untrained and near an optimum.
    yield case("identity, at random", 1, [4, 5, 3], "identity", mse, at_random)
    yield case("tanh, at random", 2, [4, 7, 5, 3], "tanh", ce, at_random)
    yield case("sigmoid, at random", 3, [4, 7, 5, 1], "sigmoid", bce, at_random)
    yield case("relu, at random", 4, [4, 7, 5, 3], "relu", ce, at_random)
    yield case("leaky relu, at random", 5, [4, 7, 5, 2], "leaky_relu", mse, at_random)
    yield case("gelu, at random", 6, [4, 7, 5, 1], "gelu", bce, at_random)
    yield case("identity, near an optimum", 7, [4, 5, 3], "identity", ce, near_an_optimum, l2=0.01)
    yield case("tanh, near an optimum", 8, [5, 9, 5, 2], "tanh", mse, near_an_optimum, l2=0.01, rows=24)
    yield case("sigmoid, near an optimum", 9, [4, 6, 3], "sigmoid", ce, near_an_optimum, l2=0.003)
    yield case("relu, near an optimum", 10, [2, 2, 1], "relu", mse, near_an_optimum, rows=12)
    yield case("leaky relu, near an optimum", 11, [2, 2, 1], "leaky_relu", bce, near_an_optimum, soft=True, rows=12)
    yield case("gelu, near an optimum", 12, [4, 7, 3], "gelu", ce, near_an_optimum, l2=0.01)
    yield case("tanh, descended", 13, [4, 6, 6, 2], "tanh", mse, descended(60, 0.2))
    # Outputs.
    yield case("tanh outputs", 14, [4, 6, 2], "relu", mse, at_random, output="tanh", l2=0.1)
    yield case("sigmoid outputs", 15, [4, 6, 4, 2], "gelu", mse, descended(100, 0.5), output="sigmoid")
    yield case("relu outputs", 16, [4, 6, 3], "tanh", mse, at_random, output="relu", rows=20)
    yield case("leaky relu outputs", 17, [4, 6, 3], "sigmoid", ce, at_random, output="leaky_relu")
    yield case("gelu outputs", 18, [4, 6, 1], "leaky_relu", bce, at_random, output="gelu", l2=0.03)
    yield case("soft targets", 19, [4, 6, 3], "tanh", ce, near_an_optimum, soft=True, l2=0.002)
    yield case("a soft binary target", 20, [4, 6, 1], "tanh", bce, descended(50, 0.5), soft=True)
    # No biases, and no hidden layer.
    yield case("no biases", 21, [4, 7, 5, 3], "tanh", ce, at_random, bias=False)
    yield case("no biases, near an optimum", 22, [4, 5, 2], "gelu", mse, near_an_optimum, bias=False, l2=0.05)
    yield case("a linear model at its optimum", 23, [6, 4], "identity", ce, near_an_optimum, l2=0.01, rows=40)
    yield case("a linear model without biases", 24, [9, 1], "identity", mse, at_random, bias=False)
    # Batch normalization.
    yield case("normalized tanh", 25, [4, 6, 5, 3], "tanh", ce, at_random, norm=STANDARD)
    yield case("normalized relu", 26, [4, 6, 5, 2], "relu", mse, at_random, norm=STANDARD, rows=20)
    yield case("normalized gelu, descended", 27, [4, 6, 1], "gelu", bce, descended(100, 0.2), norm=WIDE, l2=0.01)
    yield case("normalized sigmoid without scales", 28, [4, 6, 5, 3], "sigmoid", ce, at_random, norm=PLAIN)
    yield case("normalized without biases", 29, [4, 6, 5, 3], "leaky_relu", ce, at_random, norm=STANDARD, bias=False)
    yield case("normalized without scales and biases", 30, [4, 7, 2], "tanh", mse, descended(80, 0.2), norm=PLAIN,
               bias=False)
    yield case("normalized tanh, near an optimum", 31, [3, 5, 2], "tanh", mse, near_an_optimum, norm=STANDARD, l2=0.01)
    yield case("normalized identity, large weights", 32, [4, 6, 5, 2], "identity", mse, at_random, norm=STANDARD, scale=30)
    # Saturated, dead, equal.
    yield case("saturated tanh", 33, [4, 6, 5, 2], "tanh", mse, saturated(4))
    yield case("saturated sigmoid", 34, [4, 6, 5, 3], "sigmoid", ce, saturated(8))
    yield case("saturated logit", 35, [4, 6, 1], "relu", bce, saturated(3))
    yield case("saturated softmax", 36, [4, 6, 3], "gelu", ce, saturated(4))
    yield case("two dead units", 37, [4, 7, 5, 3], "relu", ce, with_dead_units(0, 2))
    yield case("a dead layer", 38, [4, 6, 5, 2], "relu", mse, with_dead_units(1, 5))
    yield case("units of gelu far out", 39, [4, 6, 2], "gelu", mse, with_dead_units(0, 3))
    yield case("equal units", 40, [4, 5, 4, 2], "tanh", mse, with_equal_units)
    yield case("zero weights", 41, [4, 5, 2], "tanh", mse, zero)
    yield case("sigmoids that started at zero", 42, [4, 5, 3], "sigmoid", ce, zero, l2=0.001)
    # Deep.
    yield case("seven layers", 43, [3, 4, 4, 4, 4, 4, 4, 2], "tanh", mse, at_random, scale=1.3)
    yield case("seven normalized layers", 44, [3, 4, 4, 4, 4, 4, 4, 2], "relu", ce, at_random, norm=STANDARD, rows=24)
    # Residual blocks, and normalization along rows and in other places.
    yield case("residual tanh", 45, [4, 5, 5, 5, 2], "tanh", mse, at_random, residual="blocks(1)")
    yield case("residual relu, blocks of two", 46, [4, 5, 5, 5, 3], "relu", ce, at_random, residual="blocks(2)")
    yield case("residual gelu, a small branch", 47, [4, 5, 5, 5, 5, 1], "gelu", bce, at_random, residual="blocks(2, 0.3)")
    yield case("residual silu, by depth, descended", 48, [3, 4, 4, 4, 4, 2], "silu", mse, descended(80, 0.1),
               residual="blocks(1, 1/sqrt(depth))", l2=0.01)
    yield case("residual tanh, near an optimum", 49, [3, 4, 4, 2], "tanh", ce, near_an_optimum, residual="blocks(1)", l2=0.01)
    yield case("layer-normalized tanh", 50, [4, 6, 5, 3], "tanh", ce, at_random, normalization=("layer", True, 1e-5))
    yield case("layer-normalized relu without scales", 51, [4, 6, 5, 2], "relu", mse, at_random,
               normalization=("layer", False, 1e-2))
    yield case("layer-normalized gelu, near an optimum", 52, [3, 5, 2], "gelu", mse, near_an_optimum, l2=0.01,
               normalization=("layer", True, 1e-5))
    yield case("layer-normalized activations", 53, [4, 6, 5, 3], "tanh", ce, at_random,
               normalization=("layer(after)", True, 1e-5))
    yield case("root-mean-square-normalized silu", 54, [4, 6, 5, 3], "silu", ce, at_random,
               normalization=("rms", True, 1e-5))
    yield case("root-mean-square-normalized activations", 55, [4, 6, 5, 1], "sigmoid", bce, descended(60, 0.3),
               normalization=("rms(after)", True, 1e-5), bias=False)
    yield case("normalized activations", 56, [4, 6, 5, 3], "tanh", ce, at_random, normalization=("batch(after)", True, 1e-5))
    yield case("residual, layer-normalized sums", 57, [4, 5, 5, 5, 2], "tanh", mse, at_random, residual="blocks(1)",
               normalization=("layer(sum)", True, 1e-5))
    yield case("residual, layer-normalized branches", 58, [4, 5, 5, 5, 3], "gelu", ce, descended(60, 0.2),
               residual="blocks(2)", normalization=("layer", True, 1e-5))
    yield case("residual, normalized branches", 59, [4, 5, 5, 5, 2], "relu", mse, at_random, residual="blocks(2, 0.5)",
               normalization=("batch", True, 1e-5), rows=20)
    yield case("residual, normalized sums of two", 60, [4, 5, 5, 5, 3], "tanh", ce, at_random, residual="blocks(2)",
               normalization=("batch(sum)", True, 1e-2), rows=20)


def make():
    all_cases = list(cases())
    rows = [{"name": c["name"], **measure(c)} for c in all_cases]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "hessians.json", "w", newline="\n") as out:
        body = ",\n".join(json.dumps(c, separators=(",", ":")) for c in all_cases)
        out.write('{"format":1,"cases":[\n' + body + "\n]}\n")
    with open(FOLDER / "hessians.csv", "w", newline="\n") as out:
        out.write(f"# hessians.json as PyTorch {torch.__version__} measures it in float64 on a CPU; made by\n"
                  "# /usr/bin/python3 bench/pytorch/golden_hessians.py, measured again by the same with --check.\n")
        table = csv.DictWriter(out, ("name",) + COLUMNS, delimiter=";", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def check():
    with open(FOLDER / "hessians.json") as file:
        all_cases = json.load(file)["cases"]
    with open(FOLDER / "hessians.csv", newline="") as file:
        table = {row["name"]: row for row in csv.DictReader((r for r in file if not r.startswith("#")), delimiter=";")}
    if [c["name"] for c in all_cases] != list(table):
        sys.exit("hessians.json and hessians.csv hold different cases")
    worst = 0.0
    for c in all_cases:
        for key, value in measure(c).items():
            golden = float(table[c["name"]][key])
            off = abs(value - golden) / (abs(golden) + 1e-5 * (1 + abs(float(table[c["name"]]["lambda_max"]))))
            worst = max(worst, off)
            if off > 1e-9:
                sys.exit(f"{c['name']}: {key} is {value}, golden {golden}")
    print(f"{len(all_cases)} cases as before, to {worst:.1e}")


if sys.argv[1:] not in ([], ["--check"]):
    sys.exit(__doc__)
check() if sys.argv[1:] else make()
