"""What a training looks like on a terminal: a bar that moves with every step, and a line for every epoch."""

import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm

from core.text import percent
from core.training.step import Epoch, Step


class TrainingProgress:
    """Give this to `train` as `on_event`, inside `with`. Where standard error is no terminal there is no bar."""

    def __init__(self) -> None:
        self._bar = tqdm(unit="step", file=sys.stderr, leave=False, dynamic_ncols=True, disable=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._bar.close()

    def __call__(self, event: Step | Epoch) -> None:
        if isinstance(event, Epoch):
            tqdm.write(describe(event), file=sys.stderr)
            return
        self._bar.total = event.epochs * event.steps
        self._bar.set_description(f"epoch {event.epoch} of {event.epochs}", refresh=False)
        self._bar.set_postfix_str(f"loss {event.loss:.3f}, {event.images_per_second:,.0f} images/s", refresh=False)
        self._bar.update((event.epoch - 1) * event.steps + event.step - self._bar.n)


def describe(epoch: Epoch) -> str:
    """A finished epoch in a line."""
    return (
        f"epoch {epoch.epoch}: validation {percent(epoch.validation_accuracy)} (loss {epoch.validation_loss:.4f}), "
        f"training {percent(epoch.train_accuracy)} (loss {epoch.train_loss:.4f}), {epoch.seconds:.1f} s"
    )
