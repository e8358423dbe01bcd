"""The HTTP server: feeds and pages as they stand in feeds/, and how the sources are, for those who may know it."""
