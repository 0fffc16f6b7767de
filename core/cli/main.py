"""The commands together: parsing, and turning every known failure into a sentence and an exit status.

Exit status: 0 all went well, 1 an input could not be read, 2 wrong usage, 130 stopped by Ctrl-C, 141 the reader of
the output went away. What a command raises ends here. Importing this loads no torch: a command imports what it needs
when it runs.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence

from core.cli import data, evaluate, models, predict, read, report, tensorboard, train, train_eye, train_numbers
from core.errors import ConfigError, DigitLabError, ModelMissing, SettingError
from core.settings import get_settings
from core.text import sentence

FAILED, WRONG_USAGE, STOPPED, PIPE_CLOSED = 1, 2, 130, 141


def build_parser() -> argparse.ArgumentParser:
    """The parser; every command leaves its function in `run`."""
    parser = argparse.ArgumentParser(
        prog="python -m core", description="Digit Lab reads handwritten digits and letters."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (predict, read, train, train_eye, train_numbers, tensorboard, evaluate, report, models, data):
        name = module.__name__.rpartition(".")[2].replace("_", "-")
        command = commands.add_parser(name, help=module.ABOUT, description=sentence(module.ABOUT))
        command.set_defaults(run=module.run)
        module.add_options(command)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; wrong options leave by SystemExit, as argparse has it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may hold what the terminal cannot show
    args = build_parser().parse_args(argv)
    try:
        status: int = args.run(args, get_settings())
        sys.stdout.flush()
    except (ConfigError, ModelMissing, SettingError) as error:
        return _fail(error, WRONG_USAGE)
    except DigitLabError as error:
        return _fail(error, FAILED)
    except KeyboardInterrupt:
        return _fail("Stopped.", STOPPED)
    except BrokenPipeError:
        # Python flushes standard output once more on its way out; that must not fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return status


def _fail(reason: object, status: int) -> int:
    print(reason, file=sys.stderr)
    return status
