"""The two steps of the build that metadata can't say.

The table as JSON beside its TOML: TOML is what people read and change, and what a checkout is run
from. Reading it takes three times as long as the same data in JSON, so that the built package
holds both. And the address that the codes' pages are read at, which is the builder's to know:
``OPTPORT_HELP_BASE``.
"""

import os
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).parent))

from optport.table.toml import prepare


class Build(build_py):
    """Copies the packages, then adds what is made from the table and the environment."""

    def run(self) -> None:
        """Build as ever, and add to it; an editable install is left as it is."""
        super().run()
        if not self.editable_mode:
            prepare(Path(self.build_lib, "optport", "table"))
            base = os.environ.get("OPTPORT_HELP_BASE", "")
            written = f'"""What the build was told."""\n\nHELP_BASE = {base!r}\n'
            Path(self.build_lib, "optport", "built.py").write_text(written, encoding="utf-8")


setup(cmdclass={"build_py": Build})
