"""A profile for search engines, as schema.org describes organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from hub.profiles.homepage import usable
from hub.profiles.tables import Kind, Profile, ProfileKind, ProfileName, Statement
from hub.regions.labels import region_name
from hub.web.public_address import whole

SCHEMA_TYPES = {
    ProfileKind.UNIVERSITY: "CollegeOrUniversity",
    ProfileKind.INSTITUTE: "ResearchOrganization",
    ProfileKind.COMPANY: "Corporation",
}


def profile_data(
    profile: Profile, public: list[Statement], others: Sequence[ProfileName] = ()
) -> dict[str, Any]:
    """A profile for search engines (schema.org Organization); of what it says only what everybody sees."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": SCHEMA_TYPES[ProfileKind(profile.kind)],
        "name": profile.name_ko,
        "url": whole(url_for("posting.profile", profile_id=profile.id)),
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "KR",
            "addressRegion": region_name(profile.region_code),
        },
    }
    names = [name for name in (profile.name_en, *(other.name for other in others)) if name]
    if names:
        data["alternateName"] = names if len(names) > 1 else names[0]
    if homepage := usable(profile.homepage):
        data["sameAs"] = homepage
    knows = [s.text for s in public if s.kind == Kind.CAPABILITY]
    if knows:
        data["knowsAbout"] = knows
    seeks = [{"@type": "Demand", "description": s.text} for s in public if s.kind == Kind.NEED]
    if seeks:
        data["seeks"] = seeks
    offers = [{"@type": "Offer", "description": s.text} for s in public if s.kind == Kind.ASSET]
    if offers:
        data["makesOffer"] = offers
    return data


FOR_TEMPLATES = (profile_data,)
