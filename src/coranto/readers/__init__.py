"""Readers: from a post's file or an upstream's bytes to entries, clean and absolute.  The one door to each format."""
