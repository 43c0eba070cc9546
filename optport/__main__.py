"""``python -m optport``."""

import sys

from optport.cli import main

if __name__ == "__main__":
    sys.exit(main())
