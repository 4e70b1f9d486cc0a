"""The register of consents, their texts and printed blanks."""
