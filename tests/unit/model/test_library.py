import json
from pathlib import Path

import pytest

from core.errors import ModelError, ModelMissing
from core.model.checkpoint import recover
from core.model.library import list_models, load
from core.model.records import read_evaluations
from core.settings import Settings
from tests.support.models import make_model


def test_the_shipped_model_comes_first(settings: Settings) -> None:
    for name in ("zebra", "digits", "apple"):
        make_model(settings, name)
    assert [entry.name for entry in list_models(settings)] == ["digits", "apple", "zebra"]


def test_no_models_folder_is_an_empty_library(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "nowhere")
    assert list_models(settings) == []
    with pytest.raises(ModelMissing, match="There are none in"):
        load("digits", settings)


def test_an_unknown_model_names_those_there_are(settings: Settings) -> None:
    make_model(settings, "apple")
    with pytest.raises(ModelMissing, match="There are: apple"):
        load("../apple", settings)


def break_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def remove_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def remove_card(folder: Path) -> None:
    (folder / "card.json").unlink()


def change_architecture(folder: Path) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"architecture": "classic"}))


def change_arguments(folder: Path) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"architecture_arguments": {"wings": 2}}))


def rename(folder: Path) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "other"}))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (break_weights, "cut off"),
        (remove_weights, "model.safetensors"),
        (remove_card, "card.json is missing"),
        (change_architecture, "tensors differ from the architecture"),
        (change_arguments, "does not fit"),
        (rename, "the model 'other'"),
    ],
)
def test_a_damaged_model_says_why_and_the_others_work(settings: Settings, damage: object, reason: str) -> None:
    make_model(settings, "good")
    make_model(settings, "bad")
    damage(settings.models_dir / "bad")  # type: ignore[operator]
    with pytest.raises(ModelError, match=reason):
        load("bad", settings)
    assert load("good", settings).card.name == "good"


def test_the_list_shows_what_is_damaged(settings: Settings) -> None:
    make_model(settings, "good")
    make_model(settings, "bad")
    remove_card(settings.models_dir / "bad")
    bad, good = list_models(settings)
    assert (bad.card, good.problem) == (None, None)
    assert bad.problem is not None
    assert "card.json" in bad.problem
    assert good.weights_bytes > 100_000


def test_stored_predictions_come_back(settings: Settings) -> None:
    card = make_model(settings)
    stored = read_evaluations(settings.models_dir / "tiny", card)["mnist"]
    assert (stored.labels == range(10)).all()
    assert (stored.probabilities.argmax(axis=1) == range(10)).all()


def test_writing_replaces_the_old_model_and_leaves_nothing_else(settings: Settings) -> None:
    make_model(settings, seed=0)
    make_model(settings, seed=1)
    assert load("tiny", settings).card.seed == 1
    assert [path.name for path in settings.models_dir.iterdir()] == ["tiny"]


def test_a_crash_between_the_two_renames_is_undone(settings: Settings) -> None:
    make_model(settings, seed=0)
    scratch = settings.models_dir / ".tiny-crash_ed"
    scratch.mkdir()
    (settings.models_dir / "tiny").rename(scratch / "old")
    recover(settings.models_dir / "tiny")
    assert load("tiny", settings).card.seed == 0
    assert not scratch.exists()


def test_what_a_model_of_a_longer_name_is_being_written_to_is_left_alone(settings: Settings) -> None:
    other = settings.models_dir / ".tiny-model-abc12345"
    (other / "old").mkdir(parents=True)
    recover(settings.models_dir / "tiny")
    assert not (settings.models_dir / "tiny").exists(), "nor is it taken for the model's own"
    make_model(settings)
    assert (other / "old").is_dir()
