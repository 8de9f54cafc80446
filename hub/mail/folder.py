"""Where mail goes while no mail server is set: a file a mail under ``HUB_VAR/outbox``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from flask_mailman import EmailMessage
from flask_mailman.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Flask-Mailman's own file backend names files by the time and puts several mails into one; here a mail that is sent a
    second time, because nobody knows whether the first time was cut off, takes the place of the first."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes each mail to a file that its number names; returns how many."""
        folder = Path(self.mailman.file_path)
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            path = folder / f"{mail.extra_headers['X-Hub-Mail']}.eml"
            scratch = path.with_suffix(f".{os.getpid()}.tmp")
            scratch.write_bytes(mail.message().as_bytes())
            scratch.replace(path)
        return len(email_messages)
