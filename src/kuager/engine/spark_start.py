"""Starting Spark: its Java program, quietly, once in a process, and the connection to a cluster.

Spark is loud and writes beside itself, into the installed package. Its words go to a file of their own, and it is given
a home of links in a temporary folder, where the logs of its workers may stand.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import sys
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from kuager.errors import EngineError, message

ANSWER_S = 5.0
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.task.maxFailures": "4",
    "spark.sql.session.timeZone": "UTC",
    "spark.scheduler.minRegisteredResourcesRatio": "0",  # the engine waits for workers itself, and can say for whom
}


def started(master: str) -> Any:
    """A ``SparkContext`` of the cluster.

    Raises:
        EngineError: Spark or Java is missing, or nobody answers there.
    """
    check_installed()
    _check_answers(master)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master.startswith("local-cluster") or "127.0.0.1" in master or "localhost" in master:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # nobody else on the network is to reach it
    # Of pandas nothing is used here, whatever Spark thinks of its version.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from py4j.protocol import Py4JError  # noqa: PLC0415 - an extra
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

    try:
        configuration = SparkConf().setMaster(master).setAppName("kuager").setAll(list(SETTINGS.items()))
        return SparkContext(gateway=_java(), conf=configuration)
    except (PySparkException, Py4JError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise EngineError(message("Spark did not start: {reason}"), reason=reason) from error


def check_installed() -> None:
    """See that there is what Spark needs.

    Raises:
        EngineError: it says what to install.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise EngineError(
            message("Work on a cluster needs PySpark, which is not installed."),
            remedy=message("Install it: pip install 'kuager[spark]'"),
        )
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        raise EngineError(
            message("Work on a cluster needs Java 17 or newer, which is not installed."),
            remedy=message("On Debian or Ubuntu: sudo apt-get install default-jre-headless"),
        )


def _check_answers(master: str) -> None:
    """Spark itself would try for a minute."""
    address = re.fullmatch(r"spark://(?:\[?)([^\]/,]+?)(?:\]?):(\d{1,5})(?:,.*)?", master)
    if address is None:
        return
    try:
        socket.create_connection((address[1], int(address[2])), ANSWER_S).close()
    except (OSError, OverflowError) as error:
        raise EngineError(
            message("No cluster answers at {address}."),
            remedy=message("See whether its master runs there: start it, or correct the address."),
            address=master,
        ) from error


@cache
def _java() -> Any:
    """Spark's Java program; there can be one in a process, and it ends with it."""
    import pyspark  # noqa: PLC0415 - an extra
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 - an extra

    folder = Path(_temporary_folder().name)
    if "SPARK_HOME" not in os.environ:
        for part in Path(pyspark.__path__[0]).iterdir():
            if part.name != "work":  # where others who did without a home of links left their logs
                (folder / part.name).symlink_to(part)
        os.environ["SPARK_HOME"] = str(folder)
    with (folder / "spark.log").open("wb") as log:
        launch: Callable[..., Any] = launch_gateway
        return launch(popen_kwargs={"stdout": log, "stderr": log})


@cache
def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """It is removed at the end of the process; logs that are still being written are no reason to complain."""
    return tempfile.TemporaryDirectory(prefix="kuager-spark-", ignore_cleanup_errors=True)
