"""PyTorch modules as cases of ``saddlemap examine`` (docs/examine.md), and back."""

import copy
import json
import math
import re
import tempfile
import warnings
from itertools import groupby
from numbers import Real
from pathlib import Path

from .launcher import call

_NO_OPTION = (lambda layer: True, "")


def _activations():
    """Each supported class with its name, whether its options are the supported ones, and which those are."""
    from torch import nn

    return {
        nn.Identity: ("identity", *_NO_OPTION),
        nn.Tanh: ("tanh", *_NO_OPTION),
        nn.Sigmoid: ("sigmoid", *_NO_OPTION),
        nn.ReLU: ("relu", *_NO_OPTION),
        nn.LeakyReLU: ("leaky_relu", lambda layer: layer.negative_slope == 0.01, "negative_slope=0.01"),
        nn.GELU: ("gelu", lambda layer: layer.approximate == "none", "approximate='none'"),
        nn.Softplus: ("softplus", lambda layer: layer.beta == 1 and layer.threshold >= 20, "beta=1, threshold>=20"),
        nn.ReLU6: ("relu6", *_NO_OPTION),
        nn.ELU: ("elu", lambda layer: layer.alpha == 1, "alpha=1"),
        nn.SELU: ("selu", *_NO_OPTION),
        nn.SiLU: ("silu", *_NO_OPTION),
        nn.Softsign: ("softsign", *_NO_OPTION),
    }


def _norms():
    """Each supported class of normalization with its name. Torch has RMSNorm from 2.4 on."""
    from torch import nn

    found = {nn.BatchNorm1d: "batch", nn.LayerNorm: "layer"}
    if hasattr(nn, "RMSNorm"):
        found[nn.RMSNorm] = "rms"
    return found


def _epsilon(norm, dtype):
    """RMSNorm's own default is that of the numbers it is given."""
    import torch

    return torch.finfo(dtype).eps if norm.eps is None else norm.eps


def _losses():
    """Each supported loss: its class, its name in the file, and its function."""
    from torch import nn
    from torch.nn import functional

    return (
        (nn.CrossEntropyLoss, "cross_entropy", functional.cross_entropy),
        (nn.BCEWithLogitsLoss, "binary_cross_entropy", functional.binary_cross_entropy_with_logits),
        (nn.MSELoss, "mse", functional.mse_loss),
    )


def export(model, x, y, loss, *, learning_rate=None, weight_decay=0.0, name=None):
    """The case that describes this model on these data, a dict that ``json`` writes for ``saddlemap examine``.

    What cannot be described is refused by a ValueError that names it. The arguments are those of ``examine``.
    """
    import torch

    if not isinstance(model, torch.nn.Module):
        raise ValueError(f"model is a {type(model).__name__}; needs a torch.nn.Module")
    stages = _stages(model)
    network, weights, parameters = _network(stages)
    x, inputs = _inputs(x, network["sizes"][0])
    kind, reduction = _loss(loss)
    network["loss"] = kind
    targets = _targets(y, kind, len(inputs), network["sizes"][-1], _is_flat(model))
    n, k = targets.shape
    # The file's mse is half the mean over rows of the squared errors' sum over outputs.
    network["loss_factor"] = {"mean": 2 / k if kind == "mse" else 1, "sum": 2 * n if kind == "mse" else n}[reduction]
    if not weight_decay >= 0:
        raise ValueError(f"weight_decay is {weight_decay}; needs a number >= 0")
    network["l2"] = weight_decay / network["loss_factor"]
    case = {
        "name": name or type(model).__name__,
        "network": network,
        "data": {"inputs": inputs.tolist(), "targets": targets.tolist()},
        "weights": weights,
        "train": {"steps": 0, "learning_rate": 0.1 if learning_rate is None else float(learning_rate)},
    }
    measured = _objective(model, x, targets, kind, reduction) + weight_decay / 2 * sum(
        float((p.detach().double() ** 2).sum()) for p in parameters
    )
    if math.isfinite(measured):
        case["expected_loss"] = measured
    return case


