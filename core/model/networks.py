"""The networks themselves, one builder each, called (classes, dropout) by `core.model.architectures`.

Every one is a sequence of named stages that ends in a linear layer. It takes float (N, 1, 28, 28) and gives logits
(N, classes); one of columns gives (N, columns, classes) in training mode, where each column learns for itself.
"""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.model.blocks import Attention, Columns, Residual, Votes, conv


def _stages(**stages: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(stages))


def lenet5(classes: int, dropout: float) -> nn.Sequential:
    """LeCun et al., "Gradient-based learning applied to document recognition", 1998, with ReLU and max pooling."""
    return _stages(
        conv1=nn.Conv2d(1, 6, 5, padding=2),  # (N, 6, 28, 28)
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(6, 16, 5),  # (N, 16, 10, 10)
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        flatten=nn.Flatten(),  # (N, 400)
        dense1=nn.Linear(400, 120),
        relu3=nn.ReLU(),
        dense2=nn.Linear(120, 84),
        relu4=nn.ReLU(),
        dropout=nn.Dropout(dropout),
        output=nn.Linear(84, classes),
    )


def batchnorm(classes: int, dropout: float) -> nn.Sequential:
    """Two blocks of two convolutions with batch norm and dropout: the usual tutorial network."""
    return _stages(
        conv1=conv(1, 32),
        conv2=conv(32, 32),
        pool1=nn.MaxPool2d(2),  # (N, 32, 14, 14)
        dropout1=nn.Dropout(dropout / 2),
        conv3=conv(32, 64),
        conv4=conv(64, 64),
        pool2=nn.MaxPool2d(2),  # (N, 64, 7, 7)
        dropout2=nn.Dropout(dropout / 2),
        flatten=nn.Flatten(),  # (N, 3136)
        dense=nn.Linear(3136, 128),
        relu=nn.ReLU(),
        dropout3=nn.Dropout(dropout),
        output=nn.Linear(128, classes),
    )


def classic(classes: int, dropout: float) -> nn.Sequential:
    """32, 64 and 128 filters of 3x3, each followed by max pooling, then a dense layer of 128."""
    return _stages(
        conv1=nn.Conv2d(1, 32, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),  # (N, 32, 14, 14)
        conv2=nn.Conv2d(32, 64, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),  # (N, 64, 7, 7)
        conv3=nn.Conv2d(64, 128, 3, padding=1),
        relu3=nn.ReLU(),
        pool3=nn.MaxPool2d(2),  # (N, 128, 3, 3)
        flatten=nn.Flatten(),  # (N, 1152)
        dense=nn.Linear(1152, 128),
        relu4=nn.ReLU(),
        dropout=nn.Dropout(dropout),
        output=nn.Linear(128, classes),
    )


def _strided(first: int, second: int, third: int, classes: int, dropout: float) -> nn.Sequential:
    """An early stride of two leaves a quarter of the work, batch norm lets it learn in few epochs."""
    return _stages(
        conv1=conv(1, first, kernel=5, stride=2),  # (N, first, 14, 14)
        conv2=conv(first, second),
        conv3=conv(second, second),
        pool1=nn.MaxPool2d(2),  # (N, second, 7, 7)
        conv4=conv(second, third),
        conv5=conv(third, third),
        pool2=nn.AdaptiveMaxPool2d(1),
        flatten=nn.Flatten(),  # (N, third)
        dropout=nn.Dropout(dropout),
        output=nn.Linear(third, classes),
    )


def light(classes: int, dropout: float) -> nn.Sequential:
    """Five convolutions of 16, 32 and 64 filters behind an early stride."""
    return _strided(16, 32, 64, classes, dropout)


def fast(classes: int, dropout: float) -> nn.Sequential:
    """Five convolutions of 24, 48 and 96 filters behind an early stride."""
    return _strided(24, 48, 96, classes, dropout)


def wide(classes: int, dropout: float) -> nn.Sequential:
    """Pairs of convolutions of 24, 48 and 96 filters, at the full size, half and a quarter of it, and a dense layer.

    Letters need the first layers' full size: where a stroke ends tells a g from a 9. Pairs of small filters are after
    Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014.
    """
    return _stages(**_full_size(24), **_smaller(24, 48, 96, 96, dropout), output=nn.Linear(96, classes))


def _full_size(filters: int) -> dict[str, nn.Module]:
    return {
        "conv1": conv(1, filters),
        "conv2": conv(filters, filters),
        "pool1": nn.MaxPool2d(2),  # (N, filters, 14, 14)
    }


