"""The one step of the build that metadata can't say: the table as JSON beside its TOML.

TOML is what people read and change, and what a checkout is run from. Reading it takes three times
as long as the same data in JSON, so that the built package holds both.
"""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).parent))

from optport.table.toml import prepare


class BuildWithTable(build_py):
    """Copies the packages, then writes ``x.json`` beside every ``x.toml`` of the table."""

    def run(self) -> None:
        """Build as ever, and prepare the table; an editable install is left as it is."""
        super().run()
        if not self.editable_mode:
            prepare(Path(self.build_lib, "optport", "table"))


setup(cmdclass={"build_py": BuildWithTable})
