"""The networks that read lines: an eye that slides sees what it would in a picture."""

import pytest
import torch

from core.alphabet import ALPHABET
from core.errors import ConfigError
from core.model.line_network import LINE_NETWORKS, STRIDE, SlidingEye, build_line_network
from core.model.networks import Eye

CLASSES = len(ALPHABET) + 1


def make_eye() -> Eye:
    """One whose norms, too, are not those of a fresh network."""
    torch.manual_seed(0)
    eye = Eye(13)
    with torch.no_grad():
        for _ in range(3):
            eye(torch.randn(8, 1, 48, 48))
    return eye.eval()


@pytest.mark.parametrize("name", LINE_NETWORKS)
def test_a_frame_for_every_four_pixels(name: str) -> None:
    network = build_line_network(name).eval()
    for width in (16, 20, 204):
        assert network(torch.rand(2, 2, 40, width)).shape == (2, CLASSES, width // STRIDE)


@pytest.mark.parametrize("name", LINE_NETWORKS)
def test_what_stands_far_to_the_right_changes_nothing(name: str) -> None:
    """So lines to learn from may share a batch with longer ones."""
    network = build_line_network(name).eval()
    lines = torch.rand(1, 2, 40, 320)
    changed = lines.clone()
    changed[..., 200:] = 1
    frames = 100 // STRIDE
    assert torch.allclose(network(lines)[..., :frames], network(changed)[..., :frames], atol=1e-5)


def test_an_eye_slides_along_a_line() -> None:
    eye = make_eye()
    network = SlidingEye(CLASSES)
    network.start_from_eye(eye)
    network.eval()
    lines = torch.rand(1, 2, 40, 320)
    lines[:, 1] = 0  # of the ink an eye knows nothing
    seen = eye.deep(eye.middle(eye.stem((lines[:, :1] - 0.8) / 0.25)))  # a column for every eight pixels
    logits = network(lines)
    for column in range(3, seen.shape[3] - 3):
        expected = eye.head(seen[..., column - 3 : column + 3])[0, :10]
        assert torch.allclose(logits[0, 1:11, 2 * column], expected, atol=1e-4)


def test_signs_that_an_eye_does_not_know_are_less_likely_at_first() -> None:
    network = SlidingEye(CLASSES)
    network.start_from_eye(make_eye())
    assert network.output.bias is not None
    assert torch.equal(network.output.bias[11:], torch.full((CLASSES - 11,), -3.0))


def test_a_network_that_is_unknown_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"no network .other. for lines\. Known: eye, plain"):
        build_line_network("other")
