"""python -m core tensorboard: TensorBoard on the runs folder, until Ctrl-C."""

import argparse
import threading

from core.settings import Settings

ABOUT = "open TensorBoard on the trainings, on this machine alone, until Ctrl-C"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, help="port to answer on; 0 for any (default: 6006, or the next free)")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"a port is from 0 to 65535, got {port}")
    return port


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the address and serve."""
    from core.runs.tensorboard import launch

    print(f"TensorBoard on {settings.runs_dir}: {launch(settings.runs_dir, args.port)} (Ctrl-C ends it)", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
    return 0
