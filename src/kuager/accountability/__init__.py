"""What was ordered, said, owed and done: episodes and documents, weighed against law, promises and each other.

Rows
    ``rows/`` are the registers' schemas, one small class each; ``registers`` lists them. ``annotated`` reads off a
    class what its fields hold; with that ``loading`` and ``checking`` read any file of rows, ``causal`` keeps causes
    out of them, ``form`` writes the form that people fill in. ``moments`` are times as imprecise as documents give
    them, ``media`` the formats of documents, ``whereabouts`` places that share ground.
Citations
    ``citing``: what rows cite, how many of it speak for themselves, how a row stands.
Questions
    ``questions`` and ``data/`` hold checks and instruments with their sources; ``scene`` is what a fact may look at,
    ``facts`` what answers by itself, ``answering`` puts a person's judgement beside it.
One subject each
    ``orders``, ``notice``, ``proportionality``, ``assemblies``, ``restoration``, ``harms``, ``pledges``, ``canaries``,
    ``laws``, ``ownership``, ``history``, ``risk_dates``; ``operators`` is the card of one operator.
Amounts
    ``range``, ``stretches``, ``remedy`` (hours lost), ``offers`` (what was given back), ``economies``, ``cost``
    (methods), ``totals`` (their range with published claims), ``costing`` (of one episode).
All of it
    ``dossier``: the accounts of the episodes of a case, made of rows and episodes.

Nothing here reads a file of a case or the clock, and no sentence about anybody's conduct stands without what it cites.
"""
