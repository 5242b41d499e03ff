"""The case folder and the steps that fill it: the only place where the other rooms meet."""
