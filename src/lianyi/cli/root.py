"""`lianyi` itself: the verbs by name, each imported when it is called, or all of them for `lianyi --help`."""

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

from lianyi.cli.language import _


class Root(TyperGroup):
    """The top of the command line. `modules` says which module exports each verb as `app`, in the order of the help."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        super().__init__(
            name="lianyi",
            help=_("Lianyi: from traffic to known people to money."),
            rich_markup_mode=None,
            no_args_is_help=True,
        )
        self._modules = modules

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Every verb."""
        return list(self._modules)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The verb, imported now; None for a word that is none."""
        if cmd_name not in self._modules:
            return None
        if cmd_name not in self.commands:
            found = get_command(import_module(self._modules[cmd_name]).app)
            found.name = cmd_name
            found.help = inspect.cleandoc(found.help or "")
            self.commands[cmd_name] = found
        return self.commands[cmd_name]
