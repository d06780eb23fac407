"""jaxfne's own E-I-G network, jit-compiled and mapped over sets in batches."""
from dataclasses import replace

import jax
import jax.numpy as jnp
from jaxfne import make_eig_network, simulate_eig_izhikevich
from sweeps import eig, in_batches

packages = ("jaxfne", "jax")
settings = {"eig_network": [dict(batch=b) for b in (8, 32, 128)]}
network = make_eig_network(eig.cells)
excitatory = 80


@jax.jit
def rates(drives, keys):
    def one(drive, key):
        params = replace(network.params, drive=network.params.drive.at[:excitatory].set(drive))
        _, spikes, _ = simulate_eig_izhikevich(params, eig.steps, eig.dt, key)
        return spikes.mean(axis=0)
    return jax.vmap(one)(drives, keys) * 1e3 / eig.dt


def eig_network(columns, noise, seed, batch):
    key = jax.random.PRNGKey(seed)

    def compute(first, drives):
        found = rates(jnp.asarray(drives), jax.random.split(jax.random.fold_in(key, first), len(drives)))
        return {"E.rate": found[:, :excitatory].mean(axis=1), "SST.rate": found[:, 90:97].mean(axis=1)}
    return in_batches(compute, columns, batch)
