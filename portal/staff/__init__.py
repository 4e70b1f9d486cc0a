"""Staff of organizations: invitations, roles, deputies, handover, and who is the same person."""
