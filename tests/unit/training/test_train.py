import dataclasses

import pandas as pd
import pytest

from core.data.datasets import load as load_data
from core.errors import DataMissing
from core.evaluation.report import evaluate
from core.model.checkpoint import read_evaluations
from core.model.library import load
from core.settings import Settings
from core.training.config import TrainConfig
from core.training.train import train

CONFIG = TrainConfig(name="small", datasets=("uci-digits",), architecture="lenet5", epochs=6, batch_size=32)


def test_a_training_ends_in_a_model_that_can_be_used(settings: Settings) -> None:
    folder = train(CONFIG, settings, lambda _: None)
    assert folder == settings.models_dir / "small"
    recogniser = load("small", settings)
    card = recogniser.card
    report = evaluate(recogniser, load_data("uci-digits", "test", settings))
    assert dataclasses.asdict(card.scores[0]) == pytest.approx(dataclasses.asdict(report.score), abs=1e-6)
    assert report.score.images == 450
    assert report.score.accuracy > 0.85
    assert report.score.low < report.score.accuracy < report.score.high
    assert report.confusion.sum() == 450
    assert card.training["epochs"] == 6
    assert card.sources[0].sha256
    assert 0 < card.limit <= 1
    history = pd.read_csv(folder / "history.csv")
    assert len(history) == 6
    assert card.training["best_epoch"] == 6
    stored = read_evaluations(folder)["uci-digits"]
    assert stored.probabilities == pytest.approx(report.probabilities, abs=1e-6)


def test_a_trial_run_writes_nothing(settings: Settings) -> None:
    assert train(CONFIG, settings, lambda _: None, max_steps=2) is None
    assert list(settings.models_dir.iterdir()) == []


def test_absent_data_is_said_before_any_work(settings: Settings) -> None:
    with pytest.raises(DataMissing, match="MNIST is not in"):
        train(dataclasses.replace(CONFIG, datasets=("uci-digits", "mnist")), settings, lambda _: None)
