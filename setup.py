"""The one step of the build that metadata can't say: the table as JSON beside its TOML.

TOML is what people read and change, and what a checkout is run from. Reading it takes three times
as long as the same data in JSON, so that the built package holds both.
"""

import json
import tomllib
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithTable(build_py):
    """Copies the packages, then writes ``x.json`` beside every ``x.toml`` of the table."""

    def run(self) -> None:
        """Build as ever, and prepare the table; an editable install is left as it is."""
        super().run()
        if self.editable_mode:
            return
        for path in Path(self.build_lib, "optport", "table").rglob("*.toml"):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            path.with_suffix(".json").write_text(json.dumps(data), encoding="utf-8")


setup(cmdclass={"build_py": BuildWithTable})
