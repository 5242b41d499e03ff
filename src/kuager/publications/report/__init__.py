"""The report of an episode: for print and as PDF, each for one kind of reader; a text summary; a text message."""
