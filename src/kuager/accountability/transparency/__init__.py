"""An operator's report on demands: totals that equal its log, what the law withholds, indicator F10, what was measured.

``totals`` counts, ``withholding`` leaves out what the law forbids and what would give that away, ``elements`` lays
the report against indicator F10, ``effects`` against what was measured, ``report`` puts them together, ``checking``
reads a published report again and recomputes it.
"""
