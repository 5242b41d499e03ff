"""A transparency report as pages, a table and a file for programs, made of ``accountability.transparency``."""
