"""A verb with further commands whose own work needs no word: `sample MODEL ...` is `sample run MODEL ...`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class RunGroup(TyperGroup):
    """Takes what names no command as the arguments of `run`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)
