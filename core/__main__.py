"""The command line: python -m core predict | train | evaluate | models | data."""

import sys

from core.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
