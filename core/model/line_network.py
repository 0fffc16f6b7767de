"""The networks that read a line: a picture of any width to probabilities of signs, frame by frame.

They are convolutions alone: recurrence would learn numbers by heart. They are trained by connectionist temporal
classification (`core.model.ctc`), as in Zhan, Lyu and Lu, "Handwritten digit string recognition using convolutional
neural network", 2018.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.alphabet import ALPHABET
from core.charsets import DIGITS
from core.errors import ConfigError
from core.model.blocks import Residual, conv
from core.model.networks import Eye
from core.vision.line import HEIGHT

STRIDE = 4
"""Pixels of a line for each of a network's frames."""

_LEVEL, _DEVIATION = 0.8, 0.25  # of the greys of a line: an eye takes pictures of mean 0 and deviation 1
_HALVES, _TAPS = 2, 6  # of what an eye sees at once: its upper and lower half, and columns
_FEATURES = 112  # of an eye


class Refining(nn.Module):
    """A residual block of a single convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, channels, H, W) to the same shape."""
        return torch.relu(maps + self.norm(self.conv(maps)))


class PlainNetwork(nn.Module):
    """Convolutions that shrink a line to a row of frames, learnt from nothing."""

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


class SlidingEye(nn.Module):
    """An eye that slides along a line: in each frame it sees what it would in a picture with that frame in its middle.

    Its deep blocks shrink a line in height alone, and look as far across as if they shrank it in both, as in Shensa,
    "The discrete wavelet transform: wedding the à trous and Mallat algorithms", 1992. It can begin with the weights of
    an eye, which knows characters already (`start_from_eye`).
    """

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.stem = conv(2, 24, kernel=5, stride=2)  # (N, 24, 20, W / 2)
        self.middle = nn.Sequential(Residual(24, 40, stride=2), Residual(40, 72))  # (N, 72, 10, W / 4)
        self.deep = nn.Sequential(
            Residual(72, _FEATURES, stride=(2, 1), reach=(1, 2)), Residual(_FEATURES, _FEATURES, reach=(2, 2))
        )  # (N, 112, 5, W / 4)
        self.head = nn.Sequential(
            nn.Dropout(dropout),
            nn.Conv1d(_HALVES * _FEATURES, _FEATURES, _TAPS, dilation=2, padding=_TAPS),
            nn.BatchNorm1d(_FEATURES),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
        )
        self.output = nn.Conv1d(_FEATURES, classes, 1)

    def forward(self, lines: Tensor) -> Tensor:
        """Lines (N, 2, 40, W) of 0 to 1, W a multiple of 4, to logits (N, classes, W / 4); class 0 is CTC's blank."""
        standardised = torch.stack([(lines[:, 0] - _LEVEL) / _DEVIATION, lines[:, 1]], dim=1)
        maps = self.deep(self.middle(self.stem(standardised)))
        halves = F.adaptive_avg_pool2d(maps, (_HALVES, maps.shape[3]))
        frames = self.head(halves.transpose(1, 2).flatten(1, 2))
        logits: Tensor = self.output(frames[:, :, : maps.shape[3]])
        return logits

    @torch.no_grad()
    def start_from_eye(self, eye: Eye) -> None:
        """Begin with the weights of an eye of digits, which are the first signs of the alphabet."""
        stem = eye.stem.state_dict()
        weight = "0.weight"  # the eye has one channel; the ink is new
        stem[weight] = torch.cat([stem[weight], 0.01 * torch.randn_like(stem[weight])], dim=1)
        self.stem.load_state_dict(stem)
        self.middle.load_state_dict(eye.middle.state_dict())
        self.deep.load_state_dict(eye.deep.state_dict())
        _, _, _, dense, norm, _, _, output = eye.head
        quarters = cast(nn.Linear, dense).weight.view(_FEATURES, _FEATURES, _HALVES, 2)
        # A quarter is the mean of half of the columns.
        columns = quarters.repeat_interleave(_TAPS // 2, dim=3) / (_TAPS // 2)
        head = cast(nn.Conv1d, self.head[1])
        head.weight.copy_(columns.transpose(1, 2).flatten(1, 2))
        cast(Tensor, head.bias).copy_(cast(nn.Linear, dense).bias)
        self.head[2].load_state_dict(norm.state_dict())
        _start_output(self.output, cast(nn.Linear, output))


def _start_output(output: nn.Conv1d, digits: nn.Linear) -> None:
    """The outputs of digits are those of an eye, all others new, and less likely."""
    bias, count = cast(Tensor, output.bias), len(DIGITS.characters)
    output.weight.normal_(0, 0.01)
    bias.fill_(-3.0)
    output.weight[1 : count + 1, :, 0] = digits.weight[:count]
    bias[1 : count + 1] = digits.bias[:count]


LineNetwork = PlainNetwork | SlidingEye

LINE_NETWORKS: Mapping[str, type[LineNetwork]] = {"eye": SlidingEye, "plain": PlainNetwork}
"""All there are, by the name in a reader's card: classes, made of the number of signs and dropout."""


def build_line_network(name: str, dropout: float = 0.0) -> LineNetwork:
    """An untrained network for the signs of the alphabet; ConfigError where there is none of that name."""
    if name not in LINE_NETWORKS:
        raise ConfigError(f"There is no network {name!r} for lines. Known: {', '.join(LINE_NETWORKS)}.")
    return LINE_NETWORKS[name](len(ALPHABET) + 1, dropout)
