"""Print a completion script for a shell, made from the commands' own options."""

from __future__ import annotations

import argparse

EPILOG = """examples:
  dynamo-manifests completion bash > ~/.local/share/bash-completion/completions/dynamo-manifests
  dynamo-manifests completion zsh > ~/.zfunc/_dynamo-manifests
  dynamo-manifests completion fish > ~/.config/fish/completions/dynamo-manifests.fish
"""

_BASH = """\
# bash completion for dynamo-manifests
_dynamo_manifests() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" words=""
  case "${{COMP_WORDS[1]}}" in
{cases}
    *) words="{commands}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="{commands} --help --version"; fi
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
    *) if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); else COMPREPLY=($(compgen -f -- "$cur")); fi ;;
  esac
}}
complete -F _dynamo_manifests dynamo-manifests
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[args.shell](), end="")
    return 0


def _options() -> dict[str, list[tuple[str, str]]]:
    from pydynamo_manifests.cli import build_parser
    from pydynamo_manifests.cli.commands import COMMANDS

    out = {}
    for name in COMMANDS:
        group = next(a for a in build_parser(only=name)._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001 - argparse has no public way to list options
        actions = group.choices[name]._actions  # noqa: SLF001 - the same
        out[name] = [(o, a.help or "") for a in actions for o in a.option_strings if o.startswith("--")]
    return out


def _bash() -> str:
    options = _options()
    cases = "\n".join(f'    {n}) words="{" ".join(o for o, _ in opts)}" ;;' for n, opts in options.items())
    return _BASH.format(cases=cases, commands=" ".join(options))


def _zsh() -> str:
    return "#compdef dynamo-manifests\nautoload -U +X bashcompinit && bashcompinit\n" + _bash()


def _fish() -> str:
    from pydynamo_manifests.cli.commands import COMMANDS

    lines = ["# fish completion for dynamo-manifests"]
    for name, options in _options().items():
        lines.append(
            f"complete -c dynamo-manifests -n __fish_use_subcommand -a {name} -d {_quoted(COMMANDS[name])}"
        )
        seen = f"__fish_seen_subcommand_from {name}"
        lines += [f"complete -c dynamo-manifests -n '{seen}' -l {o[2:]} -d {_quoted(h)}" for o, h in options]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("%%", "%").replace("\\", "\\\\").replace("'", "\\'") + "'"
