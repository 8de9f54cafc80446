"""`hub serve`: gunicorn over an app that is loaded once and shared by every worker."""

from __future__ import annotations

import errno
import logging
import os
import socket
from typing import Any

import gunicorn.http.message
from gunicorn.app.base import BaseApplication

from embeddings.encoder import use_threads
from hub import create_app
from hub.hosts import EVERYWHERE, served_hosts
from hub.index.engine import Engine
from hub.language import _
from hub.problems import Problem, Unavailable
from hub.settings import Settings

# gunicorn cuts a request line at 8,190 bytes with a bare 400. A pasted problem in Korean is nine
# bytes a letter in an address: let it through to the page that says how long it may be.
LONGEST_REQUEST_LINE = 128 * 1024

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


def listener(host: str, port: int) -> socket.socket:
    """A socket that holds the address; gunicorn listens at it once the app is loaded.

    :param host: a name, an IPv4 or an IPv6 address, the latter with brackets or without.
    :raises Problem: in the reader's language, when there is no such address, or it cannot be had.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM) if bare.strip() else []
    except (OSError, UnicodeError):
        found = []
    # A name may have both; readers who type it are led to the IPv4 address more often.
    found.sort(key=lambda one: one[0] != socket.AF_INET)
    if not found:
        raise Problem(
            _(
                "--host: «%(host)s»(이)라는 주소가 없습니다. 127.0.0.1, ::1이나 이 컴퓨터의 이름을 적으십시오.",
                host=host,
            )
        )
    family, _kind, _protocol, _name, address = found[0]
    held: socket.socket | None = None
    try:
        held = socket.socket(family, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)  # `::` means IPv4 as well
        held.bind(address)
    except OSError as error:
        if held is not None:
            held.close()
        raise _not_to_be_had(error, host, port) from error
    return held


def _not_to_be_had(error: OSError, host: str, port: int) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return Unavailable(
            _(
                "%(host)s의 %(port)d번 포트를 이미 다른 프로그램이 쓰고 있습니다. --port로 다른 번호를 주십시오.",
                host=host,
                port=port,
            )
        )
    if error.errno == errno.EACCES:
        return Unavailable(
            _("%(port)d번 포트를 열 권한이 없습니다. --port로 1024 이상의 번호를 주십시오.", port=port)
        )
    return Unavailable(
        _(
            "%(host)s은(는) 이 컴퓨터의 주소가 아니어서 열 수 없습니다 (%(why)s).",
            host=host,
            why=error.strerror,
        )
    )


def greeting(held: socket.socket) -> str:
    """Where a browser finds the server."""
    host, port = held.getsockname()[:2]
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - recognised here, not chosen
    shown = everywhere.get(host) or (f"[{host}]" if ":" in host else host)
    if host in everywhere:
        return _(
            "http://%(shown)s:%(port)d 과 이 컴퓨터의 모든 주소(%(host)s)에서 엽니다. 멈추려면 Ctrl+C.",
            shown=shown,
            port=port,
            host=host,
        )
    return _("http://%(host)s:%(port)d 에서 엽니다. 멈추려면 Ctrl+C.", host=shown, port=port)


def with_served_hosts(settings: Settings, host: str) -> Settings:
    """The settings of a server that listens at ``host``: where nobody has said at which address people open the
    hub, it also answers to the names by which they reach this machine."""
    if settings.public_url or (settings.environment == "production" and host in EVERYWHERE):
        return settings
    names = ",".join(filter(None, (settings.allowed_hosts, *served_hosts(host))))
    return settings.model_copy(update={"allowed_hosts": names})


def serve(settings: Settings, held: socket.socket, *, workers: int, threads: int) -> None:
    """Serves at the address that :func:`listener` holds until it is told to stop."""
    model_threads = threads_per_worker(settings, workers)

    def wake(_server: Any, worker: Any) -> None:
        """In each new worker: its threads, and a first encoding to warm up."""
        engine: Engine = worker.app.wsgi().extensions["hub"][Engine]
        engine.use_threads(model_threads)
        engine.encoder.encode_one("준비")

    gunicorn.http.message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE
    Server(
        settings,
        {
            "bind": f"fd://{held.detach()}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            "post_fork": wake,
            "limit_request_line": LONGEST_REQUEST_LINE - 1,
            # htmx says in a header at which address the page stands, and a long search is a long address.
            "limit_request_field_size": LONGEST_REQUEST_LINE,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 15,
            "accesslog": None,
            "loglevel": "info",
            "proc_name": "hub",
            # Nobody's here: how many proxies are believed says HUB_PROXIES, see hub/web/public_address.py.
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
        },
    ).run()
