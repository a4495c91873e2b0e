# How everything is compiled, and the two functions that declare a layer and a program.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
pkg_check_modules(XML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(MD4C REQUIRED IMPORTED_TARGET md4c)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(EVENT REQUIRED IMPORTED_TARGET libevent_core libevent_pthreads)
find_library(STEMMER_LIBRARY stemmer REQUIRED)
find_package(Xapian CONFIG REQUIRED)

set(QUOTH_SANITIZE "" CACHE STRING "-fsanitize= value for every target: address,undefined or thread")
option(QUOTH_WERROR "Warnings are errors" OFF)
option(QUOTH_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)

add_library(quoth_flags INTERFACE)
target_compile_features(quoth_flags INTERFACE c_std_11 cxx_std_17)
target_compile_definitions(quoth_flags INTERFACE _GNU_SOURCE QUOTH_VERSION="${PROJECT_VERSION}")
target_compile_options(quoth_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wno-sign-conversion -fno-common -ffp-contract=off
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wvla>
  # Cutting a message or a path is checked where it matters; gcc warns by optimisation level.
  $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>
  $<$<BOOL:${QUOTH_WERROR}>:-Werror>)
if(QUOTH_SANITIZE)
  target_compile_options(quoth_flags INTERFACE -fsanitize=${QUOTH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(quoth_flags INTERFACE -fsanitize=${QUOTH_SANITIZE})
  # Instrumented code makes gcc see variables that might not be set where they always are; the plain build looks for those.
  target_compile_options(quoth_flags INTERFACE $<$<OR:$<C_COMPILER_ID:GNU>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>)
else()
  target_compile_options(quoth_flags INTERFACE -fstack-protector-strong)
  target_compile_definitions(quoth_flags INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2>)
endif()

if(QUOTH_FUZZ)
  # What the libraries do with an input leads the fuzzer, not the target alone.
  target_compile_options(quoth_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(quoth_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# quoth_library(NAME FOLDER LINK targets...): the layer quoth_NAME; FOLDER is its public include path.
function(quoth_library name folder)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c ${folder}/*.cc ${folder}/*.h)
  add_library(quoth_${name} STATIC ${sources})
  set_target_properties(quoth_${name} PROPERTIES LINKER_LANGUAGE C)
  target_include_directories(quoth_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
  target_link_libraries(quoth_${name} PRIVATE quoth_flags ${arg_LINK})
  if(name STREQUAL "index")
    target_include_directories(quoth_index SYSTEM PRIVATE ${XAPIAN_INCLUDE_DIR})
  endif()
endfunction()

# quoth_program(NAME FOLDER LINK targets...): an executable; all but its main.c is a library for the tests.
function(quoth_program name folder)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c ${folder}/*.h)
  list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/main.c)
  add_executable(${name} ${folder}/main.c)
  if(sources)
    add_library(quoth_${folder} STATIC ${sources})
    target_include_directories(quoth_${folder} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
    target_link_libraries(quoth_${folder} PRIVATE quoth_flags ${arg_LINK})
    target_link_libraries(${name} PRIVATE quoth_${folder})
  endif()
  target_link_libraries(${name} PRIVATE quoth_flags ${arg_LINK})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
