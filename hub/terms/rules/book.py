"""All rules, in the order of their numbers."""

from __future__ import annotations

from hub.terms.rules import (
    rules_data,
    rules_ending,
    rules_equity,
    rules_money,
    rules_property,
    rules_public,
    rules_secrets,
)
from hub.terms.rules.rule import RULES

# Reading these files enters their rules.
FILES = (rules_secrets, rules_property, rules_public, rules_money, rules_equity, rules_data, rules_ending)
BOOK = {number: RULES[number] for number in sorted(RULES)}