def _layers(model, path="", residual=None):
    """The layers in order, each with a name for messages before it, and after it the Residual in whose branch it stands.

    Sequences and branches are walked into; a Residual is a layer too, in front of those of its branch.
    """
    from torch import nn

    from .nn import Residual

    if isinstance(model, nn.Sequential) and type(model).forward is nn.Sequential.forward:
        found = []
        for child, layer in model._modules.items():  # named_children() leaves out what stands twice, such as one Tanh()
            found += _layers(layer, f"{path}.{child}" if path else child, residual)
        return found
    name = f"layer {path} ({type(model).__name__})" if path else type(model).__name__
    if isinstance(model, Residual) and type(model).forward is Residual.forward:
        return [(name, model, residual), *_layers(model.branch, f"{path}.branch" if path else "branch", (name, model))]
    return [(name, model, residual)]


def _supported():
    classes = [c.__name__ for c in (*_norms(), *_activations())]
    return "supported are Sequential, Linear, saddlemap.nn.Residual, Flatten, Dropout, " + ", ".join(classes)


class _Stage:
    """A Linear, and what follows it until the next one."""

    def __init__(self, linear, residual):
        self.linear = linear
        self.residual = residual  # the one in whose branch it stands
        self.norm = None
        self.place = None
        self.activation = None

    @property
    def affine(self):
        return self.norm[1].weight is not None

    @property
    def shifted(self):
        """Whether the norm has a shift. Torch has no scale without one: one that is frozen at 0, as load makes it, is none."""
        shift = getattr(self.norm[1], "bias", None)
        return shift is not None and (shift.requires_grad or bool(shift.any()))

    def normalizations(self, following):
        """As the file may call its normalization, given the stage that follows.

        Without an activation, before and after it are the same place. Normalization after the sums also follows the
        first hidden layer, where nothing is added yet, and no layer within a branch.
        """
        if self.norm is None:
            within = self.residual is not None and self.residual is following.residual
            return ["none"] + [f"{kind}(sum)" for kind in _norms().values() if within]
        places = [self.place]
        if self.place == "before" and self.activation is None:
            places.append("after")
        if "after" in places and self.residual is None and following.residual is not None:
            places.append("sum")
        kind = _norms()[type(self.norm[1])]
        return [kind if place == "before" else f"{kind}({place})" for place in places]


def _stages(model):
    from torch import nn

    from .nn import Residual

    activations, norms = _activations(), _norms()
    stages = []
    ended = False  # by a Flatten after the last Linear
    for where, layer, residual in _layers(model):
        kind = type(layer)
        here = stages[-1] if stages and stages[-1].residual is residual else None  # what it may belong to
        if layer._forward_pre_hooks:
            raise ValueError(f"{where} has hooks that run before it, which may change its weights; remove them first")
        if ended and kind is not nn.Identity:
            raise ValueError(f"{where} stands after the Flatten at the end, where nothing may follow")
        if kind is nn.Identity or kind in (nn.Dropout, nn.AlphaDropout):
            continue  # judged is what dropout's mean network does
        if kind is nn.Flatten:
            whole = layer.end_dim == -1 and layer.start_dim == 1
            if stages and not whole and not (layer.start_dim == 0 and layer.end_dim in (-1, 1)):
                raise ValueError(f"{where}: supported are Flatten(), and Flatten(0) at the end")
            if not stages and not whole:
                raise ValueError(f"{where}: supported before the first Linear is Flatten() alone")
            ended = bool(stages) and not whole
        elif kind is nn.Linear:
            stages.append(_Stage((where, layer), residual))
        elif isinstance(layer, Residual) and kind.forward is Residual.forward:
            if residual:
                raise ValueError(f"{where} stands within {residual[0]}; supported are Residuals one after the other")
            if not stages:
                raise ValueError(f"{where}: supported is a Residual after the first hidden Linear and its activation")
            if not any(isinstance(inner, nn.Linear) for inner in layer.modules()):
                raise ValueError(f"{where} has no Linear in its branch; supported are 1 or 2")
            if not (isinstance(layer.scale, Real) and 0 <= layer.scale < math.inf):
                raise ValueError(f"{where} has the scale {layer.scale}; supported is a number >= 0")
        elif kind in norms:
            summed = bool(stages) and residual is None and here is None
            if summed:
                here = stages[-1]
            if not here or here.norm:
                raise ValueError(
                    f"{where}: supported is one {kind.__name__} after each hidden Linear, before or after its activation, or after"
                    " the first one and each Residual"
                )
            units = here.linear[1].out_features
            if kind is not nn.BatchNorm1d and tuple(layer.normalized_shape) != (units,):
                raise ValueError(
                    f"{where} normalizes {list(layer.normalized_shape)}; supported is the last dimension, the {units} units"
                )
            here.norm = (where, layer)
            here.place = "sum" if summed else "after" if here.activation else "before"
        elif kind in activations:
            word, fits, option = activations[kind]
            if not fits(layer):
                raise ValueError(f"{where} has other options than those supported, {option}")
            if not here or here.activation:
                raise ValueError(f"{where}: supported is one activation after each Linear, none after a Residual")
            here.activation = (where, word)
        else:
            raise ValueError(f"{where} is not supported; {_supported()}")
    if not stages:
        raise ValueError(f"{type(model).__name__} has no Linear; {_supported()}")
    if stages[-1].norm:
        raise ValueError(f"{stages[-1].norm[0]}: normalization of the outputs is not supported, of hidden layers it is")
    return stages


