"""The front ends on every supported Python, with the oldest and newest hosts: run ``nox``.

Needs nox (``pip install -e '.[matrix]'``) and the interpreters on the path; those that are not
there are skipped. ``nox --list`` names the sessions, ``nox -s "hosts-3.12(oldest)"`` runs one.
"""

import nox

nox.options.error_on_missing_interpreters = False
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_existing_virtualenvs = True

OLDEST = {
    "3.11": ("flake8==6.0.0", "pylint==3.0.0"),
    "3.12": ("flake8==6.0.0", "pylint==3.0.0"),
    "3.13": ("flake8==6.0.0", "pylint==3.0.0"),
    "3.14": ("flake8==6.1.0", "pylint==4.0.0"),
}
"""The oldest hosts that run on each Python."""
NEWEST = ("flake8", "pylint")

TESTS = (
    "tests/test_fixtures.py",
    "tests/test_flake8_plugin.py",
    "tests/test_pylint_plugin.py",
    "tests/test_pylint_modules.py",
    "tests/test_cli.py",
    "tests/test_gates.py",
    "tests/test_reader.py",
    "tests/test_robustness.py",
    "tests/test_robustness_hosts.py",
    "tests/test_security.py",
)
"""What depends on Python's grammar or on a host."""


@nox.session(python=list(OLDEST))
@nox.parametrize("which", ["oldest", "newest"], ids=["oldest", "newest"])
def hosts(session: nox.Session, which: str) -> None:
    """Run the front ends' tests, or those named after ``--``."""
    wanted = OLDEST[str(session.python)] if which == "oldest" else NEWEST
    tested_with = "hypothesis", "jsonschema-rs", "pytest", "pytest-xdist"
    session.install("--upgrade", "-e", ".", *wanted, *tested_with)
    session.run("python", "-m", "flake8", "--version")
    session.run("python", "-m", "pylint", "--version")
    session.run("python", "-m", "pytest", "-q", "-n", "auto", *(session.posargs or TESTS))
