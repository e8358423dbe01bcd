"""Every guard of ours, and what would be left if it were taken out (`make guards`)."""
