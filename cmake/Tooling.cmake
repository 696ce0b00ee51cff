# Targets `format` (rewrites our sources) and `tidy` (clang-tidy over the compile commands: those of a build file by file, as
# the preset release, since it sees no source in a unit of sixteen).
file(GLOB_RECURSE natscope_sources CONFIGURE_DEPENDS
  net/*.h net/*.cpp stun/*.h stun/*.cpp gateway/*.h gateway/*.cpp probe/*.h probe/*.cpp reflector/*.h reflector/*.cpp traversal/*.h
  traversal/*.cpp store/*.h store/*.cpp reports/*.h reports/*.cpp lab/*.h lab/*.cpp tests/*.h tests/*.cpp)
add_custom_target(format COMMAND clang-format -i ${natscope_sources} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" VERBATIM)
add_custom_target(tidy COMMAND run-clang-tidy -quiet -p "${CMAKE_BINARY_DIR}" "${PROJECT_SOURCE_DIR}/(net|stun|gateway|probe|reflector|traversal|store|reports|lab)/"
                  WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" VERBATIM)