def _smaller(first: int, second: int, third: int, features: int, dropout: float) -> dict[str, nn.Module]:
    return {
        "conv3": conv(first, second),
        "conv4": conv(second, second),
        "pool2": nn.MaxPool2d(2),  # (N, second, 7, 7)
        "conv5": conv(second, third),
        "conv6": conv(third, third),
        "flatten": nn.Flatten(),  # (N, 49 third)
        "dropout1": nn.Dropout(dropout),
        "dense": nn.Linear(49 * third, features, bias=False),
        "norm": nn.BatchNorm1d(features),
        "relu": nn.ReLU(inplace=True),
        "dropout2": nn.Dropout(dropout),
    }


def columns(classes: int, dropout: float) -> nn.Sequential:
    """Two columns, each of them built like `wide`.

    After Cireşan, Meier and Schmidhuber, "Multi-column deep neural networks for image classification", 2012, whose
    columns saw differently prepared images. These differ in their initial weights, and are trained together.
    """
    count, features = 2, 96
    return _stages(
        columns=Columns(
            *(_stages(**_full_size(24), **_smaller(24, 48, 96, features, dropout)) for _ in range(count)),
        ),
        output=Votes(count, features, classes),
    )


def branches(classes: int, dropout: float) -> nn.Sequential:
    """Three columns that share their first layers, a third of the work of each.

    After Lee and others, "Why M heads are better than one: training a diverse ensemble of deep networks", 2015.
    """
    count, features = 3, 96
    return _stages(
        **_full_size(32),
        columns=Columns(*(_stages(**_smaller(32, 48, 96, features, dropout)) for _ in range(count))),
        output=Votes(count, features, classes),
    )


def attention(classes: int, dropout: float) -> nn.Sequential:
    """Three convolutions to a map of 7x7 positions with 96 channels, then two layers of self-attention over them."""
    return _stages(
        conv1=conv(1, 32, kernel=5, stride=2),  # (N, 32, 14, 14)
        conv2=conv(32, 64),
        conv3=conv(64, 96, stride=2),  # (N, 96, 7, 7)
        attention=Attention(96, side=7, layers=2, heads=4),  # (N, 96)
        dropout=nn.Dropout(dropout),
        output=nn.Linear(96, classes),
    )


def resnet(classes: int, dropout: float) -> nn.Sequential:
    """Behind an early stride, four residual blocks of 64 and 112 channels at 14 and 7 pixels, then their mean."""
    return _stages(
        conv=conv(1, 32, kernel=5, stride=2),  # (N, 32, 14, 14)
        block1=Residual(32, 64),
        block2=Residual(64, 64),
        block3=Residual(64, 112, stride=2),  # (N, 112, 7, 7)
        block4=Residual(112, 112),
        pool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),  # (N, 112)
        dropout=nn.Dropout(dropout),
        output=nn.Linear(112, classes),
    )


class Eye(nn.Module):
    """The network that reads a picture itself: which character it shows, and which of its pixels are ink.

    A small residual network with the decoder of Ronneberger, Fischer and Brox, "U-Net: convolutional networks for
    biomedical image segmentation", 2015; both outputs are learnt together.
    """

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.stem = conv(1, 24, kernel=5, stride=2)  # (N, 24, 24, 24)
        self.middle = nn.Sequential(Residual(24, 40, stride=2), Residual(40, 72))  # (N, 72, 12, 12)
        self.deep = nn.Sequential(Residual(72, 112, stride=2), Residual(112, 112))  # (N, 112, 6, 6)
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(4 * 112, 112),
            nn.BatchNorm1d(112),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(112, classes),
        )
        self.up_middle = conv(112 + 72, 40)
        self.up_stem = conv(40 + 24, 20)
        self.mask = nn.Conv2d(20, 4, 3, padding=1)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (N, 1, 48, 48), each standardised by itself, to logits of classes and pixels.

        (N, classes), the last three of which are `core.model.prediction.REJECTIONS`; and of being ink, (N, 48, 48).
        """
        stem = self.stem(pictures)
        middle = self.middle(stem)
        deep = self.deep(middle)
        up = self.up_middle(torch.cat([F.interpolate(deep, scale_factor=2.0, mode="nearest"), middle], dim=1))
        up = self.up_stem(torch.cat([F.interpolate(up, scale_factor=2.0, mode="nearest"), stem], dim=1))
        ink = F.pixel_shuffle(self.mask(up), 2)[:, 0]
        return self.head(deep), ink
