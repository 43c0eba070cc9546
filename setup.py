"""What metadata can't say: the steps of a build, and what an old Python is told.

The table goes into a built package as JSON beside its TOML: TOML is what people read and change,
and what a checkout is run from; reading it takes three times as long as the same data in JSON. So
does the address that the codes' pages are read at, which is the builder's to know:
``OPTPORT_HELP_BASE``. A source distribution is the same byte for byte whenever it is made of the
same files with the same ``SOURCE_DATE_EPOCH``.

Whatever Python there is has to be able to run this file, to hear from pip which one is needed.
"""

import gzip
import os
import re
import sys
import tarfile
import time

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = os.path.dirname(os.path.abspath(__file__))


class Build(build_py):
    """Copies the packages, then adds what is made from the table and the environment."""

    def run(self):
        """Build as ever, and add to it; an editable install is left as it is."""
        build_py.run(self)
        if not self.editable_mode:
            sys.path.insert(0, HERE)
            from pathlib import Path

            from optport.table.toml import prepare

            prepare(Path(self.build_lib, "optport", "table"))
            base = os.environ.get("OPTPORT_HELP_BASE", "")
            written = '"""What the build was told."""\n\nHELP_BASE = {!r}\n'.format(base)
            Path(self.build_lib, "optport", "built.py").write_text(written, encoding="utf-8")


class SourceDistribution(sdist):
    """Packs the files in order, and nothing of who packs them, or when."""

    def make_archive(self, base_name, format, root_dir=None, base_dir=None, **owner):
        """Write the archive of the files below `base_dir`; returns its name."""
        if format != "gztar" or root_dir is not None:
            return sdist.make_archive(self, base_name, format, root_dir, base_dir, **owner)
        made = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))

        def plain(member):
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mtime = made
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            return member

        name = base_name + ".tar.gz"
        with open(name, "wb") as raw:
            with gzip.GzipFile("", "wb", mtime=made, fileobj=raw) as packed:
                with tarfile.open(mode="w", fileobj=packed, format=tarfile.PAX_FORMAT) as archive:
                    archive.add(base_dir, filter=plain)  # which goes by the names, in order
        return name


class Bare(Distribution):
    """A distribution without the metadata that an old setuptools does not understand."""

    def parse_config_files(self, *args, **kwargs):
        """Read no file."""


def needed():
    """Return which Pythons this is for, as ``pyproject.toml`` has it."""
    with open(os.path.join(HERE, "pyproject.toml"), "rb") as stream:
        text = stream.read().decode("utf-8")
    return re.search('^requires-python = "(.*)"', text, re.MULTILINE).group(1)


if sys.version_info < (3, 11):
    # pip compares what is asked for here with its Python, and says so in its own words.
    setup(name="optport", version="0", packages=[], python_requires=needed(), distclass=Bare)
else:
    setup(cmdclass={"build_py": Build, "sdist": SourceDistribution})
