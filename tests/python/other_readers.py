#!/usr/bin/env python3
"""Reads stores with programs that are not Python's: netCDF's ncdump, GDAL's gdalmdiminfo, xxHash's xxh128sum."""
import glob
import os
import re
import struct
import subprocess
import unittest

from stores import CHUNKED, HEAD, StoreTest, json_of, output_of


def single(text):
    """The float nearest to the number, as a double: what a float's digits stand for."""
    return struct.unpack("f", struct.pack("f", float(text)))[0]


class ReaderTest(StoreTest):
    def expect_columns(self, table, values_of):
        """values_of(name): all of the array's values, or an axis's."""
        for name in table.names:
            if name in ("Ae", "Ai"):
                self.assertEqual(values_of(name), [float(x) for x in table.axis(name)])
            else:
                got, expected = [single(x) for x in values_of(name)], [single(x) for x in table.columns[name]]
                self.assertEqual([repr(x) for x in got], [repr(x) for x in expected], name)          # nan, too


class Netcdf(ReaderTest):
    def dump(self, *flags):
        return output_of(["ncdump", *flags, f"file://{os.path.abspath(self.store)}#mode=zarr,file"])

    def expect_map(self, table):
        text = self.dump("-p", "9,17")
        data = text[text.index("\ndata:"):]

        def values_of(name):
            values = re.search(rf"\n {re.escape(name)} =\s([^;]*);", data).group(1)
            return [float(x.strip().replace("_", "nan")) for x in values.split(",")]

        self.expect_columns(table, values_of)

    def test_gain_map(self):
        table = self.gain_map()
        self.expect_map(table)
        head = self.dump("-h")
        for line in ("Ae = 8 ;", "double Ai(Ai) ;", "float amplitude(Ae, Ai) ;", 'amplitude:units = "mV" ;', 'peak_frequency:units = "Hz" ;',
                     "ubyte status(Ae, Ai) ;", 'Ai:units = "mV" ;', ':model = "jansen-rit" ;', ":seed = 42"):
            self.assertIn(line, head)

    def test_replicates(self):
        self.expect_map(self.run_sweep("jr_gain_map", "--set", "replicates=2"))

    # No single set: netCDF 4.9.0 crashes on any Zarr array without an axis.


class Gdal(ReaderTest):
    def info(self):
        return json_of(["gdalmdiminfo", "-detailed", self.store])

    def test_gain_map(self):
        table, info = self.gain_map(), self.info()
        self.assertEqual(info["driver"], "Zarr")
        self.assertEqual(info["attributes"]["model"]["value"], "jansen-rit")
        arrays = info["arrays"]
        self.assertEqual(set(arrays), {"Ae", "Ai", "amplitude", "peak_frequency", "status"})
        self.assertEqual(arrays["amplitude"]["unit"], "mV")
        self.assertEqual(arrays["amplitude"]["dimensions"], ["/Ae", "/Ai"])

        def flat(values):
            return [x for row in values for x in flat(row)] if isinstance(values, list) else [float(values)]

        self.expect_columns(table, lambda name: flat(arrays[name]["values"]))

    def test_single_set(self):
        table, arrays = self.run_sweep(HEAD), self.info()["arrays"]
        self.expect_columns(table, lambda name: [float(arrays[name]["values"])])


class Checksums(StoreTest):
    def test_records(self):
        self.run_sweep(CHUNKED)
        records = glob.glob(os.path.join(self.store, ".neurosweep/chunks/*")) + [os.path.join(self.store, ".neurosweep/coordinates")]
        self.assertEqual(len(records), 5)
        for record in records:
            self.assertIn("OK", output_of_in(self.store, ["xxh128sum", "-c", record]))
        with open(os.path.join(self.store, "mean/0.0"), "ab") as out:
            out.write(b"x")
        with self.assertRaises(subprocess.CalledProcessError):
            output_of_in(self.store, ["xxh128sum", "-c", ".neurosweep/chunks/0.0"])


def output_of_in(folder, command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    unittest.main()
