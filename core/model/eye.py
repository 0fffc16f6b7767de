"""The network that reads a picture itself: which character it shows, and which of its pixels are ink."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.model.blocks import Residual, conv


class Eye(nn.Module):
    """A small residual network with a decoder that brings its feature maps back to the size of the picture.

    The decoder is that of Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical image
    segmentation", 2015; both outputs are learnt together.
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
        """Pictures (N, 1, 48, 48), each standardised by itself, to logits.

        Returns:
            Logits of the classes, (N, classes), the last three of which are `core.model.blend.REJECTIONS`; and of
            each pixel being ink, (N, 48, 48).
        """
        stem = self.stem(pictures)
        middle = self.middle(stem)
        deep = self.deep(middle)
        up = self.up_middle(torch.cat([F.interpolate(deep, scale_factor=2.0, mode="nearest"), middle], dim=1))
        up = self.up_stem(torch.cat([F.interpolate(up, scale_factor=2.0, mode="nearest"), stem], dim=1))
        ink = F.pixel_shuffle(self.mask(up), 2)[:, 0]
        return self.head(deep), ink


def standardise(pictures: Tensor) -> Tensor:
    """Grey pictures, float (N, 48, 48) of 0 to 1, as an eye's input: (N, 1, 48, 48), mean 0 and deviation 1."""
    mean = pictures.mean(dim=(1, 2), keepdim=True)
    deviation = pictures.std(dim=(1, 2), keepdim=True).clamp(min=0.01)
    return ((pictures - mean) / deviation)[:, None]
