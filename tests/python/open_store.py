#!/usr/bin/env python3
"""Opens stores with xarray and zarr and compares them with the program's own table: labels, units, values, attributes."""
import datetime
import unittest
import warnings

import numpy as np
import xarray as xr
import zarr

from stores import CHUNKED, HEAD, PRESETS, StoreTest


def number(text):
    return np.nan if text == "nan" else float(text)


class OpenStore(StoreTest):
    def open(self):
        """As a user would, with no further word; a warning is a failure."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return xr.open_zarr(self.store).load()

    def expect_map(self, ds, table, axes, dtype=np.float32):
        """Everything the table has is in the data set, under the same labels."""
        columns = [name for name in table.names if name not in axes]
        self.assertEqual(table.names[:len(axes)], axes)
        self.assertEqual(set(ds.data_vars), set(columns))
        self.assertEqual(set(ds.coords), set(axes))
        shape = tuple(len(table.axis(name)) for name in axes)
        for name in axes:
            self.assertEqual(ds[name].dims, (name,))
            self.assertTrue(ds[name].attrs["long_name"])
        for name in columns:
            self.assertEqual(ds[name].dims, tuple(axes), name)
            self.assertEqual(ds[name].shape, shape, name)
            expected = np.array([number(x) for x in table.columns[name]]).reshape(shape)
            if name not in ("status", "n_failed"):
                self.assertEqual(ds[name].dtype, dtype)
                self.assertEqual(ds[name].attrs["units"], table.units[name])
                expected = expected.astype(dtype)
            self.assertTrue(ds[name].attrs["long_name"])
            np.testing.assert_array_equal(ds[name].values, expected, name)

    def expect_axis(self, ds, table, name):
        self.assertEqual(ds[name].dtype, np.float64)
        self.assertEqual(ds[name].attrs["units"], table.units[name])
        np.testing.assert_array_equal(ds[name].values, [float(x) for x in table.axis(name)])

    # ---- shapes ---------------------------------------------------------------------------------------------------------

    def test_gain_map(self):
        table, ds = self.gain_map(), self.open()
        self.expect_map(ds, table, ["Ae", "Ai"])
        self.expect_axis(ds, table, "Ae")
        self.expect_axis(ds, table, "Ai")
        self.assertEqual(table.units["amplitude"], "mV")
        self.assertEqual(ds.amplitude.sel(Ae=2, Ai=30), ds.amplitude[0, -1])

    def test_replicates(self):
        table = self.run_sweep(HEAD + '[observe]\nmeasures = ["mean", "std"]\n', "--set", "replicates=3", "--set", "input.E.noise=20",
                               "--axis", "Ae=2:5:4")
        self.assertEqual(table.names, ["Ae", "mean", "mean_sd", "std", "std_sd", "n_failed", "status"])
        ds = self.open()
        self.expect_map(ds, table, ["Ae"])
        self.assertEqual(ds.attrs["replicates"], 3)
        self.assertGreater(ds.mean_sd.min(), 0)

    def test_preset_axis(self):
        table, ds = self.run_sweep(PRESETS), self.open()
        self.expect_map(ds, table, ["preset", "input.I.mean"])
        self.assertEqual(ds.preset.attrs["flag_meanings"].split(), table.axis("preset"))
        np.testing.assert_array_equal(ds.preset.attrs["flag_values"], ds.preset.values)
        self.expect_axis(ds, table, "input.I.mean")

    def test_three_axes(self):
        table = self.run_sweep(HEAD, "--axis", "bi=40:60:2", "--axis", "Ae=2:5:3", "--axis", "input.E.mean=50:200:5")
        ds = self.open()
        self.expect_map(ds, table, ["bi", "Ae", "input.E.mean"])
        self.assertEqual(ds["input.E.mean"].attrs["units"], "Hz")

    def test_log_axis(self):
        table = self.run_sweep(HEAD, "--axis", "input.E.mean=1:1000:7:log", "--axis", "Ae=2:5:2")
        ds = self.open()
        self.expect_map(ds, table, ["input.E.mean", "Ae"])
        self.expect_axis(ds, table, "input.E.mean")
        self.assertEqual(ds["input.E.mean"].attrs["scale"], "log")
        self.assertEqual(ds.Ae.attrs["scale"], "linear")

    def test_single_set(self):
        table, ds = self.run_sweep(HEAD), self.open()
        self.expect_map(ds, table, [])
        self.assertEqual(ds.amplitude.shape, ())

    def test_double_precision(self):
        table = self.run_sweep(HEAD, "--set", "precision=double", "--axis", "Ae=2:5:4")
        self.expect_map(self.open(), table, ["Ae"], np.float64)

    def test_chunks(self):
        table = self.run_sweep(CHUNKED)
        self.expect_map(self.open(), table, ["initial.V", "input.I.mean"])

    # ---- not finished, made longer, consolidated again ------------------------------------------------------------------

    def test_unfinished(self):
        self.run_sweep(CHUNKED, "--shard", "1/4")
        part = self.open()
        self.assertTrue(part["mean"][0, 5001:].notnull().all() and part.status[0, 5001:].notnull().all())
        self.assertTrue(part["mean"][0, :5001].isnull().all() and part["mean"][1].isnull().all())
        self.assertTrue(part.status[0, :5001].isnull().all() and part.status[1].isnull().all())
        np.testing.assert_allclose(part["input.I.mean"], np.linspace(0, 100, 10001), 1e-15)
        raw = zarr.open_group(self.store, mode="r")
        self.assertEqual(raw["status"][1, 7], 255)
        table = self.run_sweep(CHUNKED)
        self.expect_map(self.open(), table, ["initial.V", "input.I.mean"])

    def test_more_measures(self):
        self.run_sweep("jr_gain_map", "--set", "observe.measures=amplitude")
        self.run_sweep("jr_gain_map", "--set", "observe.measures=std")
        ds = self.open()
        self.assertEqual(set(ds.data_vars), {"amplitude", "std", "status"})
        self.assertTrue(ds.amplitude.notnull().all() and ds["std"].notnull().all())

    def test_consolidated_by_zarr(self):
        table = self.run_sweep(PRESETS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            zarr.consolidate_metadata(self.store)
        self.expect_map(self.open(), table, ["preset", "input.I.mean"])
        again = self.run_sweep(PRESETS)
        self.assertEqual((again.names, again.columns), (table.names, table.columns))

    # ---- attributes -----------------------------------------------------------------------------------------------------

    def test_attributes(self):
        self.run_sweep("jr_gain_map", "--set", "seed=18446744073709551615", "--set", "input.E.noise=3 Hz")
        attrs = self.open().attrs
        self.assertEqual(attrs["Conventions"], "CF-1.10")
        self.assertEqual(attrs["title"], "How do the gains of excitation and inhibition shape the rhythm?")
        self.assertEqual(attrs["model"], "jansen-rit")
        self.assertEqual(attrs["seed"], 2**64 - 1)
        self.assertEqual(attrs["measures"].split(), ["amplitude", "peak_frequency"])
        self.assertRegex(attrs["neurosweep_version"], r"^\d+\.\d+\.\d+$")
        self.assertRegex(attrs.get("neurosweep_commit", "0"), r"^[0-9a-f]+$")
        self.assertTrue(attrs["device"])
        self.assertIn('model     = "jansen-rit"', attrs["sweep_file"])
        self.assertIn("input.E.noise=3 Hz", attrs["overrides"])
        created, updated = (datetime.datetime.strptime(attrs[key], "%Y-%m-%dT%H:%M:%SZ") for key in ("created", "updated"))
        self.assertLessEqual(created, updated)
        self.assertLess(abs(datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - updated).total_seconds(), 3600)
        self.assertGreater(attrs["compute_seconds"], 0)
        sweep = attrs["sweep"]
        for key, value in {"model": "jansen-rit", "method": "exp-euler", "precision": "float", "dt": "0.0005 s", "steps": "4000",
                           "transient": "1000 steps", "seed": str(2**64 - 1), "input.E.noise": "3 Hz", "bi": "50 Hz",
                           "spectrum.segment": "512 samples"}.items():
            self.assertEqual(sweep[key], value, key)
        self.assertTrue(sweep["axis 1"].startswith("Ae: 8 values from 2 mV to 5 mV"), sweep["axis 1"])

    def test_status(self):
        self.gain_map()
        status = self.open().status
        np.testing.assert_array_equal(status.attrs["flag_values"], [0, 1, 2])
        self.assertEqual(status.attrs["flag_meanings"], "ok diverged out_of_domain")


if __name__ == "__main__":
    print("xarray", xr.__version__, "zarr", zarr.__version__)
    unittest.main()
