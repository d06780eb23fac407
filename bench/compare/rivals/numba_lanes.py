"""numba: 64 sets side by side in the innermost loop, branch-free, so that LLVM makes SIMD code of it; blocks of sets go to threads.

PyPI's llvmlite has no vector library (SVML), so exp and the normals' logarithm and sine are written out as short series, which
vectorise. numba's own random generator does not vectorise either: xoshiro128++ does. What a block of sets does is inlined into
the threaded function: as a function of its own it was six times as slow.
"""
import os

import llvmlite.binding as llvm
import numpy as np

features = llvm.get_host_cpu_features()
if features.get("avx512f"):          # LLVM keeps to half of the registers' width otherwise
    os.environ.setdefault("NUMBA_CPU_FEATURES", features.flatten() + ",-prefer-256-bit")

from numba import njit, prange       # noqa: E402
from sweeps import frequencies, gain_map as jr, izhikevich as iz, larter_breakspear as lb, segment, welch_basis    # noqa: E402

packages = ("numba", "llvmlite", "scipy")      # scipy: the BLAS of np.dot
threads = True                                 # all cores by its own threads
lanes = 64                                     # 32 and 128 were no faster
settings = {"gain_map": [{}], "izhikevich": [{}], "larter_breakspear": [{}]}

f, u4, u8, i4 = np.float32, np.uint32, np.uint64, np.int32
half = segment // 2
# numba takes global numbers for constants.
jr_dt, jr_e, jr_i = f(jr.dt), f(-np.expm1(-200 * jr.dt) / 200), f(-np.expm1(-100 * jr.dt) / 100)     # dt, dt phi(lambda dt)
jr_steps, jr_transient, jr_observed = jr.steps, jr.transient, jr.steps - jr.transient
iz_dt, iz_steps = f(iz.dt), iz.steps
lb_dt, lb_steps, lb_transient = f(lb.dt), lb.steps, lb.transient
fast = dict(fastmath=True, error_model="numpy")     # a division that may raise would be a branch
inline, threaded = njit(inline="always", **fast), njit(parallel=True, **fast)


@inline
def exp(x):
    """2^k e^r by Taylor's series to r^6 / 720, |r| <= ln 2 / 2: an error of 1e-7."""
    x = min(max(x, f(-80)), f(80))
    k = np.floor(x * f(1.44269504) + f(0.5))
    r = x - k * f(0.693145752) - k * f(1.42860677e-6)
    y = f(1) + r * (f(1) + r * (f(1 / 2) + r * (f(1 / 6) + r * (f(1 / 24) + r * (f(1 / 120) + r * f(1 / 720))))))
    return y * i4((i4(k) + i4(127)) << i4(23)).view(f)


@inline
def logistic(x):
    return f(1) / (f(1) + exp(-x))


@inline
def log(x):
    """k ln 2 + 2 atanh(z), z = (m - 1) / (m + 1), m in sqrt(1/2) ... sqrt(2): an error of 1e-7."""
    bits = f(x).view(i4) - i4(0x3F3504F3)
    k = bits >> i4(23)
    m = i4((bits & i4(0x7FFFFF)) + i4(0x3F3504F3)).view(f)
    z = (m - f(1)) / (m + f(1))
    w = z * z
    return f(k) * f(0.69314718) + f(2) * z * (f(1) + w * (f(1 / 3) + w * (f(1 / 5) + w * (f(1 / 7) + w * f(1 / 9)))))


@inline
def sine(x):
    w = x * x
    return x * (f(1) - w * (f(1 / 6) - w * (f(1 / 120) - w * (f(1 / 5040) - w * (f(1 / 362880) - w * f(1 / 39916800))))))


@inline
def rotate(x, k):
    return u4((x << u4(k)) | (x >> u4(32 - k)))


