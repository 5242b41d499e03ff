"""Questions as Spark's SQL, written by Ibis' compiler without Ibis' own connection to Spark.

That connection needs pandas: a missing integer would come back as no integer, and every command would be slower to
start, because pyarrow loads pandas wherever it finds it. It also sets the compiler's options, which are set here.
"""

from __future__ import annotations

import ibis
from ibis.backends.sql.compilers import PySparkCompiler
from ibis.config import Config


class Options(Config):
    """What Ibis asks of whoever writes Spark's SQL: a NaN is a number here, as on the other engine."""

    treat_nan_as_null: bool = False


def spark_sql(answer: ibis.Table) -> str:
    """The question in Spark's SQL; its tables are views of the same names."""
    if ibis.options.pyspark is None:
        ibis.options.pyspark = Options()
    compiler = PySparkCompiler()
    return str(compiler.to_sqlglot(answer).sql(dialect=compiler.dialect))
