"""Runs sweeps."""

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from . import tables
from .launcher import call


class Sweep:
    """A complete sweep: its ``id``, the ``warehouse`` that it stands in, and its ``counts`` by outcome."""

    def __init__(self, status, warehouse, launcher):
        self.id = status["sweep"]
        self.warehouse = warehouse
        outcomes = ("optimum", "saddle", "plateau", "diverged", "descending", "unjudged", "failed", "timed_out")
        self.counts = {name: status[name] for name in outcomes if status.get(name)}
        self._launcher = launcher

    def trials(self, where=None):
        """Its trials as a data frame."""
        return tables.trials(self.warehouse, sweep=self.id, where=where, launcher=self._launcher)

    def report(self, path):
        """Writes the report, one HTML page, and returns its path."""
        call(["report", self.id, "--out", path, "--warehouse", self.warehouse], self._launcher)
        return Path(path)

    def __repr__(self):
        return f"<Sweep {self.id}: {', '.join(f'{n} {outcome}' for outcome, n in self.counts.items())}>"


def _say(line):
    print(line, file=sys.stderr, flush=True)


def run(spec, warehouse="warehouse", *, progress=_say, options=(), launcher=None):
    """Trains what a sweep still lacks and returns the Sweep; interrupted, the same call goes on.

    spec: a dict, YAML text, or the path of a file. Relative paths of data are looked for in the file's folder
        first (that of the process for a dict or text), then in the folder of the process.
    progress: called with each line that the command says meanwhile; None is silent.
    options: further ones of the command, such as ``["--tag", "mine"]`` or Spark's.
    """
    with _file(spec) as path:
        # By its id, since status takes a spec whose data lie elsewhere for another sweep's.
        sweep = json.loads(call(["plan", path, "--warehouse", warehouse, "--format", "json"], launcher))[0]["sweep"]
        call(["run", path, "--warehouse", warehouse, *options], launcher, progress)
    status = call(["status", sweep, "--warehouse", warehouse, "--format", "json"], launcher)
    return Sweep(json.loads(status)[0], warehouse, launcher)


@contextmanager
def _file(spec):
    if isinstance(spec, dict):
        text = json.dumps(spec, indent=1)  # which YAML reads
    elif isinstance(spec, str) and ("\n" in spec or spec.lstrip().startswith("{")):  # no file is called so
        text = spec
    else:
        yield os.path.abspath(spec)
        return
    # The spec's folder is kept with the sweep, to find relative data again.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=os.getcwd(), prefix=".spec-", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        yield file.name
