"""The tasks: every file of this folder declares some in its `TASKS`; `ALL` has them by name, in the order of a run."""

import importlib
import pkgutil

from modulehost.automation.declaring import ORDER, Task


def _declared() -> dict[str, Task]:
    found: dict[str, Task] = {}
    for file in pkgutil.iter_modules(__path__):
        tasks: list[Task] = importlib.import_module(f"{__name__}.{file.name}").TASKS
        for task in tasks:
            if task.name in found:
                raise ValueError(f"the task {task.name} is declared twice, the second time in automation/tasks/{file.name}.py")
            found[task.name] = task
    return {name: found[name] for name in ORDER if name in found}


ALL = _declared()
