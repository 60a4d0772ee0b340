"""From media content to view arrays and annotations: one encoder a module."""
