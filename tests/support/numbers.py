"""A reader of numbers that is made in a moment, for tests of what handles one."""

import torch

from core.alphabet import ALPHABET
from core.model.architectures import count_parameters
from core.model.line_network import build_line_network
from core.model.numbers_card import Calibration, NumbersCard, NumbersScore
from core.model.numbers_library import write_numbers
from core.settings import Settings


def make_numbers(settings: Settings, name: str = "numbers", second: str = "digits", says: str = "") -> NumbersCard:
    """Write an untrained reader of numbers into the library, and return its card.

    Args:
        second: the model of single digits that gives the second opinion; it must be there when the reader is loaded.
        says: a sign of the alphabet that it takes everything for; it reads nothing where that is empty.
    """
    torch.manual_seed(0)
    network = build_line_network("plain")
    with torch.no_grad():
        assert network.output.bias is not None
        network.output.weight.zero_()
        network.output.bias.zero_()
        network.output.bias[ALPHABET.index(says) + 1 if says else 0] = 20.0
    card = NumbersCard(
        reads="numbers",
        version=1,
        name=name,
        title="Numbers",
        description="Made for a test.",
        alphabet=ALPHABET,
        parameters=count_parameters(network),
        temperature=1.0,
        calibration=Calibration(),
        second_opinion=second,
        created="2026-01-01T00:00:00+00:00",
        seed=0,
        sources=(),
        scores=(NumbersScore("composed-lines", "Composed lines", 100, 0.9, 0.85, 0.95, 0.8, 0.01),),
        training={},
        versions={},
        weights_sha256="",
    )
    write_numbers(settings, network, card, [{"step": 8, "loss": 3.0}])
    return card
