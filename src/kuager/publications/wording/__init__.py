"""Facts in a reader's words: sentences, tables and lists, the same for pages, reports, feeds and the terminal."""
