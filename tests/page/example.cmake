# docs/adding-a-model.md as it stands: its header, and the list of models with its name at the end. Included by
# tests/CMakeLists.txt.
set(page ${PROJECT_SOURCE_DIR}/docs/adding-a-model.md)
set(with_example ${PROJECT_BINARY_DIR}/generated/with_example)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
function(extract_block language file)      # the page's first block of that language
  file(READ ${page} text)
  string(FIND "${text}" "```${language}\n" first)
  string(LENGTH "```${language}\n" mark)
  math(EXPR first "${first} + ${mark}")
  string(SUBSTRING "${text}" ${first} -1 text)
  string(FIND "${text}" "```" length)
  string(SUBSTRING "${text}" 0 ${length} text)
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
endfunction()
file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cuda/*.hpp)
list(REMOVE_ITEM headers cuda/models/models.hpp)          # written below; the top level reconfigures when it changes
foreach(header IN LISTS headers)
  configure_file(${PROJECT_SOURCE_DIR}/${header} ${with_example}/${header} COPYONLY)
endforeach()
extract_block(cpp ${with_example}/cuda/models/wilson_cowan.hpp)
extract_block(toml ${with_example}/sweep.toml)
file(READ ${PROJECT_SOURCE_DIR}/cuda/models/models.hpp text)
string(REGEX REPLACE "(using Models = std::tuple<[^>]*)>" "\\1, WilsonCowan>" text "${text}")
string(REPLACE "#include \"problem.hpp\"" "#include \"models/wilson_cowan.hpp\"\n#include \"problem.hpp\"" text "${text}")
file(CONFIGURE OUTPUT ${with_example}/cuda/models/models.hpp CONTENT "${text}" @ONLY)

# What knows the list is compiled again with it; the rest is the project's library.
set(host ${PROJECT_SOURCE_DIR}/host)
add_executable(test_adding_a_model page/adding_a_model_test.cpp models/every_model_test.cpp common/maps.cpp
               ${host}/cpu/backend.cpp ${host}/cpu/network.cpp ${host}/spec/sweep_spec.cpp)
file(CONFIGURE OUTPUT ${with_example}/kernels.cpp CONTENT
     "#include \"host/cpu/model_kernels.hpp\"\nNS_CPU_KERNELS(WilsonCowan)\n" @ONLY)
# One instruction set is enough here: the shelf's models are tested with all.
add_library(example_kernels OBJECT ${with_example}/kernels.cpp)
target_include_directories(example_kernels BEFORE PRIVATE ${with_example}/cuda)
target_compile_options(example_kernels PRIVATE ${NEUROSWEEP_KERNEL_OPTIONS})
target_compile_definitions(example_kernels PRIVATE NS_ISA=baseline)
target_link_libraries(example_kernels PRIVATE neurosweep_options)
target_sources(test_adding_a_model PRIVATE $<TARGET_OBJECTS:example_kernels>)
set_source_files_properties(${host}/cpu/backend.cpp ${host}/cpu/network.cpp PROPERTIES COMPILE_DEFINITIONS NS_BASELINE_ONLY)      # in this directory only
target_include_directories(test_adding_a_model BEFORE PRIVATE ${with_example}/cuda ${PROJECT_SOURCE_DIR}/tests)
target_include_directories(test_adding_a_model SYSTEM PRIVATE ${TOMLPLUSPLUS_INCLUDE_DIR})
target_compile_definitions(test_adding_a_model PRIVATE NEUROSWEEP_PAGE_SWEEP="${with_example}/sweep.toml")
target_link_libraries(test_adding_a_model PRIVATE neurosweep_host GTest::gtest GTest::gtest_main)
gtest_discover_tests(test_adding_a_model TEST_PREFIX page. TEST_FILTER "AddingAModel.*:EveryModel/wilson_cowan.*"
                     DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
