"""``python -m optport.server``: what ``optport server`` runs."""

import sys

from optport.server import serve

if __name__ == "__main__":
    sys.exit(serve())
