"""Every module that declares a table. Whoever compares a database with the declarations imports this first."""

from __future__ import annotations

import hub.accounts.once
import hub.accounts.tables
import hub.desk.decisions
import hub.fields.tables
import hub.mail.tables
import hub.profiles.tables
import hub.regions.tables
import hub.search.feedback
import hub.search.saved

__all__ = ["hub"]
