import os
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))
os.environ["SADDLEMAP_HOME"] = str(ROOT)
torch.set_num_threads(1)  # such small networks wait for each other's threads

SPEC = {
    "name": "four",
    "data": {"csv": "data/breast_cancer.csv", "label": "last", "scale": "standard", "holdout": 0.2},
    "network": {"depth": 1, "width": 4, "activation": "tanh", "loss": "cross_entropy"},
    "train": {"max_steps": 60, "batch_size": "full"},
    "grid": {"initializer": ["zeros", "xavier_uniform"], "batch_norm": [False, True]},
    "seed": 3,
}


@pytest.fixture(scope="session")
def sweep(tmp_path_factory):
    """A sweep of four trials, and what was said while it ran."""
    import saddlemap

    said = []
    here = os.getcwd()
    os.chdir(ROOT)  # where the data are
    try:
        trained = saddlemap.run(SPEC, tmp_path_factory.mktemp("sweep") / "warehouse", progress=said.append)
    finally:
        os.chdir(here)
    assert not list(ROOT.glob(".spec-*"))
    return trained, said
