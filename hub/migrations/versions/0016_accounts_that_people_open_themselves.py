"""accounts that people open themselves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STAFF_OR_ADMIN = (
    "(role = 'staff' AND region_code IS NOT NULL AND profile_id IS NULL)"
    " OR ({member} AND region_code IS NULL)"
    " OR (role = 'admin' AND profile_id IS NULL AND region_code IS NULL)"
)
OF_BEFORE = STAFF_OR_ADMIN.format(member="role = 'member' AND profile_id IS NOT NULL")
MAY_BELONG_TO_NONE = STAFF_OR_ADMIN.format(member="role = 'member'")


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_due_at"), ["due_at"], unique=False)

    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("unit_name", sa.String(120), nullable=True),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_claim_account_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_claim_answered_by")),
        sa.ForeignKeyConstraint(["instead_of_id"], ["profile.id"], name=op.f("fk_claim_instead_of_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_claim_profile_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_claim_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_profile_id"), ["profile_id"], unique=False)

    op.create_table(
        "external_identity",
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_external_identity_account_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_external_identity")),
    )
    with op.batch_alter_table("external_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_identity_account_id"), ["account_id"], unique=False)

    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("partner_statement_id", sa.Integer(), nullable=True),
        sa.Column("partner_gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("proposed", sa.JSON(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_inquiry_account_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_inquiry_answered_by")),
        sa.ForeignKeyConstraint(
            ["partner_statement_id"], ["statement.id"], name=op.f("fk_inquiry_partner_statement_id")
        ),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_inquiry_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inquiry_partner_statement_id"), ["partner_statement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inquiry_statement_id"), ["statement_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_key", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(6), nullable=False),
        sa.Column("region_code", sa.String(5), nullable=True),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["account.id"], name=op.f("fk_invitation_accepted_by")),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name=op.f("fk_invitation_invited_by")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_invitation_profile_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_invitation_region_code")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_invitation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_key", name=op.f("uq_invitation_token_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_invited_by"), ["invited_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_profile_id"), ["profile_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_region_code"), ["region_code"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_key", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("account_id", "code_key", name=op.f("pk_recovery_code")),
    )
    _alter_account()
    with op.batch_alter_table("open_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.add_column(sa.Column("review_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("review_answer", sa.Text(), nullable=True))

    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("awaited", sa.String(11), nullable=True))


def _alter_account() -> None:
    """A member need not belong to an organisation any more; whoever has an account by now is confirmed."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("language", sa.String(2), nullable=False, server_default="ko"))
        for name in ("confirmed_at", "closed_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("totp_secret", sa.String(200), nullable=True))
        batch_op.add_column(sa.Column("totp_step", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("resume", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("consent", sa.String(10), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_account_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_account_role"), MAY_BELONG_TO_NONE)
    op.execute("UPDATE account SET confirmed_at = created_at")


def downgrade() -> None:
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_column("awaited")

    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.drop_column("review_answer")
        batch_op.drop_column("review_asked_at")

    with op.batch_alter_table("open_session", schema=None) as batch_op:
        batch_op.drop_column("second_factor_at")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_account_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_account_role"), OF_BEFORE)
        for name in (
            "consent",
            "resume",
            "totp_step",
            "totp_secret",
            "closed_at",
            "confirmed_at",
            "language",
            "name",
        ):
            batch_op.drop_column(name)

    op.drop_table("recovery_code")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_region_code"))
        batch_op.drop_index(batch_op.f("ix_invitation_profile_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_invited_by"))

    op.drop_table("invitation")
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquiry_statement_id"))
        batch_op.drop_index(batch_op.f("ix_inquiry_partner_statement_id"))
        batch_op.drop_index(batch_op.f("ix_inquiry_account_id"))

    op.drop_table("inquiry")
    with op.batch_alter_table("external_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_identity_account_id"))

    op.drop_table("external_identity")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_profile_id"))
        batch_op.drop_index(batch_op.f("ix_claim_account_id"))

    op.drop_table("claim")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_due_at"))

    op.drop_table("mail")
