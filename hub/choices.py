"""Words from outside of which only some mean anything: an address, a form, a command's option."""

from __future__ import annotations

from collections.abc import Iterable

from hub.language import _
from hub.problems import Problem


def one_of(value: str | None, known: Iterable[str], what: str = "") -> str | None:
    """The value, if it is one of those known; ``None`` for a blank one.

    :param what: what the value is for, as a reader knows it.
    :raises Problem: naming the value and those that can be used.
    """
    if not value:
        return None
    listed = [str(one) for one in known]
    if value in listed:
        return value
    usable = ", ".join(listed)
    if not what:
        raise Problem(
            _("«%(value)s»은(는) 쓸 수 없습니다. 쓸 수 있는 값: %(known)s.", value=value[:40], known=usable)
        )
    raise Problem(
        _(
            "%(what)s «%(value)s»은(는) 없습니다. 쓸 수 있는 값: %(known)s.",
            what=what,
            value=value[:40],
            known=usable,
        )
    )
