"""The training of a reader of numbers: batches, the loss, resuming, and what comes of it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from core.alphabet import ALPHABET, STRUCK
from core.data.lines.compose import Line
from core.data.lines.photographed import PhotographedLine
from core.errors import ConfigError
from core.model.line_network import STRIDE
from core.training.lines import batches
from core.training.lines.batches import POOL, Batch, Example, LinePools, collate, shake
from core.training.lines.loop import LineConfig, LineTraining, line_loss
from core.training.resume import Checkpoint
from core.vision.line import to_line
from tests.support.hands import small_hands

CONFIG = LineConfig(steps=2 * POOL, batch_size=2, learning_rate=0.001)
REAL = [PhotographedLine(np.tile(np.arange(200, 240, dtype=np.uint8)[:, None], 3).repeat(20, axis=1), "31", True)]


def pools(real_share: float = 0.0) -> LinePools:
    return LinePools(small_hands(), REAL, CONFIG.batch_size, real_share, CONFIG.seed)


def test_the_same_pool_holds_the_same_lines() -> None:
    first, again, other = (pools()[number] for number in (0, 0, 1))
    assert len(first) == POOL
    assert all(torch.equal(one.lines, two.lines) for one, two in zip(first, again, strict=True))
    assert any(one.lines.shape != two.lines.shape for one, two in zip(first, other, strict=True))


def test_a_batch_says_where_characters_stand() -> None:
    lines = [np.full((2, 40, width), 200, np.uint8) for width in (80, 40)]
    examples = [Example(lines[0], "12", np.array([0.25, 0.75], np.float32)), Example(lines[1], "3", weak=True)]
    batch = collate(examples)
    assert batch.lines.shape == (2, 2, 40, 80)
    assert batch.frames.tolist() == [80 // STRIDE, 40 // STRIDE]
    assert batch.classes.tolist() == [2, 3, 4]
    assert (batch.marks[0] > 0).nonzero()[:, 0].tolist() == [5, 15]
    assert (batch.marks[0] == -100).nonzero()[:, 0].tolist() == [4, 6, 14, 16], "beside a middle either is right"
    assert (batch.marks[1] == -100).all()
    assert batch.weak.tolist() == [False, True]
    assert (batch.regions == -100).all()


def test_what_is_struck_out_is_marked_from_end_to_end() -> None:
    line, middles = np.full((2, 40, 160), 200, np.uint8), np.array([0.3, 0.8], np.float32)
    batch = collate([Example(line, STRUCK + "5", middles, (0.1, 0.9))])
    struck = (batch.regions[0] == ALPHABET.index(STRUCK) + 1).nonzero()[:, 0]
    assert (int(struck.min()), int(struck.max())) == (4, 19)  # of 40 frames, a little less than from 0.1 to 0.5


def test_real_lines_are_shown_otherwise_each_time() -> None:
    first, second = (shake(REAL[0].picture, np.random.default_rng(seed)) for seed in (1, 2))
    assert first.dtype == np.uint8
    assert first.shape != second.shape or not np.array_equal(first, second)
    (batch, *_) = pools(real_share=1.0)[0]
    assert batch.weak.all()


def certain(text: str, frames: int) -> torch.Tensor:
    """Logits (1, C, T) that spell a text, a blank behind each sign."""
    logits = torch.full((1, len(ALPHABET) + 1, frames), -20.0)
    logits[0, 0] = 20.0
    for place, sign in enumerate(text):
        logits[0, :, 2 * place] = -20.0
        logits[0, ALPHABET.index(sign) + 1, 2 * place] = 20.0
    return logits


def of(text: str, weak: bool) -> Batch:
    return collate([Example(np.zeros((2, 40, 10 * STRIDE), np.uint8), text, weak=weak)])


def test_separators_may_be_read_where_the_label_leaves_them_out() -> None:
    logits = certain("3.00-", 10)
    assert line_loss(logits, of("3.00-", weak=False), 0.0)[0] == pytest.approx(0.0, abs=1e-3)
    assert line_loss(logits, of("300", weak=True), 0.0)[0] == pytest.approx(0.0, abs=1e-3)
    assert line_loss(logits, of("300", weak=False), 0.0)[0] > 10
    assert line_loss(logits, of("310", weak=True), 0.0)[0] > 10


def test_a_training_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    whole = LineTraining(CONFIG, pools())
    losses = list(whole)
    assert len(losses) == 2
    part = LineTraining(CONFIG, pools())
    next(iter(part))
    Checkpoint(tmp_path / "checkpoint", {}).save(part)
    resumed = LineTraining(CONFIG, pools())
    Checkpoint(tmp_path / "checkpoint", {}).resume(resumed)
    assert list(resumed) == losses[1:]
    assert all(torch.equal(tensor, resumed.mean[name]) for name, tensor in whole.mean.items())


@pytest.mark.parametrize("change", [{"steps": 1}, {"learning_rate": 0.0}])
def test_options_out_of_range_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        dataclasses.replace(CONFIG, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(("rows", "cut"), [((0.4, 0.6), True), ((0.1, 0.6), False)])
def test_no_line_is_cut_of_which_writing_would_be_lost(
    rows: tuple[float, float], cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ink is seen in the middle of the picture alone; that above is too faint."""
    picture = np.full((60, 120), 230, np.uint8)
    picture[24:36, 20:100:8] = 20
    line = Line(picture, "1", "given", np.array([0.5], np.float32), (0.1, 0.9), rows)
    monkeypatch.setattr(batches, "_AROUND_INK", 1.0)
    monkeypatch.setattr(batches, "compose_line", lambda *_: line)
    whole = to_line(picture).shape
    assert all((batch.lines.shape[1:] != whole) == cut for batch in pools()[0])
