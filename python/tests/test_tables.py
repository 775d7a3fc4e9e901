"""Sweeps and their tables."""

import json
import subprocess
import sys
from pathlib import Path

import pandas
import pytest
import torch
from conftest import ROOT, SPEC
from torch import nn

import saddlemap
from saddlemap.launcher import call, find
from saddlemap.nn import Residual
from saddlemap.sweep import _file


def test_a_sweep_runs_and_says_so(sweep, tmp_path):
    trained, said = sweep
    assert trained.id.startswith("four-")
    assert sum(trained.counts.values()) == 4
    assert repr(trained).startswith(f"<Sweep {trained.id}: ")
    assert any("4/4 trials  100 %" in line for line in said)
    page = trained.report(tmp_path / "report.html")
    assert page.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")


def test_trials_have_their_types(sweep):
    trained, _ = sweep
    trials = trained.trials()
    assert len(trials) == 4
    assert trials.depth.dtype == "int64" and (trials.depth == 1).all()
    assert trials.batch_norm.dtype == bool and trials.batch_norm.sum() == 2
    assert trials.learning_rate.dtype == "float64"
    assert trials.momentum.dtype == "float64" and trials.momentum.isna().all()  # plain SGD has none
    assert trials.epochs.dtype == "Int64" and trials.epochs.isna().all()
    assert trials.initializer.tolist().count("zeros") == 2
    assert trials.stack_trace.tolist() == [None] * 4
    assert trials.category.value_counts().to_dict() == trained.counts
    # The same numbers as the command's own.
    rows = json.loads(call(["sql", "--warehouse", trained.warehouse, "--format", "json", "SELECT * FROM trials"]))
    by_id = trials.set_index("trial_id")
    assert list(rows[0]) == list(trials.columns)
    for row in rows:
        for name, value in row.items():
            if name != "trial_id":
                mine = by_id.loc[row["trial_id"], name]
                assert pandas.isna(mine) if value is None else mine == value, name


def test_conditions_views_and_queries(sweep):
    trained, _ = sweep
    zeros = trained.trials(where="initializer = 'zeros' AND NOT batch_norm OR false")
    assert zeros.initializer.tolist() == ["zeros"]
    assert len(saddlemap.trials(trained.warehouse, sweep="four")) == 4
    nothing = saddlemap.trials(trained.warehouse, sweep="it's another")
    assert len(nothing) == 0 and nothing.depth.dtype == "int64"
    assert {"trials", "causes", "uncertain", "best_trials"} <= set(saddlemap.views(trained.warehouse))
    causes = saddlemap.view("causes", trained.warehouse)
    assert causes.trials.sum() == 4
    mixed = saddlemap.sql("SELECT CASE WHEN depth > 1 THEN true END AS b, CASE WHEN depth > 1 THEN depth END AS n, 0.5 AS x FROM trials LIMIT 1;", trained.warehouse)
    assert [str(t) for t in mixed.dtypes] == ["boolean", "Int64", "float64"]
    with pytest.raises(ValueError, match="no name of a view"):
        saddlemap.view("trials; DROP", trained.warehouse)
    with pytest.raises(saddlemap.SaddlemapError, match="no_such_column"):
        saddlemap.sql("SELECT no_such_column FROM trials", trained.warehouse)


@pytest.mark.parametrize("index", [0, 3])
def test_load_predicts_what_the_row_says(sweep, index):
    trained, _ = sweep
    row = trained.trials().sort_values("plan_index").iloc[index]
    model, x, y = saddlemap.load(row.trial_id, trained.warehouse, data=True)
    assert not model.training
    assert any(isinstance(layer, torch.nn.BatchNorm1d) for layer in model) == row.batch_norm
    with torch.no_grad():
        outputs = model(x)
    assert (outputs.argmax(1) == y).double().mean().item() == pytest.approx(row.accuracy, abs=1e-12)
    assert torch.nn.functional.cross_entropy(outputs, y).item() == pytest.approx(row.final_loss, rel=1e-5)
    # And back again: what the row calls a saddle is one.
    if index == 0:
        assert (row.initializer, row.batch_norm, row.category) == ("zeros", False, "saddle")
        again = saddlemap.examine(model, x, y, torch.nn.CrossEntropyLoss(), learning_rate=row.learning_rate)
        assert (again.category, again.sub_category) == (row.category, row.sub_category)
        assert again.loss == pytest.approx(row.final_loss, rel=1e-6)


