"""The three options that every front end has, and their defaults."""

from __future__ import annotations

from functools import lru_cache

from optport.defaults import DEFAULT_TARGETS
from optport.lean import dataclass
from optport.signatures import family
from optport.targets import Target, parse_targets
from optport.versions import UsageError, resolve_version


class OptionError(UsageError):
    """An option that can't be met; front ends that call it otherwise take the two parts."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"--optport-{option}: {reason}")
        self.option = option
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Options:
    """What to check for: the targets, torch's version, and whether notes are wanted."""

    targets: tuple[Target, ...]
    torch_version: str
    notes: bool = False


def make_options(
    targets: str = DEFAULT_TARGETS, torch_version: str = "", notes: bool = False
) -> Options:
    """Read the options as users write them.

    Raises `OptionError` whose one line names the option, what was wrong and what is allowed.
    """
    try:
        chosen = parse_targets(targets)
    except UsageError as error:
        raise OptionError("targets", str(error)) from None
    versions = family("torch.optim").versions
    try:
        torch = resolve_version(torch_version, versions) if torch_version.strip() else versions[-1]
    except UsageError as error:
        known = f"torch {versions[0]} … {versions[-1]}"
        message = str(error) if "known:" in str(error) else f"{error}; known: {known}"
        raise OptionError("torch-version", message) from None
    return Options(chosen, torch, notes)


@lru_cache(maxsize=1)
def default_options() -> Options:
    """The options of a user who sets none."""
    return make_options()
