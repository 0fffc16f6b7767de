"""python -m core data: which data sets are here, and fetching them."""

import argparse
import sys

from core.cli.output import print_table
from core.settings import Settings

ABOUT = "show which data sets are here, or fetch one"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.usage = "%(prog)s [-h] [download NAME]"
    actions = parser.add_subparsers(title="actions", metavar="ACTION", prog="python -m core data")
    fetch = actions.add_parser("download", help="fetch a data set", description="Fetch a data set.")
    fetch.add_argument("name", metavar="NAME", help="a name that `python -m core data` lists")
    fetch.set_defaults(run=download)


def run(_: argparse.Namespace, settings: Settings) -> int:
    """Print a line for every data set: where it stands and what is in it."""
    from core.data.datasets import listed
    from core.data.register import get_source

    rows = []
    for name, present in listed(settings).items():
        source = get_source(name)
        absent = "can be downloaded" if source.downloadable else "not here"
        state = "here" if present else absent
        rows.append((source.name, source.title_of(settings), state, ", ".join(source.splits), source.description))
    print_table(("name", "title", "state", "splits", "what it is"), rows)
    print(f"\nData folder: {settings.data_dir}")
    return 0


def download(args: argparse.Namespace, settings: Settings) -> int:
    """Fetch a data set with a progress bar."""
    from tqdm import tqdm

    from core.data import datasets
    from core.data.register import get_source

    source = get_source(args.name)
    if source.present(settings):
        print(f"{source.title} is here already.")
        return 0
    with tqdm(unit="B", unit_scale=True, desc=source.title, file=sys.stderr, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        datasets.download(args.name, settings, progress)
    print(f"{source.title} is now in {settings.data_dir / source.folder}.")
    return 0
