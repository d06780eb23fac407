# What `cmake --install` puts where, and the packages that `cpack` makes of it: the program, and for those who write C++ the
# library (component dev). Included by the top level.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)

# generated/pages/NAME.gz of a file, with no date in it: as Debian wants changelogs and man pages.
find_program(GZIP gzip REQUIRED)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated/pages)
function(compress file)
  get_filename_component(name ${file} NAME)
  set(compressed ${PROJECT_BINARY_DIR}/generated/pages/${name}.gz)
  add_custom_command(OUTPUT ${compressed} COMMAND ${GZIP} -9nc ${file} > ${compressed} DEPENDS ${file} VERBATIM)
  set(made ${made} ${compressed} PARENT_SCOPE)
endfunction()
compress(${PROJECT_SOURCE_DIR}/scripts/package/changelog)       # a new version gets an entry
set(of_every_package LICENSE scripts/package/copyright ${made})

# ---- the program, its sweeps and documents ----------------------------------------------------------------------------------

install(TARGETS neurosweep)
install(DIRECTORY sweeps/ DESTINATION ${CMAKE_INSTALL_DATADIR}/neurosweep/sweeps FILES_MATCHING PATTERN *.toml)
install(FILES README.md ${of_every_package} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Made by the program itself: what `neurosweep ARGN` prints becomes share/FOLDER/NAME, for each FOLDER.
function(make_page name)
  set(file ${PROJECT_BINARY_DIR}/generated/pages/${name})
  add_custom_command(OUTPUT ${file} COMMAND neurosweep ${ARGN} > ${file} DEPENDS neurosweep VERBATIM)
  set(made ${made} ${file} PARENT_SCOPE)
endfunction()
function(install_page name folders)
  make_page(${name} ${ARGN})
  foreach(folder IN LISTS folders)
    install(FILES ${PROJECT_BINARY_DIR}/generated/pages/${name} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder})
  endforeach()
  set(made ${made} PARENT_SCOPE)
endfunction()
make_page(neurosweep.1 man)
compress(${PROJECT_BINARY_DIR}/generated/pages/neurosweep.1)
install(FILES ${PROJECT_BINARY_DIR}/generated/pages/neurosweep.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install_page(neurosweep bash-completion/completions completion bash)
install_page(_neurosweep "zsh/site-functions;zsh/vendor-completions" completion zsh)   # Debian's zsh looks into the second
install_page(neurosweep.fish fish/vendor_completions.d completion fish)
add_custom_target(made_by_program ALL DEPENDS ${made})

# ---- the library ------------------------------------------------------------------------------------------------------------

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/neurosweep)
set(dev_documents ${CMAKE_INSTALL_DATADIR}/doc/libneurosweep-dev)
install(TARGETS libneurosweep EXPORT neurosweep ARCHIVE COMPONENT dev INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES host/api/neurosweep.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(EXPORT neurosweep NAMESPACE neurosweep:: FILE neurosweepTargets.cmake DESTINATION ${package_folder} COMPONENT dev)
configure_package_config_file(scripts/package/neurosweepConfig.cmake.in generated/neurosweepConfig.cmake INSTALL_DESTINATION ${package_folder}
                              NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/neurosweepConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/generated/neurosweepConfig.cmake ${PROJECT_BINARY_DIR}/generated/neurosweepConfigVersion.cmake
        DESTINATION ${package_folder} COMPONENT dev)
install(FILES ${of_every_package} DESTINATION ${dev_documents} COMPONENT dev)
install(DIRECTORY docs/example DESTINATION ${dev_documents} COMPONENT dev)

# ---- packages ---------------------------------------------------------------------------------------------------------------

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_CONTACT "The developers of neurosweep <neurosweep@example.invalid>" CACHE STRING "Maintainer that packages name")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program dev)

# One .tar.gz with everything, and two packages for Debian.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME neurosweep)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "gnuplot-nox | gnuplot, fonts-dejavu-core")       # for pictures
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")            # else it stands before each package's own
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "maps of how neural models behave over many parameter sets
neurosweep integrates a neural model for every point of a parameter grid, and
reduces each signal to amplitude, spectral and spike measures while it runs.
The labelled map that comes out is a Zarr store that xarray opens, CSV, a
picture, or a view in the terminal. Runs can be stopped, resumed and shared.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME libneurosweep-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS libfmt-dev)
set(CPACK_COMPONENT_DEV_DESCRIPTION "maps of how neural models behave (C++ library)
The header, the static library and the CMake package by which a C++ program
computes the map of a sweep file in memory, and an example.")
include(CPack)
