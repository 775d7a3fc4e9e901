"""Verdicts of networks that PyTorch trained."""

import json
import tempfile
from html import escape
from pathlib import Path

from .launcher import SaddlemapError, call
from .network import export

# Those of the report's page: safe for the colour-blind, and a letter tells the same without colour.
_MARKS = {
    "optimum": ("O", "#009E73"),
    "saddle": ("S", "#E69F00"),
    "plateau": ("P", "#56B4E9"),
    "diverged": ("D", "#D55E00"),
    "descending": ("·", "#BBBBBB"),
    None: ("?", "#E6E0CF"),
}


class Verdict:
    """Where a network's descent stands, and the proof (docs/verdict.md).

    category: optimum, saddle, plateau, diverged, descending, or None where there is nothing to learn.
    sub_category, cause, reason: texts; margin: decades to the nearest threshold that decides, None where none does.
    loss: that of the given weights, torch's own.
    decided: what was compared with which threshold, a list of dicts; evidence: the measures of docs/schema.md.
    """

    def __init__(self, answer):
        self.name = answer["name"]
        self.category = answer["category"]
        self.sub_category = answer["sub_category"]
        self.cause = answer["cause"]
        self.margin = answer["margin"]
        self.reason = answer["reason"]
        self.decided = answer["decided"]
        self.evidence = answer["evidence"]

    @property
    def loss(self):
        return self.evidence.get("start_loss")

    def _title(self):
        return f"{self.category or 'no category'} ({self.sub_category})"

    def __repr__(self):
        margin = "" if self.margin is None else f", margin {self.margin:.2g} decades"
        return f"{self.name}: {self._title()}, cause {self.cause}{margin}\n  {self.reason}"

    def _repr_html_(self):
        # Colours are the notebook's own but for the mark's, so it is light where the notebook is, and dark where it is.
        letter, colour = _MARKS[self.category]
        soft = "opacity:.75;font-size:.9em"
        facts = {
            "cause": (self.cause or "").replace("_", " "),
            "margin": None if self.margin is None else f"{self.margin:.2g} decades",
            "loss": _number(self.loss),
            "gradient norm": _number(self.evidence.get("gradient_norm")),
            "examined rows": _number(self.evidence.get("examined_rows")),
        }
        shown = " · ".join(f"{escape(k)} <b>{escape(v)}</b>" for k, v in facts.items() if v)
        return (
            '<div style="font-family:system-ui,sans-serif;line-height:1.45;max-width:48em;border:1px solid;'
            'border-color:color-mix(in srgb,currentColor 25%,transparent);border-radius:8px;padding:.8em 1em">'
            f'<div style="font-size:1.15em"><span style="display:inline-block;width:1.5em;text-align:center;font-weight:700;'
            f'color:#111;background:{colour};border-radius:4px;margin-right:.5em">{letter}</span>'
            f"<b>{escape(self._title())}</b> <span style=\"{soft}\">{escape(self.name)}</span></div>"
            f'<p style="margin:.5em 0">{escape(self.reason)}</p><div style="{soft}">{shown}</div>'
            + _table("What decided", ("quantity", "value", "threshold", "decades"), self._comparisons())
            + _table("Evidence", ("measure", "value"), [(k, _number(v)) for k, v in self.evidence.items()])
            + "</div>"
        )

    def _comparisons(self):
        return [
            (c["quantity"], _number(c["value"]), _number(c["threshold"]), _number(c["decades"]) + (" *" if c["decisive"] else ""))
            for c in self.decided
        ]


def _number(value):
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(title, head, rows):
    def line(cells, tag):
        return "<tr>" + "".join(f'<{tag} style="text-align:left;padding:.1em .9em .1em 0">{escape(c)}</{tag}>' for c in cells) + "</tr>"

    return (
        f'<details style="margin-top:.5em"><summary style="cursor:pointer">{title} ({len(rows)})</summary>'
        f'<div style="overflow-x:auto"><table style="border-collapse:collapse;font-size:.9em">{line(head, "th")}'
        + "".join(line(row, "td") for row in rows)
        + "</table></div></details>"
    )


def examine(model, x, y, loss, *, learning_rate=None, weight_decay=0.0, name=None, launcher=None):
    """Judges a model at its present weights: the Verdict on where its descent stands, and why.

    Judged is the loss on all rows that are given, with the gradient and curvature in all parameters; batch norm
    normalizes by the statistics of these rows, as ``model.train()`` does for a batch of all of them, and dropout is off.

    model: a ``torch.nn.Sequential`` (nested as it likes) of supported layers, ``saddlemap.nn.Residual`` among them; what is
    not is refused by name.
    x: [n, …], as the model takes it. y: class labels [n] or probabilities [n, k] for cross entropy, 0 and 1 as [n] or
    [n, 1] for binary cross entropy, numbers [n, k] (or [n] for one output) for mean squares.
    loss: ``CrossEntropyLoss``, ``BCEWithLogitsLoss`` or ``MSELoss``; all losses come back as torch computes them.
    learning_rate: that of your training; "does it go on falling by itself" is answered for 200 plain steps at it (0.1).
    weight_decay: λ of the objective's ½λ‖θ‖², which is what ``torch.optim.SGD`` makes of its own.
    """
    case = export(model, x, y, loss, learning_rate=learning_rate, weight_decay=weight_decay, name=name)
    return judge([case], launcher)[0]


def judge(cases, launcher=None):
    """The verdicts of several exported cases, by one call of the command."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "cases.json")
        file.write_text(json.dumps({"format": 1, "cases": cases}), encoding="utf-8")
        answers = json.loads(call(["examine", file, "--all", "--format", "json"], launcher))
    verdicts = [Verdict(answer) for answer in answers]
    for case, verdict in zip(cases, verdicts):
        _check(case, verdict)
    return verdicts


def _check(case, verdict):
    """The command refuses what is grossly another loss; in float64 the two agree far better."""
    expected = case.get("expected_loss")
    loss = verdict.loss
    if expected is None and verdict.category == "diverged":
        return
    scale = abs(expected or 0) + 1e-3 * abs(verdict.evidence.get("f_base") or 0)
    if expected is None or loss is None or abs(loss - expected) > 1e-6 * scale:
        raise SaddlemapError(f"{verdict.name}: torch's loss is {expected}, Saddlemap's {loss}: the verdict would be another network's")
