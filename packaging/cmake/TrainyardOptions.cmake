# Build options and the flags every target of ours gets (through ty::options, never CMAKE_CXX_FLAGS).
option(TRAINYARD_WINDOW "Build the window (needs Qt 6)" ON)
option(TRAINYARD_TESTS "Build the tests (needs Qt 6 Test)" OFF)
option(TRAINYARD_WERROR "Warnings are errors" OFF)
option(TRAINYARD_ASSERTS "Keep assert() in optimised builds" OFF)
option(TRAINYARD_UNITY "Compile the sources of a module eight at a time: a third of the time" ON)
set(TRAINYARD_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
    set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

add_library(ty_options INTERFACE)
add_library(ty::options ALIAS ty_options)
target_compile_options(ty_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wno-sign-conversion
    $<$<BOOL:${TRAINYARD_WERROR}>:-Werror>)
# These read flow through inlined library code and are wrong often enough, differently in each release of GCC: shown,
# but no reason to stop a build.
if(TRAINYARD_WERROR AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    target_compile_options(ty_options INTERFACE
        -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread
        -Wno-error=maybe-uninitialized -Wno-error=dangling-reference -Wno-error=dangling-pointer)
endif()
target_include_directories(ty_options INTERFACE "${CMAKE_SOURCE_DIR}")
if(TRAINYARD_ASSERTS)
    target_compile_options(ty_options INTERFACE -UNDEBUG)
endif()
if(TRAINYARD_SANITIZE)
    set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1") # what is found is found as well, in half of the time to build it
    # GCC's -Wmaybe-uninitialized reports false positives in instrumented library code.
    target_compile_options(ty_options INTERFACE
        -fsanitize=${TRAINYARD_SANITIZE} -fno-omit-frame-pointer $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(ty_options INTERFACE -fsanitize=${TRAINYARD_SANITIZE})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_link_options(ty_options INTERFACE -fuse-ld=mold)
endif()
