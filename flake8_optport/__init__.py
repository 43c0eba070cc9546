"""The flake8 plugin of optport: ``flake8 --select OPT``."""

from flake8_optport.plugin import Plugin

__all__ = ["Plugin"]
