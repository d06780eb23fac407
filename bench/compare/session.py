"""Runs the rivals and neurosweep in turns: who is timed, on which cores, for how long."""
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

import agreement

here = Path(__file__).resolve().parent


def environment(threads):
    """So that a process uses the cores that it is given, and no thread spins while others are timed."""
    return os.environ | {
        "OMP_NUM_THREADS": str(threads), "NUMBA_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive",
        "JAX_PLATFORMS": "cpu", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}


def pinned(cores):
    return ["taskset", "-c", ",".join(map(str, cores))]


class Failed(Exception):
    pass


class Worker:
    """A process that stays alive with its compiled code."""

    def __init__(self, rival, sweep, cores, share=0, of=1):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([*pinned(cores), sys.executable, here / "worker.py", rival, sweep.name, str(share), str(of)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env=environment(len(cores)))

    def send(self, do, **command):
        try:
            self.process.stdin.write(json.dumps(dict(do=do, **command)) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass               # answer() says why it ended

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise Failed((self.errors.read().strip().splitlines() or ["ended without a word"])[-1])
        return json.loads(line)

    def ask(self, do, **command):
        self.send(do, **command)
        return self.answer()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


@dataclass
class Rival:
    """A rival on some cores: one process of many threads where it has its own, else a process for each core."""
    name: str
    workers: list
    sets: int
    method: str
    setting: dict
    compile: float
    seconds: list = field(default_factory=list)          # one for each round, of this rival
    neurosweep: list = field(default_factory=list)       # and of neurosweep on as many sets

    def run(self):
        begin = perf_counter()
        for worker in self.workers:
            worker.send("run", sets=self.sets, setting=self.setting)
        for worker in self.workers:
            worker.answer()
        return perf_counter() - begin


@dataclass
class Measured:
    """A line of the report."""
    rival: str
    cores: int
    sets: int
    method: str
    setting: dict
    compile: float
    rate: float              # node-steps/s, median
    neurosweep: float        # of neurosweep on as many sets
    ratio: float             # median of the rounds' ratios
    large: float             # the same, by throughput, to neurosweep on a large map


@dataclass
class Outcome:
    sweep: object
    measured: list
    large: list              # (cores, node-steps/s, the program's own node_steps_per_second) of neurosweep
    checks: list
    versions: dict
    failures: dict           # rival: why


class Session:
    def __init__(self, program, rounds, seconds):
        self.program, self.rounds, self.seconds = program, rounds, seconds
        self.cores = sorted(os.sched_getaffinity(0))
        self.load = os.getloadavg()[0]
        agreement.check_welch()
        self.folder = tempfile.TemporaryDirectory()

    def command(self, sweep, sets, cores, *more):
        return [*pinned(cores), str(self.program), "run", *sweep.flags(sets), "--device", "cpu", "--threads", str(len(cores)), "--quiet",
                "--json", "--overwrite", "--out", f"{self.folder.name}/map.zarr", *more]

    def neurosweep(self, sweep, sets, cores, *more):
        """Wall time of the whole program, and what it says of itself."""
        begin = perf_counter()
        done = subprocess.run(self.command(sweep, sets, cores, *more), capture_output=True, text=True)
        seconds = perf_counter() - begin
        if done.returncode:
            raise SystemExit(f"neurosweep: {done.stderr.strip()}")
        return seconds, json.loads(done.stdout)

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def compare(self, sweep, names):
        """Everybody on one core, then on all; the agreement in between, with the workers that are there."""
        outcome = Outcome(sweep, [], [], [], {}, {})
        tuned = {}
        for cores in [self.cores[:1]] + [self.cores] * (len(self.cores) > 1):
            present = []
            for name in names:
                if name in outcome.failures:
                    continue
                self.say(f"{sweep.name}, {len(cores)} core(s): {name}")
                try:
                    present.append(self.start(sweep, name, cores, tuned, outcome))
                except Failed as failed:
                    outcome.failures[name] = str(failed)
            whole, own = self.rounds_of(sweep, present, cores)
            outcome.large.append((len(cores), sweep.large * sweep.work / median(whole), median(own)))
            outcome.measured += [self.line(sweep, rival, cores, whole) for rival in present]
            if len(cores) == 1:
                reference = agreement.Reference(sweep, lambda *more: self.neurosweep(sweep, agreement.sets(sweep), cores, *more), self.folder.name)
                for rival in present:
                    outcome.checks += reference.check(rival.name, rival.workers[0], rival.setting, rival.method)
            for rival in present:
                for worker in rival.workers:
                    worker.stop()
        return outcome

    def start(self, sweep, name, cores, tuned, outcome):
        """A warm rival, with its best setting and as many sets as fill about `seconds`."""
        if name not in tuned:
            worker = Worker(name, sweep, cores)
            hello = worker.ask("hello")
            outcome.versions |= hello["versions"]
            best = max(worker.ask("tune", sets=sweep.smallest)["trials"], key=lambda trial: trial["rate"])
            tuned[name] = best | hello
            workers = [worker]
        elif tuned[name]["threads"]:
            workers = [Worker(name, sweep, cores)]
        else:
            workers = [Worker(name, sweep, [core], i, len(cores)) for i, core in enumerate(cores)]
        best = tuned[name]
        each = max(best["setting"].get("batch", 0), sweep.smallest)
        while 2 * each * sweep.work / best["rate"] < self.seconds:
            each *= 2
        rival = Rival(name, workers, each * len(cores), best["method"], best["setting"], best["compile"])
        rival.run()
        return rival

    def rounds_of(self, sweep, present, cores):
        """Each round: every rival, then neurosweep on as many sets; and neurosweep on a large map."""
        whole, own = [], []
        for _ in range(self.rounds):
            for rival in present:
                rival.seconds.append(rival.run())
                rival.neurosweep.append(self.neurosweep(sweep, rival.sets, cores)[0])
            seconds, says = self.neurosweep(sweep, sweep.large, cores)
            whole.append(seconds)
            own.append(says["node_steps_per_second"])
        return whole, own

    def line(self, sweep, rival, cores, whole):
        work, share = rival.sets * sweep.work, sweep.large / rival.sets
        return Measured(rival.name, len(cores), rival.sets, rival.method, rival.setting, rival.compile, work / median(rival.seconds),
                        work / median(rival.neurosweep), median(r / n for r, n in zip(rival.seconds, rival.neurosweep)),
                        median(r * share / n for r, n in zip(rival.seconds, whole)))
