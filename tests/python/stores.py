"""What the tests that read a store with other programs have in common: sweeps, the program, its table."""
import csv
import json
import os
import re
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["NEUROSWEEP_PROGRAM"]
SWEEPS = os.environ["NEUROSWEEP_SWEEPS"]

HEAD = 'model = "jansen-rit"\ndt = "0.5 ms"\nduration = "1 s"\ntransient = "500 ms"\n'
PRESETS = """title = "Two cells"
model = "izhikevich"
method = "euler"
dt = "0.1 ms"
duration = "500 ms"
[[axis]]
name = "preset"
values = ["tonic_spiking", "chattering", "fast_spiking"]
[[axis]]
name = "input.I.mean"
from = 0
to = 20
count = 5
[observe]
measures = ["rate", "isi_cv"]
"""
# Four chunks, of which a shard computes some.
CHUNKED = """model = "perfect-if"
dt = "0.1 ms"
duration = "2 s"
[[axis]]
name = "initial.V"
values = [-70, -65]
[[axis]]
name = "input.I.mean"
from = 0
to = 100
count = 10001
[observe]
measures = ["mean"]
"""


class Table:
    """The CSV as lists of text: one for each column, without and with its unit."""

    def __init__(self, text):
        rows = list(csv.reader(text.splitlines()))
        self.names, self.units, self.columns = [], {}, {}
        for c, title in enumerate(rows[0]):
            name, unit = re.fullmatch(r"(\S+)(?: \[(.*)\])?", title).groups()
            self.names.append(name)
            self.units[name] = unit or "1"
            self.columns[name] = [row[c] for row in rows[1:]]

    def axis(self, name):
        return list(dict.fromkeys(self.columns[name]))


class StoreTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.store = os.path.join(folder.name, "map.zarr")

    def run_sweep(self, text, *flags):
        """Fills self.store and returns the table. `text`: a sweep, or the name of a shipped one."""
        file = os.path.join(SWEEPS, text + ".toml")
        if "\n" in text:
            file = os.path.join(self.folder, "sweep.toml")
            with open(file, "w") as out:
                out.write(text)
        shard = "--shard" in flags
        command = [PROGRAM, "run", file, "--device", "cpu", "--quiet", "--out", self.store, *flags]
        done = subprocess.run(command + ([] if shard else ["--csv", "-"]), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return None if shard else Table(done.stdout)

    def gain_map(self):
        return self.run_sweep("jr_gain_map", "--set", "input.E.noise=20")


def output_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def json_of(command):
    return json.loads(output_of(command))
