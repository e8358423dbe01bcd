"""Looking without touching: what `check`, `status` and `explain` say.  No lock is taken, nothing is written."""
