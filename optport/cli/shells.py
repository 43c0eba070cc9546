"""Completion scripts of shells, written from the parser of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from optport.lean import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a command: its spellings, what it does, and the values that it takes."""

    names: tuple[str, ...]
    help: str
    takes_value: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, what it does, its options, and the words that may follow."""

    name: str
    help: str
    options: tuple[Option, ...]
    words: tuple[str, ...]


def commands_of(parser: argparse.ArgumentParser) -> list[Command]:
    """Return the commands that a parser knows."""
    [commands] = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    helps = {one.dest: one.help or "" for one in commands._choices_actions}
    return [
        Command(name, helps.get(name, ""), _options(below), _words(below))
        for name, below in commands.choices.items()
    ]


def _options(parser: argparse.ArgumentParser) -> tuple[Option, ...]:
    return tuple(
        Option(
            tuple(action.option_strings),
            (action.help or "").partition(" (")[0].replace("%%", "%"),
            action.nargs != 0,
            tuple(map(str, action.choices or ())),
        )
        for action in parser._actions
        if action.option_strings
    )


def _words(parser: argparse.ArgumentParser) -> tuple[str, ...]:
    return tuple(
        str(choice)
        for action in parser._actions
        if not action.option_strings
        for choice in action.choices or ()
    )


def bash(commands: Sequence[Command]) -> str:
    """The script for bash."""
    cases = []
    for command in commands:
        names = " ".join(name for option in command.options for name in option.names)
        values = "".join(
            f"            {'|'.join(option.names)}) words='{' '.join(option.values)}' ;;\n"
            for option in command.options
            if option.values
        )
        taking = "|".join(
            name
            for option in command.options
            if option.takes_value and not option.values
            for name in option.names
        )
        if taking:
            values += f"            {taking}) words='' ;;\n"
        cases.append(
            f"    {command.name})\n"
            f"        words='{' '.join((names, *command.words))}'\n"
            + (f'        case "$before" in\n{values}        esac\n' if values else "")
            + "        ;;\n"
        )
    names = " ".join(command.name for command in commands)
    return (
        "_optport() {\n"
        '    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"\n'
        f"    local words='{names} --help --version'\n"
        '    case "${COMP_WORDS[1]}" in\n' + "".join(cases) + "    esac\n"
        '    [ "$COMP_CWORD" -eq 1 ] && words=\'' + names + " --help --version'\n"
        '    COMPREPLY=($(compgen -W "$words" -- "$word"))\n'
        "}\n"
        "complete -o default -F _optport optport\n"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def fish(commands: Sequence[Command]) -> str:
    """The script for fish."""
    lines = []
    for command in commands:
        lines.append(
            f"complete -c optport -n __fish_use_subcommand -f -a {command.name} "
            f"-d {_quoted(command.help)}"
        )
        inside = f"-n '__fish_seen_subcommand_from {command.name}'"
        if command.words:
            lines.append(f"complete -c optport {inside} -f -a {_quoted(' '.join(command.words))}")
        for option in command.options:
            names = " ".join(
                f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                for name in option.names
            )
            takes = " -r" if option.takes_value else ""
            if option.values:
                takes = f" -x -a {_quoted(' '.join(option.values))}"
            lines.append(f"complete -c optport {inside} {names}{takes} -d {_quoted(option.help)}")
    return "\n".join(lines) + "\n"


def zsh(commands: Sequence[Command]) -> str:
    """The script for zsh."""
    listed = "".join(f"    {_quoted(f'{one.name}:{one.help}')}\n" for one in commands)
    cases = []
    for command in commands:
        specs = []
        for option in command.options:
            told = option.help.translate(str.maketrans("[]:", "(),"))
            values = f":value:({' '.join(option.values)})" if option.values else ":value:_files"
            for name in option.names:
                specs.append(_quoted(f"{name}[{told}]{values if option.takes_value else ''}"))
        words = f"*:word:({' '.join(command.words)})" if command.words else "*:file:_files"
        joined = " \\\n        ".join([*specs, _quoted(words)])
        cases.append(f"    {command.name})\n      _arguments \\\n        {joined}\n      ;;\n")
    return (
        "#compdef optport\n"
        "_optport() {\n"
        "  local -a commands\n"
        f"  commands=(\n{listed}  )\n"
        "  if (( CURRENT == 2 )); then\n"
        "    _describe command commands\n"
        "    return\n"
        "  fi\n"
        "  local command=$words[2]\n"
        "  shift words\n"
        "  (( CURRENT-- ))\n"
        "  case $command in\n" + "".join(cases) + "  esac\n"
        "}\n"
        'if [ "$funcstack[1]" = _optport ]; then _optport "$@"; else compdef _optport optport; fi\n'
    )
