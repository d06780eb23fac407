"""numpy: a loop over time, the sets of a batch side by side in arrays that stay in the cache."""
import numpy as np
from sweeps import gain_map as jr, in_batches, izhikevich as iz, larter_breakspear as lb, measures_of

packages = ("numpy",)
settings = {
    "gain_map": [dict(batch=b) for b in (512, 1024, 2048, 4096)],
    "izhikevich": [dict(batch=b) for b in (2048, 4096, 8192, 16384)],
    "larter_breakspear": [dict(batch=b) for b in (2048, 4096, 8192, 16384)],
}
f = np.float32


def gain_map(columns, noise, seed, batch):
    generator = np.random.Generator(np.random.SFC64(seed))      # numpy's fastest
    return in_batches(lambda i, Ae, Ai: jansen_rit(Ae, Ai, generator if noise else None), columns, batch)


def jansen_rit(Ae, Ai, generator):
    n, dt, be, bi, C = len(Ae), f(jr.dt), f(100), f(50), f(135)
    fe, fi = (f(-np.expm1(-2 * b * jr.dt) / (2 * b)) for b in (100, 50))       # dt phi(lambda dt)
    gain_e, gain_i = Ae * be * f(5), Ai * bi * f(0.25 * 135 * 5)
    M, E, I, Mv, Ev, Iv = np.zeros((6, n), f)
    eeg = np.zeros((jr.steps - jr.transient, n), f)
    normals = np.zeros((100, n), f)

    def share(v):                 # S(v) / s_max, in place
        v -= f(6)
        v *= f(-0.56)
        np.exp(v, out=v)
        v += f(1)
        return np.reciprocal(v, out=v)

    for i in range(jr.steps):
        if generator and i % len(normals) == 0:
            generator.standard_normal(dtype=f, out=normals)
            normals *= f(jr.noise)
            normals += f(120)
        drive = normals[i % len(normals)] if generator else f(120)
        dM = gain_e * share(E - I) - f(2) * be * Mv - be * be * M
        dE = Ae * be * (drive + f(0.8 * 135 * 5) * share(C * M)) - f(2) * be * Ev - be * be * E
        dI = gain_i * share(f(0.25) * C * M) - f(2) * bi * Iv - bi * bi * I
        M += dt * Mv
        E += dt * Ev
        I += dt * Iv
        Mv += fe * dM
        Ev += fe * dE
        Iv += fi * dI
        if i >= jr.transient:
            np.subtract(E, I, out=eeg[i - jr.transient])
    return measures_of(eeg)


def izhikevich(columns, noise, seed, batch):
    return in_batches(lambda i, current: izhikevich_batch(current), columns, batch)


def izhikevich_batch(current):
    dt, a, b, c, d = f(iz.dt), f(0.02), f(0.2), f(-65), f(8)
    v, u, count = np.full_like(current, c), np.full_like(current, b * c), np.zeros(len(current), np.int32)
    constant = dt * (current + f(140))
    dv, du, spiked = np.empty_like(v), np.empty_like(v), np.empty(len(v), bool)
    for _ in range(iz.steps):
        np.multiply(v, f(0.04) * dt, out=dv)            # v + dt (0.04 v^2 + 5 v + 140 - u + I)
        dv += f(1) + f(5) * dt
        dv *= v
        dv += constant
        np.multiply(v, b, out=du)
        du -= u
        du *= dt * a
        u_old_dt = u * dt
        np.subtract(dv, u_old_dt, out=v)
        u += du
        np.greater_equal(v, f(30), out=spiked)
        if spiked.any():
            v[spiked] = c
            u[spiked] += d
            count += spiked
    return {"spike_count": count}


def larter_breakspear(columns, noise, seed, batch):
    return in_batches(lambda i, d_V: larter_breakspear_batch(d_V), columns, batch)


def larter_breakspear_batch(d_V):
    n, dt = len(d_V), f(lb.dt)
    V, W, Z = np.zeros((3, n), f)
    low, high, total, squares = np.full(n, np.inf, f), np.full(n, -np.inf, f), np.zeros(n, f), np.zeros(n, f)

    def open_share(x, threshold, factor):
        y = (x - f(threshold)) * factor
        np.tanh(y, out=y)
        y += f(1)
        y *= f(0.5)
        return y

    for i in range(lb.steps):
        Q = open_share(V, 0, f(1) / d_V)
        own = f(0.9 * 0.4) * Q
        dV = ((f(1.1) + f(0.25) * own) * open_share(V, -0.01, f(1 / 0.15)) * (f(1) - V) - f(2) * W * (V + f(0.7)) - f(0.5) * (V + f(0.5))
              + (f(6.7) * open_share(V, 0.3, f(1 / 0.15)) + own) * (f(0.53) - V) - f(2) * Z * open_share(Z, 0, f(1 / 0.7)) + f(0.3))
        dW = open_share(V, 0, f(1 / 0.3)) - W
        dZ = V * Q
        V += dt * dV
        W += (f(0.7) * dt) * dW
        Z += (f(0.2) * dt) * dZ + f(0.012) * dt
        if i >= lb.transient:
            np.minimum(low, V, out=low)
            np.maximum(high, V, out=high)
            total += V
            squares += V * V
    observed = lb.steps - lb.transient
    mean = total / observed
    return {"amplitude": high - low, "mean": mean, "std": np.sqrt(squares / observed - mean**2)}
