"""What goes out: stories get their public ids, categories their windows, and feeds/ the files that changed."""
