"""One rival in a process of its own, which stays warm: reads a command a line, answers with a JSON object a line.

  worker.py RIVAL SWEEP SHARE OF      computes the sets SHARE, SHARE + OF, ...
"""
import importlib
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

import numpy as np

here = Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here / "rivals")]
from sweeps import sweeps      # noqa: E402


def cpu_seconds():
    """Of this process and of the programs that it ran."""
    usage = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


class Worker:
    def __init__(self, rival, sweep, share, of):
        self.rival, self.sweep = importlib.import_module(rival), sweeps[sweep]
        self.compute, self.share, self.of = getattr(self.rival, sweep), share, of

    def hello(self):
        """Versions of what is used, the method, and whether one process uses all cores by itself."""
        return dict(versions={name: version(name) for name in self.rival.packages}, threads=getattr(self.rival, "threads", False),
                    method=getattr(self.rival, "methods", {}).get(self.sweep.name, self.sweep.method))

    def run(self, sets, setting, noise=True, save=None):
        columns = [np.ascontiguousarray(column[self.share::self.of]) for column in self.sweep.grid(sets)]
        begin, cpu = perf_counter(), cpu_seconds()
        result = self.compute(columns, noise=noise, seed=self.share + 1, **setting)
        answer = dict(seconds=perf_counter() - begin, cpu=cpu_seconds() - cpu)
        if save:
            np.savez(save, **result)
        return answer

    def tune(self, sets):
        """Each setting once cold and three times warm, on `sets` or one batch; CPU time, which other programs disturb less."""
        trials = []
        for setting in self.rival.settings[self.sweep.name]:
            n = max(sets, setting.get("batch", 0))
            cold, warm = self.run(n, setting), [self.run(n, setting) for _ in range(3)]
            trials.append(dict(setting=setting, rate=n * self.sweep.work / min(w["cpu"] for w in warm),
                               compile=cold["seconds"] - min(w["seconds"] for w in warm)))
        return dict(trials=trials)


answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)                  # what packages print does not mix with the answers
worker = Worker(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(getattr(worker, command.pop("do"))(**command)), file=answers, flush=True)
