"""The court pack: what a case says of one episode, each sentence with the numbers of the exhibits that bear it out."""
