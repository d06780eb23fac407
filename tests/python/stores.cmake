# Stores and pages as other programs read them. What that takes is looked for when the tests run; scripts/test installs it.
function(add_reader_test name needs)
  add_test(NAME python.${name} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/python/run_if.sh ${needs} ${ARGN})
  set_tests_properties(python.${name} PROPERTIES SKIP_REGULAR_EXPRESSION "SKIP:" TIMEOUT 600 ENVIRONMENT
    "NEUROSWEEP_PROGRAM=$<TARGET_FILE:neurosweep>;NEUROSWEEP_SWEEPS=${PROJECT_SOURCE_DIR}/sweeps;PYTHONDONTWRITEBYTECODE=1")
endfunction()

foreach(version IN ITEMS zarr2 zarr3)
  set(python ${PROJECT_SOURCE_DIR}/build-${version}/bin/python3)
  add_reader_test(${version} ${python} ${python} ${CMAKE_CURRENT_SOURCE_DIR}/python/open_store.py)
endforeach()
foreach(reader IN ITEMS "ncdump Netcdf" "gdalmdiminfo Gdal" "xxh128sum Checksums")
  separate_arguments(reader)
  list(POP_FRONT reader program)
  add_reader_test(${program} ${program} python3 ${CMAKE_CURRENT_SOURCE_DIR}/python/other_readers.py ${reader})
endforeach()
add_reader_test(report python3 python3 ${CMAKE_CURRENT_SOURCE_DIR}/python/report_page.py)      # looks for a browser itself
