"""Saddlemap from Python: verdicts of PyTorch networks, sweeps, and their tables as data frames.

All work is done by the command ``saddlemap``, which is found at the argument ``launcher``, below the
folder that ``SADDLEMAP_HOME`` names, or on the PATH. Only ``examine``, ``load`` and ``saddlemap.nn``
need PyTorch, and only the tables need pandas.
"""

from .launcher import SaddlemapError
from .network import export, load
from .sweep import Sweep, run
from .tables import sql, trials, view, views
from .verdict import Verdict, examine

__all__ = [
    "SaddlemapError",
    "Sweep",
    "Verdict",
    "examine",
    "export",
    "load",
    "run",
    "sql",
    "trials",
    "view",
    "views",
]
