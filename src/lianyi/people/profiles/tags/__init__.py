"""Tags: short labels in four dimensions, with who gave them and until when they hold."""
