"""What is kept between runs of a page, and when it is made anew."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core import cached
from core.data import uci_digits
from core.errors import DataMissing, ModelError, ModelMissing
from core.jobs import Cancelled
from core.model.prediction import Verdict
from core.settings import get_settings
from tests.pages.conftest import SHIPPED, png
from tests.support.mnist import write_mnist
from tests.support.models import make_model
from tests.support.numbers import make_numbers
from tests.support.strokes import draw


def test_a_model_is_loaded_once(add_model: Callable[..., Path]) -> None:
    add_model()
    assert cached.recogniser("digits") is cached.recogniser("digits")


def test_a_model_whose_files_changed_is_loaded_again(add_model: Callable[..., Path]) -> None:
    folder = add_model(threshold=0.5)
    first = cached.recogniser("digits")
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(card | {"threshold": 1.0}), encoding="utf-8")
    assert first.card.threshold == 0.5
    assert cached.recogniser("digits").card.threshold == 1.0


@pytest.mark.usefixtures("library")
def test_a_missing_model_is_found_when_it_comes(add_model: Callable[..., Path]) -> None:
    with pytest.raises(ModelMissing):
        cached.recogniser("digits")
    add_model()
    assert cached.recogniser("digits").card.name == "digits"


def test_a_damaged_model_is_read_after_its_repair(add_model: Callable[..., Path], tmp_path: Path) -> None:
    weights = add_model() / "model.safetensors"
    shutil.copy(weights, tmp_path / "whole")
    weights.write_bytes(b"no weights")
    with pytest.raises(ModelError):
        cached.recogniser("digits")
    shutil.copy(tmp_path / "whole", weights)
    assert cached.recogniser("digits").card.name == "digits"


def test_warming_loads_the_model_that_is_used(add_model: Callable[..., Path]) -> None:
    add_model()
    cached.loading("digits")
    assert cached.read("digits", png(draw("3"))).verdict == Verdict.CONFIDENT


def test_the_same_picture_is_read_once(add_model: Callable[..., Path]) -> None:
    add_model()
    data = png(draw("7"))
    first = cached.read("digits", data)
    assert cached.read("digits", data) is first


def test_two_models_do_not_share_answers(add_model: Callable[..., Path]) -> None:
    card = json.loads((add_model("sure") / "card.json").read_text(encoding="utf-8"))
    add_model("doubting", blend=card["blend"] | {"threshold": 1.0})
    data = png(draw("7"))
    assert cached.read("sure", data).verdict == Verdict.CONFIDENT
    assert cached.read("doubting", data).verdict == Verdict.UNSURE


def test_a_picture_is_framed_as_its_reader_wants_it(add_model: Callable[..., Path], library: Path) -> None:
    add_model()
    shutil.copytree(SHIPPED.parent / "characters", library / "characters")
    for model, side in (("digits", 20), ("characters", 24)):
        answer = cached.read(model, png(draw("3"))).answer
        assert answer is not None
        glyph = answer.normalised.glyph
        assert max(glyph.any(axis=0).sum(), glyph.any(axis=1).sum()) == side


def test_bytes_that_are_no_picture_have_no_answer_and_a_reason(add_model: Callable[..., Path]) -> None:
    add_model()
    reading = cached.read("digits", b"hello")
    assert reading.answer is None
    assert "not a picture" in reading.problem


def test_a_data_set_is_read_once_and_again_when_its_files_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path))
    with pytest.raises(DataMissing):
        cached.dataset("mnist", "test")
    write_mnist(tmp_path)
    first = cached.dataset("mnist", "test")
    assert cached.dataset("mnist", "test") is first
    write_mnist(tmp_path, count=50)
    assert len(cached.dataset("mnist", "test").labels) == 50


def test_a_reading_that_another_session_cancels_begins_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(uci_digits, "_read", {})
    cached.reading.forget("uci-digits", "train")
    job = cached.reading("uci-digits", "train")
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(20)
    assert cached.reading("uci-digits", "train").cancelled  # the page says so, until somebody wants it again
    assert len(cached.dataset("uci-digits", "train").labels) == 1347


def test_a_reader_of_numbers_is_loaded_again_when_its_second_opinion_changes(
    library: Path,
) -> None:
    make_numbers(get_settings(), second="checker")
    with pytest.raises(ModelMissing, match="checks itself with the model 'checker'"):
        cached.loading_numbers().result()
    make_model(get_settings(), "checker", seed=1)
    first = cached.loading_numbers().result()
    assert cached.loading_numbers().result() is first
    data = png(np.full((60, 200), 255, np.uint8))
    answer = cached.read_number(data)
    assert cached.read_number(data) is answer
    make_model(get_settings(), "checker", seed=2)
    assert cached.loading_numbers().result().digits.card.seed == 2
    assert cached.read_number(data) is not answer
    (library / "numbers" / "card.json").unlink()
    with pytest.raises(ModelMissing):
        cached.loading_numbers().result()
