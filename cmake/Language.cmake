# How our code is compiled. Everything we build links natscope::language.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

option(NATSCOPE_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer, alignment checked" OFF)
option(NATSCOPE_FUZZ "build the libFuzzer targets (clang)" OFF)

add_library(language INTERFACE)
add_library(natscope::language ALIAS language)
target_include_directories(language INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(language INTERFACE NATSCOPE_VERSION="${PROJECT_VERSION}")
target_compile_options(language INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-qual -Woverloaded-virtual -Wimplicit-fallthrough -Werror
  -Wno-missing-field-initializers  # records have defaults; designated initializers name only what differs
  -fstack-protector-strong)
target_link_options(language INTERFACE -Wl,-z,relro,-z,now)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(language INTERFACE _FORTIFY_SOURCE=2)
endif()

# Test builds link a hundred programs: lld does it in a fifth of the time. What is shipped has the compiler's own linker.
find_program(NATSCOPE_LLD ld.lld)
if(NATSCOPE_LLD AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-fuse-ld=lld)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside the standard library's own inlined code.
  target_compile_options(language INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread
                                            -Wno-array-bounds)
else()
  target_compile_options(language INTERFACE -Wno-shadow)  # clang's sees the other files of a unity batch; g++ looks after it
endif()

# CLI11 costs half a minute a file under the sanitizers: options.cpp and main.cpp stay uninstrumented.
add_library(sanitizers INTERFACE)
add_library(natscope::sanitizers ALIAS sanitizers)
if(NATSCOPE_SANITIZE)
  # vptr: that check opens a pipe to look at memory, and takes an object for foreign when no descriptor is left, which
  # is what a test of the socket driver brings about.
  add_compile_options(-fsanitize=address,undefined,alignment -fno-sanitize=vptr -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined,alignment)
endif()
if(NATSCOPE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

# natscope_library(NAME SOURCES... [LINK libraries...]): one static library a folder (or a part of it).
function(natscope_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  add_library(natscope::${name} ALIAS ${name})
  target_link_libraries(${name} PUBLIC natscope::language ${arg_LINK})
endfunction()

# natscope_optimized(targets...): compiled for speed in the everyday build and under the sanitizers too, since their
# instructions are counted by tests (tests/reflector/packet_cost_test.cpp) and whole suites stand on them. Assertions stay.
function(natscope_optimized)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT NATSCOPE_FUZZ)
    foreach(target IN LISTS ARGN)
      target_compile_options(${target} PRIVATE $<IF:$<BOOL:${NATSCOPE_SANITIZE}>,-O1,-O2>)
    endforeach()
  endif()
endfunction()

# natscope_program(NAME SOURCES... [LINK libraries...]): one program.
function(natscope_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE natscope::language ${arg_LINK})
  install(TARGETS ${name})
endfunction()