def _is_flat(model):
    """Whether a Flatten(0) ends the model, so that its one output a row has no dimension of its own."""
    from torch import nn

    return any(type(layer) is nn.Flatten and layer.start_dim == 0 for _, layer, _ in _layers(model))


def _same(values, what):
    """The value that all layers share; values are pairs of a layer's name and its value."""
    first = values[0]
    for other in values:
        if other[1] != first[1]:
            raise ValueError(
                f"{other[0]} has {what} {other[1]}, {first[0]} has {first[1]}; supported is one for all of them"
            )
    return first[1]


def _normalization_of(stages):
    """The file's name for where all of the hidden layers are normalized."""
    names = None
    for stage, following in zip(stages, stages[1:]):
        own = stage.normalizations(following)
        fitting = [name for name in own if names is None or name in names]
        if not fitting:
            raise ValueError(
                f"{stage.linear[0]} has the normalization {own[0]}, {stages[0].linear[0]} has {names[0]}; supported is one for all of them"
            )
        names = fitting
    return names[0] if names else "none"


def _residual_of(stages):
    """The file's text for the residual blocks, which it knows between the first and the last Linear."""
    if not any(stage.residual for stage in stages):
        return "none"
    if stages[-1].residual:
        raise ValueError(f"{stages[-1].residual[0]}: supported is one more Linear after the last Residual")
    for stage in stages[1:-1]:
        if not stage.residual:
            raise ValueError(f"{stage.linear[0]}: supported beside Residuals are the first and the last Linear alone")
    _same([(stage.linear[0], stage.linear[1].out_features) for stage in stages[:-1]], "the width")
    blocks = [(where, len(list(inner))) for (where, _), inner in groupby(stages[1:-1], lambda stage: stage.residual)]
    first, layers = blocks[0]
    for where, count in blocks:
        if count > 2:
            raise ValueError(f"{where} has {count} Linears in its branch; supported are 1 or 2")
        if count != layers and not (where == blocks[-1][0] and count < layers):
            raise ValueError(
                f"{where} has {count} Linears in its branch, {first} has {layers}; supported are as many in each, in the last perhaps 1 less"
            )
    scale = float(_same([(stage.residual[0], stage.residual[1].scale) for stage in stages[1:-1]], "the scale"))
    return f"blocks({layers})" if scale == 1 else f"blocks({layers}, {scale})"


