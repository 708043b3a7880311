"""Print a completion script for a shell: commands, their options, every closed list of values, and files."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pydynamo_manifests.cli.completing import Command, Place

EPILOG = """examples:
  dynamo-manifests completion bash > ~/.local/share/bash-completion/completions/dynamo-manifests
  dynamo-manifests completion zsh > ~/.zfunc/_dynamo-manifests
  dynamo-manifests completion fish > ~/.config/fish/completions/dynamo-manifests.fish
"""

_BASH = """\
# bash completion for dynamo-manifests
_dynamo_manifests() {{
  local cur prev word command="" words="" options="" valued="" repeated="" place=0 i=1 skip=""
  COMPREPLY=()
  cur="${{COMP_WORDS[$COMP_CWORD]}}"
  prev="${{COMP_WORDS[$((COMP_CWORD - 1))]}}"
  if [ "$cur" = "=" ]; then cur=""
  elif [ "$prev" = "=" ]; then prev="${{COMP_WORDS[$((COMP_CWORD - 2))]}}"
  fi
  while [ "$i" -lt "$COMP_CWORD" ]; do
    case "${{COMP_WORDS[$i]}}" in
      -*) ;;
      *) command="${{COMP_WORDS[$i]}}"; break ;;
    esac
    i=$((i + 1))
  done
  case "$command" in
    "") words="{commands}"; options="--help --version" ;;
{valued}
    *) return ;;
  esac
  if [ -n "$command" ]; then
    i=$((i + 1))
    while [ "$i" -lt "$COMP_CWORD" ]; do
      word="${{COMP_WORDS[$i]}}"
      case "$word" in
        =) skip=1 ;;
        -?*) skip=""; case " $valued " in *" $word "*) skip=1 ;; esac ;;
        *) if [ -n "$skip" ]; then skip=""; else place=$((place + 1)); fi ;;
      esac
      i=$((i + 1))
    done
    case "$cur" in -*) prev="" ;; esac
    case "$command $prev" in
{options}
      *)
        case " $valued " in
          *" $prev "*) return ;;
        esac
        if [ "$place" -gt "$repeated" ]; then place=$repeated; fi
        case "$command $place" in
{positionals}
        esac ;;
    esac
  fi
  case "$cur" in
    -*) words="$options" ;;
  esac
  if [ "$words" = "<files>" ]; then
    compopt -o filenames 2> /dev/null
    while IFS= read -r word; do
      [ -z "$word" ] || COMPREPLY[${{#COMPREPLY[@]}}]="$word"
    done <<< "$(compgen -f -- "$cur")"
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}}
complete -F _dynamo_manifests dynamo-manifests
"""

_FILES_WORD = "<files>"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="bash, zsh or fish")


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[args.shell](), end="")
    return 0


def _bash() -> str:
    from pydynamo_manifests.cli.completing import commands

    found = list(commands())
    return _BASH.format(
        commands=" ".join(c.name for c in found),
        valued="\n".join(map(_known, found)),
        options="\n".join(line for c in found for line in _values(c)),
        positionals="\n".join(line for c in found for line in _positionals(c)),
    )


def _known(command: Command) -> str:
    """Return what the script knows of a command's line: its options, which take a value, how many places."""
    options = " ".join(n for o in command.options for n in o.names if n.startswith("--"))
    valued = " ".join(n for o in command.options if o.takes for n in o.names)
    last = len(command.positionals) - (1 if any(p.repeats for p in command.positionals) else 0)
    return f'    {command.name}) options="{options}"; valued="{valued}"; repeated={last} ;;'


def _offered(place: Place) -> str:
    return " ".join(place.choices) if place.choices else _FILES_WORD if place.files else ""


def _values(command: Command) -> list[str]:
    return [
        f'      {"|".join(shlex.quote(f"{command.name} {name}") for name in option.names)}) words="{_offered(option)}" ;;'
        for option in command.options
        if option.takes and _offered(option)
    ]


def _positionals(command: Command) -> list[str]:
    return [
        f'          "{command.name} {i}") words="{_offered(place)}" ;;'
        for i, place in enumerate(command.positionals)
        if _offered(place)
    ]


def _zsh() -> str:
    return "#compdef dynamo-manifests\nautoload -U +X bashcompinit && bashcompinit\n" + _bash()


def _fish() -> str:
    from pydynamo_manifests.cli.completing import commands

    lines = ["# fish completion for dynamo-manifests", "complete -c dynamo-manifests -f"]
    for command in commands():
        lines.append(
            f"complete -c dynamo-manifests -n __fish_use_subcommand -a {command.name} -d {_quoted(command.summary)}"
        )
        seen = f"__fish_seen_subcommand_from {command.name}"
        lines += [_fish_option(seen, option) for option in command.options]
        lines += [line for place in command.positionals for line in _fish_positional(seen, place)]
    return "\n".join(lines) + "\n"


def _fish_option(seen: str, option: Place) -> str:
    names = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in option.names)
    value = (
        f" -x -a {_quoted(' '.join(option.choices))}"
        if option.choices
        else " -r -F"
        if option.files
        else " -x"
    )
    return f"complete -c dynamo-manifests -n '{seen}' {names}{value if option.takes else ''} -d {_quoted(option.help)}"


def _fish_positional(seen: str, place: Place) -> list[str]:
    if place.choices:
        words = " ".join(place.choices)
        once = f"{seen}; and not __fish_seen_subcommand_from {words}"
        return [f"complete -c dynamo-manifests -n '{once}' -a {_quoted(words)}"]
    return [f"complete -c dynamo-manifests -n '{seen}' -F"] if place.files else []


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
