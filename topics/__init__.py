"""Topic, event and aspect models."""