def _network(stages):
    """The file's network and weights, and the parameters in them."""
    hidden = stages[:-1]
    parameters = []

    def values(where, parameter, turned=False):
        if not parameter.requires_grad:
            raise ValueError(f"{where} has frozen parameters (requires_grad=False), but the verdict is one on all of them")
        if any(parameter is p for p in parameters):
            raise ValueError(f"{where} shares its weights with another layer, which is not supported")
        parameters.append(parameter)
        numbers = parameter.detach().cpu().double()
        return (numbers.T if turned else numbers).tolist()

    sizes = [stages[0].linear[1].in_features] + [s.linear[1].out_features for s in stages]
    for before, stage in zip(stages, stages[1:]):
        if stage.linear[1].in_features != before.linear[1].out_features:
            raise ValueError(
                f"{stage.linear[0]} takes {stage.linear[1].in_features} inputs, the layer before gives {before.linear[1].out_features}"
            )
    residual = _residual_of(stages)
    norm = _normalization_of(stages)
    normalized = [s for s in hidden if s.norm]
    replaced = norm == "batch"  # the mean over the batch takes a bias away, and the shift stands in its place
    biased = [(s.linear[0], s.shifted if replaced and s.norm else s.linear[1].bias is not None) for s in stages]
    if not replaced and not norm.startswith("rms"):
        biased += [(s.norm[0], s.shifted) for s in normalized if s.affine]
    network = {
        "sizes": sizes,
        "output_activation": stages[-1].activation[1] if stages[-1].activation else "identity",
        "bias": _same(biased, "a bias (with batch norm, its shift):"),
    }
    if hidden:
        words = [s.activation[1] if s.activation else "identity" for s in hidden]
        network["activation"] = words[0] if len(set(words)) == 1 else words
    if normalized:
        options = {
            "affine": _same([(s.norm[0], s.affine) for s in normalized], "affine"),
            "epsilon": _same([(s.norm[0], _epsilon(s.norm[1], s.linear[1].weight.dtype)) for s in normalized], "eps"),
        }
        if norm == "batch":
            network["batch_norm"] = options
        else:
            network["normalization"] = {"kind": norm, **options}
    if residual != "none":
        network["residual"] = residual
    weights = []
    for stage in stages:
        where, linear = stage.linear
        layer = {"W": values(where, linear.weight, turned=True)}
        if linear.bias is not None and not (replaced and stage.norm):
            layer["b"] = values(where, linear.bias)
        if stage.norm and stage.affine:
            if stage.shifted:
                layer["b" if replaced else "beta"] = values(stage.norm[0], stage.norm[1].bias)
            layer["gamma"] = values(stage.norm[0], stage.norm[1].weight)
        weights.append(layer)
    return network, weights, parameters


def _tensor(values):
    """Of a tensor, an array, lists, or a data frame."""
    import torch

    return torch.as_tensor(values.to_numpy() if hasattr(values, "to_numpy") else values).detach().cpu()


def _inputs(x, features):
    """The inputs as the model takes them, and as rows, both in float64."""
    import torch

    x = _tensor(x).double()
    if x.dim() < 2 or len(x) == 0:
        raise ValueError(f"x has shape {list(x.shape)}; needs one row for each example, [n, {features}]")
    rows = x.reshape(len(x), -1)
    if rows.shape[1] != features:
        raise ValueError(f"x has shape {list(x.shape)}, {rows.shape[1]} numbers a row; the model takes {features}")
    if not torch.isfinite(rows).all():
        raise ValueError("x holds numbers that are not finite")
    return x, rows


def _loss(loss):
    """The loss's name in the file, and its reduction."""
    for kind, word, function in _losses():
        if loss is function or loss == word:
            return word, "mean"
        if type(loss) is kind:
            plain = kind()
            for option in ("weight", "pos_weight", "label_smoothing", "ignore_index"):
                if getattr(loss, option, None) is not getattr(plain, option, None) and getattr(loss, option) != getattr(plain, option):
                    raise ValueError(f"{kind.__name__} has the option {option}, which is not supported")
            if loss.reduction not in ("mean", "sum"):
                raise ValueError(f"{kind.__name__} has reduction '{loss.reduction}'; supported are mean and sum")
            return word, loss.reduction
    shown = getattr(loss, "__name__", None) or (loss if isinstance(loss, str) else type(loss).__name__)
    raise ValueError(
        f"loss {shown} is not supported; supported are CrossEntropyLoss, BCEWithLogitsLoss (one logit) and MSELoss"
        ", their functions, and the texts cross_entropy, binary_cross_entropy and mse"
    )


