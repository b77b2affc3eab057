# embed(mn_sdk ROOT ${CMAKE_SOURCE_DIR}/lua FILES myna/init.lua myna/tool.lua)
# makes an object library holding the files' bytes, as
#   const struct mn_embedded mn_sdk[] = {{"myna/init.lua", bytes, size}, ..., {0}};
# of base/embedded.h.
# Names are paths below ROOT, so that a traceback into the SDK names a file in this tree.
if(CMAKE_SCRIPT_MODE_FILE)
  set(body "#include \"base/embedded.h\"\n\n")
  set(rows "")
  separate_arguments(FILES UNIX_COMMAND "${FILES}")
  foreach(file IN LISTS FILES)
    string(MAKE_C_IDENTIFIER "src_${file}" id)
    file(READ "${ROOT}/${file}" hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND body "static const unsigned char ${id}[] = {${bytes}0};\n")
    string(APPEND rows "    {\"${file}\", (const char *)${id}, sizeof(${id}) - 1},\n")
  endforeach()
  file(WRITE "${OUT}" "${body}\nconst struct mn_embedded ${NAME}[] = {\n${rows}    {0},\n};\n")
  return()
endif()

set(EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(embed name)
  cmake_parse_arguments(ARG "" "ROOT" "FILES" ${ARGN})
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${name}.c")
  list(TRANSFORM ARG_FILES PREPEND "${ARG_ROOT}/" OUTPUT_VARIABLE sources)
  list(JOIN ARG_FILES " " files)
  add_custom_command(
    OUTPUT "${out}"
    COMMAND ${CMAKE_COMMAND} "-DNAME=${name}" "-DROOT=${ARG_ROOT}" "-DOUT=${out}" "-DFILES=${files}"
            -P "${EMBED_SCRIPT}"
    DEPENDS ${sources} "${EMBED_SCRIPT}"
    COMMENT "Embedding ${name}"
    VERBATIM)
  add_library(${name} OBJECT "${out}")
  target_link_libraries(${name} PRIVATE mn_flags)
endfunction()