@inline
def jansen_rit_step(x, j, Ae, Ai, drive):
    """One exponential Euler step of lane j: x[state][lane]; returns its EEG."""
    M, E, I, Mv, Ev, Iv = x[0, j], x[1, j], x[2, j], x[3, j], x[4, j], x[5, j]
    dM = Ae * f(100 * 5) * logistic(f(0.56) * (E - I) - f(0.56 * 6)) - f(200) * Mv - f(1e4) * M
    dE = Ae * f(100) * (drive + f(0.8 * 135 * 5) * logistic(f(0.56 * 135) * M - f(0.56 * 6))) - f(200) * Ev - f(1e4) * E
    dI = Ai * f(50 * 0.25 * 135 * 5) * logistic(f(0.56 * 0.25 * 135) * M - f(0.56 * 6)) - f(100) * Iv - f(2500) * I
    x[0, j], x[1, j], x[2, j] = M + jr_dt * Mv, E + jr_dt * Ev, I + jr_dt * Iv
    x[3, j], x[4, j], x[5, j] = Mv + jr_e * dM, Ev + jr_e * dE, Iv + jr_i * dI
    return x[1, j] - x[2, j]


@inline
def seed_lanes(s, seed, first):
    """The generator's state s[word][lane]: splitmix64 of the seed and the set."""
    for j in range(lanes):
        z = u8(seed) * u8(0x632BE59BD9B4E019) + u8(first + j) * u8(0x9E3779B97F4A7C15)
        for k in range(4):
            z += u8(0x9E3779B97F4A7C15)
            y = (z ^ (z >> u8(30))) * u8(0xBF58476D1CE4E5B9)
            y = (y ^ (y >> u8(27))) * u8(0x94D049BB133111EB)
            s[k, j] = u4(y ^ (y >> u8(31)))


@inline
def word(s, j):
    """xoshiro128++ of Blackman and Vigna."""
    result = u4(rotate(u4(s[0, j] + s[3, j]), 7) + s[0, j])
    t = u4(s[1, j] << u4(9))
    s[2, j] ^= s[0, j]
    s[3, j] ^= s[1, j]
    s[1, j] ^= s[2, j]
    s[0, j] ^= s[3, j]
    s[2, j] ^= t
    s[3, j] = rotate(s[3, j], 11)
    return result


@inline
def noise_of_two_steps(s, j, noise):
    """Box and Muller's two normals."""
    u = f(i4(word(s, j) >> u4(1))) * f(2.0**-31) + f(2.0**-32)
    half_angle = f(i4(word(s, j))) * f(np.pi / 2 * 2.0**-31)
    r = noise * np.sqrt(f(-2) * log(u))
    sin, cos = sine(half_angle), sine(f(np.pi / 2) - abs(half_angle))
    return r * (f(1) - f(2) * sin * sin), r * f(2) * sin * cos


