"""The schemas of the registers: a register is a class of rows here and a line in ``accountability.registers``."""
