"""What a member does to themselves: password, profile, sessions, devices."""
