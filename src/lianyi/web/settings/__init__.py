"""The pages of the settings: what a workspace sets up, a module each."""
