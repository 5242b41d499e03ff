"""Sources who must stay unknown: what is committed to without being told, sealed, batched, stripped and erased."""
