"""python -m core train: train a model. The options are those of TrainConfig, made from its fields."""

import argparse
import dataclasses
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from core.cli.models import describe
from core.data.datasets import restriction
from core.errors import ConfigError
from core.model.card import read_card
from core.settings import Settings
from core.text import percent
from core.training.config import PRESETS, TrainConfig, from_json, preset

if TYPE_CHECKING:
    from core.training.step import Epoch, Step

ABOUT = "train a model and put it into the library"
DRY_RUN_STEPS = 2


def add_options(parser: argparse.ArgumentParser) -> None:
    base = parser.add_mutually_exclusive_group()
    base.add_argument(
        "--preset",
        choices=PRESETS,
        help="start from these options, as they suit the data sets, and change what else is given",
    )
    base.add_argument("--config", type=Path, metavar="FILE", help="start from the options in a JSON file")
    parser.add_argument("--dry-run", action="store_true", help="only try two batches; write nothing")
    options = parser.add_argument_group("options of the training")
    for field in dataclasses.fields(TrainConfig):
        options.add_argument(f"--{field.name.replace('_', '-')}", **_option(field))


def _option(field: "dataclasses.Field[Any]") -> dict[str, Any]:
    """What argparse needs to know of a field. An option that is not given leaves no trace, so that a preset holds."""
    default, bounds = field.default, field.metadata
    options: dict[str, Any] = {"default": argparse.SUPPRESS}
    shown = " ".join(default) if isinstance(default, tuple) else default
    options["help"] = f"{bounds['help']} (default: {shown})".replace("%", "%%")
    if isinstance(default, bool):
        return options | {"action": argparse.BooleanOptionalAction}
    if isinstance(default, tuple):
        options["nargs"] = "+"
    if "choices" in bounds:
        options["choices"] = bounds["choices"]
    else:
        options["metavar"] = {int: "N", float: "X"}.get(type(default), "TEXT")
    return options | {"type": str if isinstance(default, tuple) else type(default)}


def make_config(args: argparse.Namespace) -> TrainConfig:
    """The preset or file, changed by every option that was given."""
    config = preset(args.preset, getattr(args, "datasets", ())) if args.preset else TrainConfig()
    if args.config:
        try:
            config = from_json(args.config.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The configuration {args.config} cannot be read: {error}.") from error
    given: dict[str, Any] = {}
    for field in dataclasses.fields(config):
        if hasattr(args, field.name):
            value = getattr(args, field.name)
            given[field.name] = tuple(value) if isinstance(value, list) else value
    return dataclasses.replace(config, **given)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Train, show how it goes on standard error, and print the model's scores."""
    config = make_config(args)
    if not args.dry_run and (settings.models_dir / config.name).exists():
        print(f"The model {config.name!r} will be replaced when the training is done.", file=sys.stderr)
    print("Reading the data.", file=sys.stderr)
    from core.training.train import train

    # Where standard error is no terminal there is no bar.
    with tqdm(unit="step", file=sys.stderr, leave=False, dynamic_ncols=True, disable=None) as bar:
        folder = train(config, settings, partial(_show, bar), DRY_RUN_STEPS if args.dry_run else 0)
    if folder is None:
        print(f"The trial run of {DRY_RUN_STEPS} batches went well. Nothing was written.")
        return 0
    print(f"The model {config.name!r} is in {folder}.")
    for score in read_card(folder).scores:
        print(f"  {describe(score, restriction(score.dataset, config.charset))}")
    return 0


def _show(bar: "tqdm[Any]", event: "Step | Epoch") -> None:
    """Move the bar with every step, and write a line for every finished epoch."""
    from core.training.step import Step  # imports torch

    if isinstance(event, Step):
        bar.total = event.epochs * event.steps
        bar.set_description(f"epoch {event.epoch} of {event.epochs}", refresh=False)
        bar.set_postfix_str(f"loss {event.loss:.3f}, {event.images_per_second:,.0f} images/s", refresh=False)
        bar.update((event.epoch - 1) * event.steps + event.step - bar.n)
        return
    validation = f"validation {percent(event.validation_accuracy)} (loss {event.validation_loss:.4f})"
    training = f"training {percent(event.train_accuracy)} (loss {event.train_loss:.4f})"
    tqdm.write(f"epoch {event.epoch}: {validation}, {training}, {event.seconds:.1f} s", file=sys.stderr)
