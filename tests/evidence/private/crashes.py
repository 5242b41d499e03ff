"""Processes that are killed between two system calls."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

CALLS = ("open", "write", "fsync", "link", "unlink", "rename", "replace", "mkdir", "rmdir", "utime")


def dies(run: Callable[[], object], at: int) -> bool:
    """Run in a child that is killed before its ``at``-th call that may change the disk."""
    child = os.fork()
    if child == 0:
        left = [at]

        def deadly(call: Callable[..., Any]) -> Callable[..., Any]:
            def called(*arguments: Any, **named: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    os._exit(77)
                return call(*arguments, **named)

            return called

        for name in CALLS:
            setattr(os, name, deadly(getattr(os, name)))
        run()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 77)
    return code == 77
