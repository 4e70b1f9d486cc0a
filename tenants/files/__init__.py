"""Evidence and products: content-addressed within one organization."""
