"""Every page by an address of it: what the tests walk and the contact sheets show."""

from __future__ import annotations

from tests.inviting import TOKEN

# Every GET route by an address of it. ``{own}`` is the member's profile, ``{statement}`` one of its statements, ``{asset}`` one that others may use, ``{unit}`` one of its
# units;
# ``{contacted}`` a firm of the staff's region, ``{referral}`` what was handed over to it, ``{claim}`` who says they belong to
# that firm, ``{unseen}`` a new organisation there.
# ``{contacted}`` a firm of the staff's region, ``{referral}`` what was handed over to it, ``{inquiry}`` what was asked of it.
ADDRESSES = {
    "home.index": ["/"],
    "home.about": ["/about"],
    "search.find": ["/search", "/search?q=김치 포장&kind=capability&region=29", "/search?q=😀"],
    "search.compare_partners": ["/compare?q=김치 포장&s=1&s=2&s=3", "/compare?q=김치"],
    "search.saved_searches": ["/searches"],
    "desk.regions": ["/regions", "/regions?measure=needs"],
    "desk.region": ["/regions/26", "/regions/26110", "/regions/26?view=shortlisted"],
    "desk.compare_pairs": ["/regions/26/compare?pair={pair}&pair={other}", "/regions/26/compare"],
    "desk.region_supply": ["/regions/26/supply"],
    "desk.region_network": ["/regions/26/network"],
    "desk.region_profiles": ["/regions/26/profiles"],
    "desk.technology_map": ["/map", "/map?region=26"],
    "posting.profile": ["/profiles/{own}"],
    "posting.add_statement": ["/profiles/{own}/statements/new"],
    "posting.edit_statement": ["/statements/{statement}/edit"],
    "posting.edit_profile": ["/profiles/{own}/edit"],
    "posting.add_profile": ["/profiles/new"],
    "posting.statement": ["/statements/{statement}"],
    "posting.edit_photo": ["/statements/{asset}/photo/edit"],
    "posting.unit": ["/units/{unit}"],
    "posting.add_unit": ["/profiles/{own}/units/new"],
    "posting.edit_unit": ["/units/{unit}/edit"],
    "posting.contacts": ["/profiles/{contacted}/contacts"],
    "posting.referral_list": ["/referrals"],
    "posting.add_referral": ["/referrals/new"],
    "posting.answer_referral": ["/referrals/{referral}"],
    "membership.choose": ["/organisation", "/organisation?name=대학교"],
    "membership.claim": ["/organisation/claim/{contacted}"],
    "membership.new_organisation": ["/organisation/new?name=해담정밀"],
    "membership.review": ["/organisation/review"],
    "membership.desk": ["/memberships"],
    "membership.answer_claim": ["/memberships/{claim}"],
    "membership.review_profile": ["/memberships/profiles/{unseen}"],
    "inquiries.inquiry_list": ["/inquiries"],
    "inquiries.add_inquiry": ["/inquiries/new?asked=김치가 과발효로 포장이 부풀어요&partner=1"],
    "inquiries.inquiry": ["/inquiries/{inquiry}"],
    "inquiries.answer_inquiry": ["/inquiries/{inquiry}/answer"],
    "people.profile_people": ["/profiles/{own}/people"],
    "people.unit_people": ["/units/{unit}/people"],
    "people.region_staff": ["/regions/26/staff"],
    "people.all_staff": ["/staff"],
    "people.invitation": [f"/invitations/{TOKEN}", "/invitations/nothing"],
    "dashboard.dashboard": ["/dashboard"],
    "leaving.close_account": ["/account/close"],
    "accounts.sign_in": ["/sign-in"],
    "accounts.register": ["/register", "/register?next=/search?q=김치"],
    "accounts.mail_sent": ["/register/sent?email=a@b.example", "/register/sent"],
    "accounts.confirm": ["/confirm"],
    "accounts.confirm_address": ["/confirm/{confirm}", "/confirm/x"],
    "accounts.reset": ["/password/reset"],
    "accounts.new_password": ["/password/reset/{reset}"],
    "accounts.mails": ["/mails"],
    "accounts.own_account": ["/account"],
    "accounts.second_factor": ["/account/second-factor"],
    "accounts.recovery_codes": ["/account/recovery-codes"],
    "accounts.confirm_new_email": ["/account/email/confirm?token=x"],
    "accounts.identities": ["/account/identities"],
    None: ["/nothing-here"],
}
# Pages for those who may edit the profile.
EDITORS = (
    "posting.add_statement",
    "posting.edit_statement",
    "posting.edit_profile",
    "posting.statement",
    "posting.edit_photo",
    "posting.unit",
    "posting.add_unit",
    "posting.edit_unit",
    "inquiries.add_inquiry",
    "people.profile_people",
    "people.unit_people",
)
# Who reads a page whose reader is neither the staff nor that member: a visitor, and accounts that tests/browser/conftest.py
# makes by these names.
READERS = {
    **dict.fromkeys(("accounts.register", "accounts.mail_sent", "accounts.reset", "people.invitation"), None),
    **dict.fromkeys(("accounts.sign_in", "accounts.confirm_address", "accounts.new_password"), None),
    "accounts.confirm": "unconfirmed",
    "accounts.mails": "admin",
    "people.all_staff": "admin",
    "membership.choose": "claimant",
    "membership.claim": "free",
    "membership.new_organisation": "free",
    "membership.review": "enterer",
}
