"""``python -m hub``: the `hub` command, where it is not on the path."""

from hub.cli import main

main()
