"""Where work runs: whole files are mapped and tables are queried, on this machine or on a cluster."""