def _targets(y, kind, n, k, flat):
    """The targets as [n, k] in float64: one-hot for class labels, a column for one dimension."""
    import torch

    y = _tensor(y)
    shape = list(y.shape)
    if y.dim() == 0 or len(y) != n:
        raise ValueError(f"y has shape {shape}, x has {n} rows")
    if y.is_floating_point() and not torch.isfinite(y).all():
        raise ValueError("y holds numbers that are not finite")
    if kind == "cross_entropy":
        if k == 1:
            raise ValueError("CrossEntropyLoss of one output is 0 whatever it says; BCEWithLogitsLoss is the one for a logit")
        if y.is_floating_point():
            if shape != [n, k]:
                raise ValueError(f"y has shape {shape}; needs class labels (whole numbers) [{n}], or probabilities [{n}, {k}]")
            return y.double()
        if shape != [n]:
            raise ValueError(f"y has shape {shape}; class labels need [{n}] (one-hot rows are probabilities: y.double())")
        if y.min() < 0 or y.max() >= k:
            raise ValueError(f"y holds labels from {y.min()} to {y.max()}; {k} outputs need 0 to {k - 1}")
        return torch.nn.functional.one_hot(y.long(), k).double()
    if kind == "binary_cross_entropy" and k != 1:
        raise ValueError(f"BCEWithLogitsLoss is supported for one output, the model has {k}")
    if shape not in ([n, k], [n] if k == 1 else None):
        raise ValueError(f"y has shape {shape}, the outputs [{n}, {k}]")
    if kind == "mse" and (y.dim() == 1) != flat and n > 1:
        given = [n] if flat else [n, k]
        warnings.warn(
            f"y has shape {shape}, the outputs {given}: judged row by row, but torch's MSELoss compares all {n} x {n}"
            " pairs of them. Give both the same shape where you train.",
            stacklevel=4,
        )
    return y.reshape(n, k).double()


def _objective(model, x, targets, kind, reduction):
    """Torch's own loss in float64: batch norm by the statistics of all rows, dropout off."""
    import torch

    twin = copy.deepcopy(model).cpu().train()  # the model's own running statistics stay as they are
    for layer in twin.modules():
        if "Dropout" in type(layer).__name__:
            layer.eval()
        elif type(layer) in _norms():
            layer.eps = _epsilon(layer, next(twin.parameters()).dtype)
    twin.double()
    function = next(f for _, word, f in _losses() if word == kind)
    with torch.no_grad():
        return float(function(twin(x).reshape(targets.shape), targets, reduction=reduction))


def _normalization(network):
    """Torch's class (None for none), its place, whether it has a trained scale, and its epsilon."""
    import torch
    from torch import nn

    if "batch_norm" in network:
        given = network["batch_norm"]
        if not given or given is True:
            return (nn.BatchNorm1d if given else None), "before", True, 1e-5
        return nn.BatchNorm1d, "before", given.get("affine", False), given.get("epsilon", 0)
    given = network.get("normalization", "none")
    options = given if isinstance(given, dict) else {"kind": given}
    kind, _, place = options["kind"].rstrip(")").partition("(")
    classes = {"none": None, **{word: norm for norm, word in _norms().items()}}
    if kind == "rms" and kind not in classes:
        raise ValueError(f"the normalization {options['kind']} needs RMSNorm, which torch has from 2.4 on; this is {torch.__version__}")
    if kind not in classes or place not in ("", "after", "sum"):
        raise ValueError(
            f"the normalization {options['kind']} is not supported; supported are batch, layer and rms, also with (after) or (sum)"
        )
    return classes[kind], place or "before", options.get("affine", True), options.get("epsilon", 1e-5)


def _blocks(network):
    """How many hidden layers a residual block has, 0 without blocks, and the scale of its branch."""
    text = str(network.get("residual", "none")).replace(" ", "").lower()
    if text in ("none", "false"):
        return 0, 1.0
    found = re.fullmatch(r"blocks\(([12])(?:,(.+))?\)", "blocks(2)" if text == "true" else text)
    if found is None:
        raise ValueError(f"the residual blocks {text} are not supported; supported are blocks(1) and blocks(2), also with a scale")
    layers, scale = int(found[1]), found[2] or 1
    return layers, 1 / math.sqrt(len(network["sizes"]) - 2) if scale == "1/sqrt(depth)" else float(scale)


