"""A transparency log as plain files that any web server can serve and any program can check (C2SP tlog-tiles)."""
