"""The sweeps that everybody runs: their numbers, their grids, and how neurosweep is called for them."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np

here = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Axis:
    name: str          # as neurosweep calls it
    low: float
    high: float

    def values(self, count):
        return np.linspace(self.low, self.high, count)

    def flag(self, count):
        return ["--axis", f"{self.name}={self.low}:{self.high}:{count}"]


@dataclass(frozen=True)
class Sweep:
    name: str
    title: str
    file: Path
    axes: tuple        # the first is the slowest
    steps: int
    transient: int     # steps that are integrated, but not observed
    dt: float          # s for Jansen-Rit, ms for the others
    measures: tuple
    method: str
    large: int         # sets of a map that neurosweep takes about a second for
    noise: float = 0   # SD of each step's noise on the input
    cells: int = 1     # of a network, whose steps are counted cell by cell
    smallest: int = 1024   # sets that a rival is tuned with
    quiet: bool = True     # whether it can be run without noise

    @property
    def work(self):
        """Node-steps of a set."""
        return self.steps * self.cells

    def counts(self, sets):
        """The axes' counts: their product is `sets`, a square's worth of columns for two axes."""
        if len(self.axes) == 1:
            return [sets]
        columns = 2 ** (int(np.log2(sets)) // 2)
        return [sets // columns, columns]

    def grid(self, sets):
        """[axis][set], float32, the first axis slowest."""
        values = [axis.values(count) for axis, count in zip(self.axes, self.counts(sets))]
        return [column.ravel().astype(np.float32) for column in np.meshgrid(*values, indexing="ij")]

    def flags(self, sets):
        """What follows `neurosweep run` for a grid of so many sets."""
        axes = [flag for axis, count in zip(self.axes, self.counts(sets)) for flag in axis.flag(count)]
        measures = ", ".join(f'"{m}"' for m in self.measures)
        return [str(self.file), *axes, "--set", f"observe.measures=[{measures}]"]


gain_map = Sweep("gain_map", "Jansen-Rit gain map, noise and spectra", here.parents[1] / "sweeps/jr_gain_map.toml",
                 (Axis("Ae", 2, 5), Axis("Ai", 15, 30)), steps=4000, transient=1000, dt=0.5e-3,
                 measures=("amplitude", "mean", "std", "peak_frequency"), method="exp-euler", large=2**18, noise=20 / np.sqrt(0.5e-3))
izhikevich = Sweep("izhikevich", "Izhikevich, spikes over the current", here / "izhikevich_fi.toml",
                   (Axis("input.I.mean", 0, 20),), steps=20000, transient=0, dt=0.05, measures=("spike_count",), method="euler",
                   large=2**18)
larter_breakspear = Sweep("larter_breakspear", "Larter-Breakspear, the cycle over d_V", here / "larter_breakspear.toml",
                          (Axis("d_V", 0.78, 0.8),), steps=10000, transient=5000, dt=0.1,
                          measures=("amplitude", "mean", "std"), method="euler", large=2**16)
balanced = Sweep("balanced_network", "Network: 200 LIF cells, sparse conductances, Poisson input", here / "balanced_network.toml",
                 (Axis("projection.inhibition.weight", 3, 5),), steps=10000, transient=0, dt=0.1, measures=("E.rate", "I.rate"), method="euler",
                 large=512, cells=200, smallest=8, quiet=False)
eig = Sweep("eig_network", "Network: 100 Izhikevich cells, all to all, noise", here / "eig_network.toml",
            (Axis("population.E.input.I.mean", 4.5, 5.5),), steps=4000, transient=0, dt=0.5, measures=("E.rate", "SST.rate"), method="euler",
            large=2048, cells=100, smallest=32, quiet=False)
sweeps = {s.name: s for s in (gain_map, izhikevich, larter_breakspear, balanced, eig)}


def in_batches(compute, columns, batch):
    """compute(first set, *slices of the columns) gives a dictionary of arrays for each batch of sets: joined."""
    parts = [compute(i, *(c[i:i + batch] for c in columns)) for i in range(0, len(columns[0]), batch)]
    return {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in parts[0]}


class Sums:
    """The Larter-Breakspear sweep's measures while it runs, with jax.numpy or what has its names: no trajectory is stored."""
    @staticmethod
    def start(zero, xp):
        return zero + xp.inf, zero - xp.inf, zero, zero

    @staticmethod
    def add(sums, y, xp):
        low, high, total, squares = sums
        return xp.minimum(low, y), xp.maximum(high, y), total + y, squares + y * y

    @staticmethod
    def measures(sums, xp):
        low, high, total, squares = sums
        n = larter_breakspear.steps - larter_breakspear.transient
        return {"amplitude": high - low, "mean": total / n, "std": xp.sqrt(squares / n - (total / n) ** 2)}


# Welch's estimate of the gain map as a matrix product for each half of a segment, the bins inside (3, 40) Hz alone. The window
# is in the matrix, and so is the detrending: a column without its mean does not see the segment's.
segment = 512
bins = np.array([k for k in range(segment // 2) if 3 < k / (segment * gain_map.dt) < 40])
frequencies = bins / (segment * gain_map.dt)


def welch_basis():
    """[sample of a segment][cosines, then sines of each bin], float32: sums of squares are the PSD but for a factor."""
    n = np.arange(segment)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / segment)
    waves = hann[:, None] * np.exp(-2j * np.pi * n[:, None] * bins / segment)
    waves -= waves.mean(axis=0)
    return np.concatenate([waves.real, waves.imag], axis=1).astype(np.float32)


def measures_of(y, xp=np):
    """The gain map's measures of signals y[sample][set], with numpy or what has its names; segments overlap by half."""
    basis = xp.asarray(welch_basis())
    half = segment // 2
    hops = len(y) // half
    blocks = y[:hops * half].reshape(hops, half, -1)
    power = 0
    for first, second in zip(blocks[:-1], blocks[1:]):
        wave = basis[:half].T @ first + basis[half:].T @ second
        power = power + wave[:len(bins)] ** 2 + wave[len(bins):] ** 2
    peak = xp.asarray(frequencies)[power.argmax(axis=0)]
    return {"amplitude": y.max(axis=0) - y.min(axis=0), "mean": y.mean(axis=0), "std": y.std(axis=0), "peak_frequency": peak}
