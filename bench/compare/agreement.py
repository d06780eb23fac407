"""Whether a rival's map is neurosweep's map."""
import csv
from dataclasses import dataclass

import numpy as np
from scipy.signal import welch
from sweeps import gain_map, measures_of, segment

def sets(sweep):
    return 1024 if sweep.quiet else 16 * sweep.smallest


# Allowed differences without noise, for all sets but one in a hundred: next to a bifurcation rounding grows, and both sides are in
# float. The scale of rounding is in the report: neurosweep's own float against its double. The scale of a wrong scheme is
# there too: the same sweep with heun.
limits = {
    "gain_map": {"amplitude": 2e-4, "mean": 2e-4, "std": 2e-4, "peak_frequency": 0},
    "izhikevich": {"spike_count": 0},
    "larter_breakspear": {"amplitude": 2e-4, "mean": 2e-4, "std": 2e-4},
}
z_limit = 4.5         # of the noisy maps: for some 20 comparisons, a false alarm in 7000 runs


@dataclass
class Check:
    rival: str
    measure: str
    noise: bool
    found: float                    # without noise nearly_all's difference, with noise the mean one over its standard error
    limit: float
    largest: float = np.nan
    rounding: float = np.nan        # neurosweep, float against double
    scheme: float = np.nan          # neurosweep, heun against this method

    @property
    def agrees(self):
        return self.found <= self.limit


def nearly_all(difference):
    """What all but one set in a hundred keep to; sets without a value do not count: at rest a rival's peak is rounding noise."""
    return np.quantile(difference[~np.isnan(difference)], 0.99, method="higher")


def check_welch():
    """The rivals' spectra are scipy.signal.welch's."""
    y = np.random.default_rng(1).standard_normal((3000, 64)).cumsum(axis=0)
    f, power = welch(y, fs=1 / gain_map.dt, nperseg=segment, axis=0)
    band = (3 < f) & (f < 40)
    if not np.array_equal(f[band][power[band].argmax(axis=0)], measures_of(y)["peak_frequency"]):
        raise SystemExit("bench/compare/sweeps.py: measures_of differs from scipy.signal.welch")


def read(file):
    """The columns of a CSV by name without unit."""
    with open(file) as lines:
        rows = list(csv.reader(lines))
    names = [name.split(" [")[0] for name in rows[0]]
    return dict(zip(names, np.array(rows[1:], float).T))


class Reference:
    """neurosweep's maps of `sets` sets; run(*flags) computes one."""

    def __init__(self, sweep, run, folder):
        self.sweep, self.run, self.folder, self.maps = sweep, run, folder, {}

    def map(self, method, noise=False, precision="float"):
        key = method, noise, precision
        if key not in self.maps:
            quiet = ["--set", "input.E.noise=0"] if self.sweep.noise and self.sweep.quiet and not noise else []
            self.run("--set", f"method={method}", "--set", f"precision={precision}", *quiet, "--csv", f"{self.folder}/map.csv")
            self.maps[key] = read(f"{self.folder}/map.csv")
        return self.maps[key]

    def check(self, rival, worker, setting, method):
        """Without noise set by set; with noise the mean difference over the sets, whose realisations are independent."""
        def theirs(noise):
            worker.ask("run", sets=sets(self.sweep), setting=setting, noise=noise, save=f"{self.folder}/rival.npz")
            return np.load(f"{self.folder}/rival.npz")

        checks = []
        if self.sweep.quiet:
            ours, quiet = self.map(method), theirs(noise=False)
            for name in self.sweep.measures:
                difference, rounding, scheme = (np.abs(other[name] - ours[name]) for other in (
                    quiet, self.map(method, precision="double"), self.map("heun")))
                checks.append(Check(rival, name, False, nearly_all(difference), limits[self.sweep.name][name], np.nanmax(difference),
                                    nearly_all(rounding), nearly_all(scheme)))
        if self.sweep.noise or not self.sweep.quiet:
            ours, noisy = self.map(method, noise=True), theirs(noise=True)
            for name in self.sweep.measures:
                difference = noisy[name] - ours[name]
                z = abs(difference.mean()) / (difference.std(ddof=1) / np.sqrt(len(difference)))
                checks.append(Check(rival, name, True, z, z_limit))
        return checks
