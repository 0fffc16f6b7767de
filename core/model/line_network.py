"""The network that reads a line: a picture of any width to probabilities of signs, frame by frame."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from core.model.blocks import conv
from core.vision.line import HEIGHT

STRIDE = 4
"""Pixels of a line for each of the network's frames."""


class Refining(nn.Module):
    """A residual block of a single convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, channels, H, W) to the same shape."""
        return torch.relu(maps + self.norm(self.conv(maps)))


class LineNetwork(nn.Module):
    """Convolutions that shrink a line to a row of frames, and no recurrence, which would learn numbers by heart.

    It is trained by connectionist temporal classification (`core.model.ctc`), as in Zhan, Lyu and Lu, "Handwritten
    digit string recognition using convolutional neural network", 2018.
    """

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.features = nn.Sequential(
            OrderedDict[str, nn.Module](
                conv1=conv(2, 24),  # (N, 24, 40, W)
                pool1=nn.MaxPool2d(2),
                conv2=conv(24, 48),  # (N, 48, 20, W / 2)
                refining2=Refining(48),
                pool2=nn.MaxPool2d(2),
                conv3=conv(48, 96),  # (N, 96, 10, W / 4)
                refining3=Refining(96),
                pool3=nn.MaxPool2d((2, 1)),
                conv4=conv(96, 144),  # (N, 144, 5, W / 4)
                refining4=Refining(144),
            )
        )
        # A frame sees the whole height at once, then what stands beside it.
        self.collapse = nn.Sequential(
            nn.Conv2d(144, 192, (HEIGHT // 8, 1), bias=False), nn.BatchNorm2d(192), nn.ReLU(inplace=True)
        )
        self.context = nn.Sequential(
            nn.Conv1d(192, 192, 3, padding=1, bias=False),
            nn.BatchNorm1d(192),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
        )
        self.output = nn.Conv1d(192, classes, 1)

    def forward(self, lines: Tensor) -> Tensor:
        """Lines (N, 2, 40, W) of 0 to 1, W a multiple of 4, to logits (N, classes, W / 4); class 0 is CTC's blank."""
        frames = self.collapse(self.features(lines)).squeeze(2)
        logits: Tensor = self.output(frames + self.context(frames))
        return logits