def _norm(kind, units, affine, epsilon, weights, shift, put):
    """A layer of that class with its scale and shift of the case; what the case has not is frozen at torch's own 1 and 0."""
    from torch import nn

    option = "affine" if kind is nn.BatchNorm1d else "elementwise_affine"
    layer = kind(units, eps=epsilon, **{option: affine or shift in weights})
    for parameter, key in ((layer.weight, "gamma"), (getattr(layer, "bias", None), shift)):  # RMSNorm has no shift
        if parameter is not None:
            if key in weights:
                put(parameter, weights[key])
            parameter.requires_grad_(key in weights)
    return layer


def module(case):
    """The ``torch.nn.Sequential`` of a case, in float32, with running statistics yet to be set."""
    import torch
    from torch import nn

    from .nn import Residual

    network = case["network"]
    classes = {word: kind for kind, (word, *_) in _activations().items()}
    norm, place, affine, epsilon = _normalization(network)
    block, scale = _blocks(network)
    replaced = norm is nn.BatchNorm1d and place == "before" and affine  # the shift stands in the place of the bias
    activations = network.get("activation")
    depth = len(case["weights"]) - 1
    layers, branch = [], []

    def put(parameter, values):
        # NaN and infinities are texts in JSON.
        numbers = [[float(v) for v in row] if isinstance(row, list) else float(row) for row in values]
        parameter.data = torch.tensor(numbers, dtype=torch.float32)

    for i, weights in enumerate(case["weights"]):
        hidden = i < depth
        inside = block > 0 and 0 < i < depth  # the first hidden layer stands before the blocks
        ends = not inside or i % block == 0 or i == depth - 1
        normed = hidden and norm is not None and (ends or place != "sum")
        bias = "b" in weights and not (normed and replaced)
        linear = nn.Linear(*network["sizes"][i : i + 2], bias=bias)
        put(linear.weight, map(list, zip(*weights["W"])))
        if bias:
            put(linear.bias, weights["b"])
        word = network["output_activation"] if not hidden else activations[i] if isinstance(activations, list) else activations
        if word not in classes:
            raise ValueError(f"torch has no module of the activation {word}")
        function = [classes[word]()] if word != "identity" else []
        normal = [_norm(norm, linear.out_features, affine, epsilon, weights, "b" if replaced else "beta", put)] if normed else []
        after = {"before": normal + function, "after": function + normal, "sum": function}[place]
        (branch if inside else layers).extend([linear, *after])
        if inside and ends:
            layers.append(Residual(nn.Sequential(*branch), scale))
            branch = []
        if place == "sum":
            layers += normal
    return nn.Sequential(*layers)


def load(trial, warehouse="warehouse", *, sweep=None, moved=None, data=False, launcher=None):
    """The trained network of a trial as a ``torch.nn.Module`` in evaluation mode.

    The trial is trained once more and has to come out the same to the bit (``saddlemap replay``). Batch norm has the
    statistics of all training rows, as in Saddlemap's own losses. Inputs are to be scaled as the spec scales them.

    trial: the first digits of its id. sweep: looked for in this one alone. moved: where the data are now.
    data: True returns (module, x, y) with the training rows as they were trained on, y as torch's losses take it.
    """
    import torch

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "network.json")
        options = (["--sweep", sweep] if sweep else []) + (["--data", moved] if moved else [])
        call(["replay", trial, "--warehouse", warehouse, "--out", file, "--with-data", *options], launcher)
        case = json.loads(file.read_text(encoding="utf-8"))
    network = module(case)
    x = torch.tensor(case["data"]["inputs"], dtype=torch.float32)
    norms = [layer for layer in network.modules() if isinstance(layer, torch.nn.BatchNorm1d)]
    if norms:
        momentum = norms[0].momentum
        for norm in norms:
            norm.momentum = None  # the plain mean over batches, here of one
        with torch.no_grad():
            network.train()(x)
        for norm in norms:
            norm.running_var *= (len(x) - 1) / len(x)  # torch keeps the unbiased variance, but trains with the biased one
            norm.momentum = momentum
    network.eval()
    if not data:
        return network
    y = torch.tensor(case["data"]["targets"], dtype=torch.float32)
    return network, x, y.argmax(1) if case["network"]["loss"] == "cross_entropy" else y
