"""`hub serve`: gunicorn over an app that is loaded once and shared by every worker."""

from __future__ import annotations

import logging
import os
from typing import Any

import gunicorn.http.message
from gunicorn.app.base import BaseApplication

from embeddings.encoder import use_threads
from hub import create_app
from hub.settings import Settings
from hub.web import Hub

# gunicorn cuts a request line at 8,190 bytes with a bare 400. A pasted problem in Korean is nine
# bytes a letter in an address: let it through to the page that says how long it may be.
LONGEST_REQUEST_LINE = 128 * 1024
THREADS = 8

log = logging.getLogger(__name__)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with its options from us instead of its command line."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings = settings
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Takes over the options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Builds the app in the parent (``preload_app``), so that the workers share its memory.

        Nothing here may run with several threads: after a fork, OpenMP waits in the child for
        threads that only the parent has.
        """
        use_threads(1)
        return create_app(self.settings)


def threads_per_worker(settings: Settings, workers: int) -> int:
    """The model's threads in each worker: the setting, or the cores shared out."""
    cores = len(os.sched_getaffinity(0))
    return settings.threads or max(1, cores // workers)


def serve(settings: Settings, *, host: str, port: int, workers: int, threads: int) -> None:
    """Serves until it is told to stop."""
    model_threads = threads_per_worker(settings, workers)

    def wake(_server: Any, worker: Any) -> None:
        """In each new worker: its threads, and a first encoding to warm up."""
        hub: Hub = worker.app.wsgi().extensions["hub"]
        hub.engine.use_threads(model_threads)
        hub.engine.encoder.encode_one("준비")

    gunicorn.http.message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE
    Server(
        settings,
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            "post_fork": wake,
            "limit_request_line": LONGEST_REQUEST_LINE - 1,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 15,
            "accesslog": None,
            "loglevel": "info",
            "proc_name": "hub",
            # Another proxy's headers are believed only where it is said who sends them.
            "forwarded_allow_ips": "127.0.0.1",
            "control_socket_disable": True,
        },
    ).run()
