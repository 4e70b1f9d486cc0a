"""Roadmaps of organizations: reading of documents and period phrases, plans, review, approval, execution."""
