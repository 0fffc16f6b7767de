import dataclasses
import json
from typing import Any

import pytest

from core.errors import ConfigError, ModelError
from core.model.card import CARD_VERSION, check_name, from_json, read_card, to_json
from core.model.prediction import Blend
from core.settings import PROJECT_ROOT, Settings
from tests.support.models import BLEND, SCORE, make_model


def values(settings: Settings) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(to_json(make_model(settings)))
    return result


def test_a_card_comes_back_as_it_was(settings: Settings) -> None:
    card = make_model(settings)
    assert from_json(to_json(card)) == card
    assert card.score("mnist") == SCORE
    assert card.score("moon") is None


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("version", 99, "version 99"),
        ("temperature", 0.0, "'temperature' must be greater than 0"),
        ("temperature", "hot", "'temperature' must be a valid number, got 'hot'"),
        ("threshold", 1.2, "'threshold' must be less than or equal to 1"),
        ("mean", float("nan"), "'mean' must be a finite number"),
        ("parameters", True, "'parameters' must be a valid integer"),
        ("charset", "runes", "no charset 'runes'"),
        ("name", "../x", "A model's name is"),
        ("created", "yesterday", "'created' must be a date"),
        ("scores", {}, "'scores' must be a valid array"),
        ("scores", [{"dataset": "mnist"}], "'scores.0.title' is missing"),
        ("sources", ["mnist"], "'sources.0' must be an object"),
    ],
)
def test_a_bad_value_is_named(settings: Settings, key: str, value: object, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        from_json(json.dumps(values(settings) | {key: value}))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ink": float("nan")}, "'blend.ink' must be a finite number"),
        ({"closest": -0.1}, "'blend.closest' must be greater than or equal to 0"),
        ({"threshold": 1.5}, "'blend.threshold' must be less than or equal to 1"),
        ({"marked": "much"}, "'blend.marked' must be a valid number"),
        ({"unknown": 1.0}, "'blend.unknown' is unknown"),
    ],
)
def test_a_bad_value_of_a_blend_is_named(settings: Settings, changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        from_json(json.dumps(values(settings) | {"blend": BLEND | changes}))


ADDED_IN_VERSION_2 = ("knows_outliers", "rejection_threshold", "blend", "forms", "eye_forms")


def test_a_card_of_the_first_version_still_opens(settings: Settings) -> None:
    old = {key: value for key, value in values(settings).items() if key not in ADDED_IN_VERSION_2} | {"version": 1}
    card = from_json(json.dumps(old))
    assert not card.knows_outliers
    assert card.rejection_threshold == 1
    assert card.blend is None


def test_a_card_of_the_second_version_still_opens(settings: Settings) -> None:
    """It called thresholds limits, and a model without an eye had an empty blend."""
    whole = values(settings)
    old = {key: value for key, value in whole.items() if "threshold" not in key} | {"version": 2}
    former = {key.replace("threshold", "limit"): value for key, value in BLEND.items()}
    for blend in ({}, former):
        card = from_json(json.dumps(old | {"limit": 0.7, "rejection_limit": 0.6, "blend": blend}))
        assert (card.threshold, card.rejection_threshold) == (0.7, 0.6)
        assert card.blend == (Blend(**BLEND) if blend else None)


@pytest.mark.parametrize("name", ["digits", "characters"])
def test_the_shipped_cards_are_read(name: str) -> None:
    card = read_card(PROJECT_ROOT / "models" / name)
    assert from_json(to_json(card)) == dataclasses.replace(card, version=CARD_VERSION)


def test_every_missing_value_is_named(settings: Settings) -> None:
    whole = values(settings)
    for key in whole.keys() - {"version", *ADDED_IN_VERSION_2}:
        with pytest.raises(ModelError, match=key):
            from_json(json.dumps({other: value for other, value in whole.items() if other != key}))


def test_an_impossible_score_is_refused(settings: Settings) -> None:
    whole = values(settings)
    whole["scores"][0]["accuracy"] = 1.5
    with pytest.raises(ModelError, match=r"'scores\.0\.accuracy' must be less than or equal to 1"):
        from_json(json.dumps(whole))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"card"'])
def test_what_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match=r"card\.json"):
        from_json(text)


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden", "CON", "x" * 65, "a b"])
def test_names_that_are_no_folders_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="A model's name is"):
        check_name(name)