def test_load_makes_residual_blocks(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)  # where the data are
    spec = {
        **SPEC,
        "name": "blocks",
        "network": {**SPEC["network"], "depth": 4, "initializer": "xavier_uniform"},
        "grid": {"residual": ["blocks(2, 1/sqrt(depth))"], "normalization": ["batch", "batch(sum)"]},
    }
    trained = saddlemap.run(spec, tmp_path / "warehouse", progress=None)
    for row in trained.trials().itertuples():
        model, x, y = saddlemap.load(row.trial_id, trained.warehouse, data=True)
        kinds = [type(layer) for layer in model]
        if row.normalization == "batch":
            assert kinds == [nn.Linear, nn.BatchNorm1d, nn.Tanh, Residual, Residual, nn.Linear]
        else:
            assert kinds == [nn.Linear, nn.Tanh, nn.BatchNorm1d, Residual, nn.BatchNorm1d, Residual, nn.BatchNorm1d, nn.Linear]
        assert {layer.scale for layer in model if isinstance(layer, Residual)} == {0.5}
        with torch.no_grad():
            outputs = model(x)
        assert (outputs.argmax(1) == y).double().mean().item() == pytest.approx(row.accuracy, abs=1e-12)
        assert nn.functional.cross_entropy(outputs, y).item() == pytest.approx(row.final_loss, rel=1e-5)


def test_specs_are_texts_and_files_too(sweep, tmp_path, monkeypatch):
    trained, _ = sweep
    monkeypatch.chdir(tmp_path)
    spec = json.loads(json.dumps(SPEC))
    spec["data"]["csv"] = str(ROOT / SPEC["data"]["csv"])
    said = []
    assert saddlemap.run(json.dumps(spec), trained.warehouse, progress=said.append).id == trained.id
    assert any("Nothing to train" in line for line in said)
    assert list(tmp_path.iterdir()) == []
    for text in ("name: x\ngrid: {}\n", json.dumps(spec)):
        with _file(text) as path:
            assert Path(path).read_text() == text and Path(path).parent == tmp_path
    for file in ("some/spec.yaml", Path("some/spec.yaml")):
        with _file(file) as path:
            assert path == str(tmp_path / "some" / "spec.yaml")


def test_errors_are_the_commands_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(saddlemap.SaddlemapError, match="grid: .*dept.*known|dept") as wrong:
        saddlemap.run({**SPEC, "grid": {"dept": [1]}}, tmp_path / "warehouse", progress=None)
    assert wrong.value.code == 2
    assert not (tmp_path / "warehouse").exists()
    with pytest.raises(saddlemap.SaddlemapError) as unknown:
        saddlemap.load("0123456789", tmp_path / "warehouse")
    assert unknown.value.code == 2


def test_the_command_is_found(tmp_path, monkeypatch):
    here = str(ROOT / "scripts" / "saddlemap")
    assert find() == here
    assert find(ROOT) == here and find(here) == here
    monkeypatch.delenv("SADDLEMAP_HOME")
    monkeypatch.setenv("PATH", str(ROOT / "scripts"))
    assert find() == here
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(saddlemap.SaddlemapError, match="SADDLEMAP_HOME"):
        find()
    with pytest.raises(saddlemap.SaddlemapError, match="launcher is"):
        find(tmp_path)


def test_an_interrupt_reaches_the_command_once(tmp_path):
    script = tmp_path / "saddlemap"
    # A shell could not trap a signal that whoever called the tests lets be ignored.
    script.write_text(f"""#!{sys.executable}
import signal, sys, time
def stop(*_):
    print("stopped", file=open(sys.argv[1], "a"))
    sys.exit(130)
signal.signal(signal.SIGINT, stop)
print("started", file=sys.stderr, flush=True)
while True:
    time.sleep(0.1)
""")
    script.chmod(0o755)

    def interrupt(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call([tmp_path / "said"], script, interrupt)
    assert (tmp_path / "said").read_text() == "stopped\n"


def test_the_wheel_holds_the_package_and_its_version_is_the_projects(tmp_path):
    build = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
    source = tmp_path / "python"
    subprocess.run(["cp", "-r", ROOT / "python", source], check=True)
    done = subprocess.run([sys.executable, "-c", build, tmp_path], cwd=source, check=True, capture_output=True, text=True)
    wheel = tmp_path / done.stdout.split()[-1]
    assert wheel.name.endswith("-py3-none-any.whl")
    shown = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, sys.argv[1]); import saddlemap; print(saddlemap.__file__, len(saddlemap.__all__), 'torch' in sys.modules)", wheel],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    ).stdout
    assert shown.split() == [str(wheel / "saddlemap" / "__init__.py"), "11", "False"]
    version = (ROOT / "pom.xml").read_text().split("<version>")[1].split("</version>")[0]
    assert wheel.name.startswith(f"saddlemap-{version.replace('-SNAPSHOT', '.dev0')}-")
