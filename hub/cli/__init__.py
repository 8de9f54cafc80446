"""The `hub` command. Each command reads its arguments, calls one rule and prints what came back."""

from __future__ import annotations

from hub.cli import ask, keep, measure  # noqa: F401 - their commands join the group
from hub.cli.common import cli, main

__all__ = ["cli", "main"]
