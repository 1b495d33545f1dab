# ty_add_module(name [QT] SOURCES ... [ALONE sources...] [PUBLIC libs...] [PRIVATE libs...])
# One folder, one static library ty_<name> with the alias ty::<name>. PUBLIC is what our headers show.
# With TRAINYARD_UNITY a module's sources are compiled eight at a time; those ALONE, whose unnamed namespaces use a name
# that another one uses too, by themselves.
function(ty_add_module name)
    cmake_parse_arguments(ARG "QT" "" "SOURCES;ALONE;PUBLIC;PRIVATE" ${ARGN})
    add_library(ty_${name} STATIC ${ARG_SOURCES})
    add_library(ty::${name} ALIAS ty_${name})
    target_link_libraries(ty_${name} PUBLIC ty::options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    if(TRAINYARD_UNITY)
        set_target_properties(ty_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
        # The first warning takes each source for a header; the second one errs more when more is inlined.
        target_compile_options(ty_${name} PRIVATE "$<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage;-Wno-error=maybe-uninitialized>")
        set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
    if(ARG_QT)
        set_target_properties(ty_${name} PROPERTIES AUTOMOC ON AUTORCC ON)
        target_compile_definitions(ty_${name} PUBLIC QT_NO_CONTEXTLESS_CONNECT)
    endif()
endfunction()

# ty_add_test(name SOURCES ... [LIBS ...] [LABELS ...] [TIMEOUT s] [ENVIRONMENT ...])
# A Qt Test program tst_<name>, run on the offscreen platform unless ENVIRONMENT says otherwise.
function(ty_add_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;LABELS;ENVIRONMENT" ${ARGN})
    add_executable(tst_${name} ${ARG_SOURCES})
    set_target_properties(tst_${name} PROPERTIES
        AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    target_link_libraries(tst_${name} PRIVATE ty::options Qt6::Test ${ARG_LIBS})
    if(Qt6_VERSION VERSION_GREATER_EQUAL 6.5)
        # QTRY_VERIFY and its kin narrow a duration inside our functions.
        target_compile_options(tst_${name} PRIVATE -Wno-error=conversion)
    endif()
    target_compile_definitions(tst_${name} PRIVATE
        TRAINYARD_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TRAINYARD_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    add_test(NAME ${name} COMMAND tst_${name})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    if(TRAINYARD_SANITIZE)
        math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 12") # loops of arithmetic take ten times as long and more
    endif()
    # Qt ends a test after five minutes by itself; a slow one has longer.
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QTEST_FUNCTION_TIMEOUT=${ARG_TIMEOUT}000;${ARG_ENVIRONMENT}")
endfunction()
