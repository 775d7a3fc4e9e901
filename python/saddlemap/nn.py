"""The module that ``torch.nn`` lacks for what a case of ``saddlemap examine`` can say. Needs PyTorch."""

from torch import nn


class Residual(nn.Module):
    """y = x + scale · branch(x), for a branch of as many outputs as inputs (He et al. 2016)."""

    def __init__(self, branch, scale=1.0):
        super().__init__()
        self.branch = branch
        self.scale = scale

    def forward(self, x):
        return x + self.scale * self.branch(x)

    def extra_repr(self):
        return f"scale={self.scale}"
