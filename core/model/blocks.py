"""The building blocks of the networks, beside those of PyTorch."""

import torch
from torch import Tensor, nn

Pair = int | tuple[int, int]
"""Rows and columns, or one number for both."""


def conv(inputs: int, outputs: int, kernel: int = 3, stride: Pair = 1, reach: int = 1) -> nn.Sequential:
    """Convolution, batch norm and ReLU; only the stride changes the size.

    Args:
        reach: how far apart, in columns, what the kernel looks at stands: its dilation.
    """
    return nn.Sequential(
        _convolution(inputs, outputs, kernel, stride, reach), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


def _convolution(inputs: int, outputs: int, kernel: int = 3, stride: Pair = 1, reach: int = 1) -> nn.Conv2d:
    side = kernel // 2
    return nn.Conv2d(inputs, outputs, kernel, stride, (side, side * reach), (1, reach), bias=False)


class Residual(nn.Module):
    """A basic block of He et al., "Deep residual learning for image recognition", 2015."""

    def __init__(self, inputs: int, outputs: int, stride: Pair = 1, reach: tuple[int, int] = (1, 1)) -> None:
        """`reach` is that of both convolutions, see `conv`."""
        super().__init__()
        first, second = reach
        self.body = nn.Sequential(
            conv(inputs, outputs, stride=stride, reach=first),
            _convolution(outputs, outputs, reach=second),
            nn.BatchNorm2d(outputs),
        )
        same = inputs == outputs and stride == 1
        self.skip: nn.Module = (
            nn.Identity()
            if same
            else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, images: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H / stride, W / stride)."""
        result: Tensor = self.relu(self.body(images) + self.skip(images))
        return result


class Attention(nn.Module):
    """Transformer layers in which each position of a feature map attends to all others, then the mean over positions.

    As in Hassani et al., "Escaping the big data paradigm with compact transformers", 2021, but for the pooling.
    """

    def __init__(self, channels: int, side: int, layers: int, heads: int) -> None:
        super().__init__()
        self.positions = nn.Parameter(0.02 * torch.randn(1, side * side, channels))
        layer = nn.TransformerEncoderLayer(
            channels, heads, 2 * channels, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(channels)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, channels, side, side) to (N, channels)."""
        tokens = maps.flatten(2).transpose(1, 2) + self.positions
        result: Tensor = self.norm(self.layers(tokens)).mean(dim=1)
        return result


class Columns(nn.Module):
    """Networks side by side with the same input: their features, scaled so that their sum is a mean."""

    def __init__(self, *columns: nn.Module) -> None:
        super().__init__()
        self.columns = nn.ModuleList(columns)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, channels, H, W) to (N, columns * features)."""
        return torch.cat([column(maps) for column in self.columns], dim=1) / len(self.columns)


class Votes(nn.Linear):
    """The last layers of the columns: their mean decides, while each of them learns for itself."""

    def __init__(self, columns: int, features: int, classes: int) -> None:
        super().__init__(columns * features, classes)
        self.columns = columns

    def forward(self, features: Tensor) -> Tensor:
        """(N, columns * features) to logits (N, classes); in training mode (N, columns, classes), of each column."""
        if not self.training:
            return super().forward(features)
        parts, weights = (values.unflatten(1, (self.columns, -1)) for values in (features, self.weight))
        return self.columns * torch.einsum("nkf,ckf->nkc", parts, weights) + self.bias