@threaded
def jansen_rit(Ae, Ai, noise, seed, basis, out):
    """out[measure][set]: amplitude, mean, std, bin of the peak. A hop of the signal at a time is kept, in the cache."""
    n_bins = len(basis) // 2
    for block in prange(len(Ae) // lanes):
        first = block * lanes
        a, i_gain = Ae[first:first + lanes].copy(), Ai[first:first + lanes].copy()
        x, s = np.zeros((6, lanes), f), np.empty((4, lanes), u4)
        seed_lanes(s, seed, first)
        normal, other = np.zeros(lanes, f), np.zeros(lanes, f)
        window = np.zeros((segment, lanes), f)           # the last hop, and the one that is computed
        power = np.zeros((n_bins, lanes), f)
        start, low, high = np.zeros(lanes, f), np.full(lanes, np.inf, f), np.full(lanes, -np.inf, f)
        total, squares = np.zeros(lanes), np.zeros(lanes)      # in double; a hop's sums in float
        hop_total, hop_squares = np.zeros(lanes, f), np.zeros(lanes, f)
        done = 0
        while done < jr_steps:
            observed = done - jr_transient
            steps = min(half, jr_steps - done) if observed >= 0 else min(half, -observed)
            for i in range(0, steps, 2):
                if noise != f(0):
                    for j in range(lanes):
                        normal[j], other[j] = noise_of_two_steps(s, j, noise)
                for j in range(lanes):
                    window[half + i, j] = jansen_rit_step(x, j, a[j], i_gain[j], f(120) + normal[j])
                for j in range(lanes):
                    window[half + i + 1, j] = jansen_rit_step(x, j, a[j], i_gain[j], f(120) + other[j])
            done += steps
            if observed < 0:
                continue
            if observed == 0:
                start[:] = window[half]
            for i in range(steps):
                for j in range(lanes):
                    y = window[half + i, j]
                    low[j], high[j] = min(low[j], y), max(high[j], y)
                    hop_total[j] += y - start[j]
                    hop_squares[j] += (y - start[j]) * (y - start[j])
            for j in range(lanes):
                total[j] += hop_total[j]
                squares[j] += hop_squares[j]
                hop_total[j], hop_squares[j] = f(0), f(0)
            if observed > 0 and steps == half:
                wave = np.dot(basis, window)
                for k in range(n_bins):
                    for j in range(lanes):
                        power[k, j] += wave[k, j] * wave[k, j] + wave[n_bins + k, j] * wave[n_bins + k, j]
            window[:half] = window[half:]
        for j in range(lanes):
            mean = total[j] / jr_observed
            out[0, first + j], out[1, first + j] = high[j] - low[j], mean + start[j]
            out[2, first + j] = np.sqrt(squares[j] / jr_observed - mean * mean)
            out[3, first + j] = np.argmax(power[:, j])


def gain_map(columns, noise, seed):
    out = np.empty((4, len(columns[0])), f)
    jansen_rit(*columns, f(jr.noise if noise else 0), seed, np.ascontiguousarray(welch_basis().T), out)
    return {"amplitude": out[0], "mean": out[1], "std": out[2], "peak_frequency": frequencies[out[3].astype(int)]}


@threaded
def izhikevich_counts(current, counts):
    dt, a, b, c, d = iz_dt, f(0.02), f(0.2), f(-65), f(8)
    for block in prange(len(current) // lanes):
        first = block * lanes
        v, u, count = np.empty(lanes, f), np.empty(lanes, f), np.zeros(lanes, f)
        drive = current[first:first + lanes] + f(140)
        for j in range(lanes):
            v[j], u[j] = c, b * c
        for _ in range(iz_steps):
            for j in range(lanes):
                x = v[j] + dt * ((f(0.04) * v[j] + f(5)) * v[j] + drive[j] - u[j])
                y = u[j] + dt * a * (b * v[j] - u[j])
                spiked = x >= f(30)
                v[j] = c if spiked else x
                u[j] = y + d if spiked else y
                count[j] += f(1) if spiked else f(0)
        counts[first:first + lanes] = count


def izhikevich(columns, noise, seed):
    counts = np.empty(len(columns[0]), f)
    izhikevich_counts(*columns, counts)
    return {"spike_count": counts}


@threaded
def larter_breakspear_sets(d_V, out):
    dt, n = lb_dt, f(lb_steps - lb_transient)
    for block in prange(len(d_V) // lanes):
        first = block * lanes
        V, W, Z = np.zeros(lanes, f), np.zeros(lanes, f), np.zeros(lanes, f)
        low, high = np.full(lanes, np.inf, f), np.full(lanes, -np.inf, f)
        total, squares = np.zeros(lanes, f), np.zeros(lanes, f)
        slope = f(2) / d_V[first:first + lanes]
        for i in range(lb_steps):
            for j in range(lanes):         # (1 + tanh(x)) / 2 = logistic(2 x)
                v, w, z = V[j], W[j], Z[j]
                q = logistic(slope[j] * v)
                own = f(0.9 * 0.4) * q
                dV = ((f(1.1) + f(0.25) * own) * logistic(f(2 / 0.15) * (v + f(0.01))) * (f(1) - v) - f(2) * w * (v + f(0.7))
                      - f(0.5) * (v + f(0.5)) + (f(6.7) * logistic(f(2 / 0.15) * (v - f(0.3))) + own) * (f(0.53) - v)
                      - f(2) * z * logistic(f(2 / 0.7) * z) + f(0.3))
                V[j] = v + dt * dV
                W[j] = w + dt * f(0.7) * (logistic(f(2 / 0.3) * v) - w)
                Z[j] = z + dt * (f(0.1 * 0.4 * 0.3) + f(0.2) * v * q)
            if i >= lb_transient:
                for j in range(lanes):
                    low[j] = min(low[j], V[j])
                    high[j] = max(high[j], V[j])
                    total[j] += V[j]
                    squares[j] += V[j] * V[j]
        for j in range(lanes):
            mean = total[j] / n
            out[0, first + j], out[1, first + j], out[2, first + j] = high[j] - low[j], mean, np.sqrt(squares[j] / n - mean * mean)


def larter_breakspear(columns, noise, seed):
    out = np.empty((3, len(columns[0])), f)
    larter_breakspear_sets(*columns, out)
    return dict(zip(lb.measures, out))
