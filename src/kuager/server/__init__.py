"""The site of a case on this machine: what is published, over HTTP, for nobody else's eyes."""
