"""Every figure that the specification names, measured side by side with its peer."""
