# mn_room(core SOURCES session.c ... NEEDS mn_base mn_audio)
# One static library per room of runtime/. A room links exactly what it may include, so the link
# line is the layering; ctest lint.layers holds the includes to the same arrows.
function(mn_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;NEEDS" ${ARGN})
  if(ARG_SOURCES)
    add_library(mn_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(mn_${name} PUBLIC mn_flags ${ARG_NEEDS})
  else()
    add_library(mn_${name} INTERFACE)
    target_link_libraries(mn_${name} INTERFACE mn_flags ${ARG_NEEDS})
  endif()
endfunction()

# mn_unit(core NEEDS mn_core FILES test_session.c ...)
# One executable per room, one ctest per TEST(name) in its files: "ctest -R R22" runs the tests
# whose names hold R22. The table of tests is generated here, so a test is written in one place.
function(mn_unit room)
  cmake_parse_arguments(ARG "" "" "FILES;NEEDS" ${ARGN})
  set(declarations "")
  set(rows "")
  foreach(file IN LISTS ARG_FILES)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
      "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    file(STRINGS "${file}" lines REGEX "^TEST\\([A-Za-z0-9_]+\\)")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^TEST\\(([A-Za-z0-9_]+)\\).*" "\\1" name "${line}")
      string(APPEND declarations "void ${name}(void **state);\n")
      string(APPEND rows "    cmocka_unit_test(${name}),\n")
      add_test(NAME ${room}.${name} COMMAND mn_unit_${room} ${name})
      set_tests_properties(${room}.${name} PROPERTIES LABELS unit TIMEOUT 60)
    endforeach()
  endforeach()
  set(main "${CMAKE_CURRENT_BINARY_DIR}/${room}_tests.c")
  file(CONFIGURE OUTPUT "${main}" CONTENT
"#include \"test.h\"

#include <stdio.h>
#include <string.h>

@declarations@
static const struct CMUnitTest tests[] = {
@rows@};

int main(int argc, char **argv)
{
    int found = argc < 2;

    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]) && !found; i++)
        found = strcmp(tests[i].name, argv[1]) == 0;
    if (!found) {
        fprintf(stderr, \"no test is called '%s': build again\\n\", argv[1]);
        return 2;
    }
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name(\"${room}\", tests, NULL, NULL);
}
" @ONLY)
  add_executable(mn_unit_${room} "${main}" ${ARG_FILES})
  target_include_directories(mn_unit_${room} PRIVATE "${CMAKE_SOURCE_DIR}/tests/unit")
  target_link_libraries(mn_unit_${room} PRIVATE ${ARG_NEEDS} PkgConfig::CMOCKA)
endfunction()
