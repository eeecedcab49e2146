# SPDX-License-Identifier: MIT
#
# What every target of the project shares: the language standard, the warnings, the sanitizers,
# and nsqlookupd_room(), which turns one folder under libs/ into one static library.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS headers json url log serialization)

add_library(nsqlookupd_settings INTERFACE)
target_compile_features(nsqlookupd_settings INTERFACE cxx_std_20)
target_compile_options(nsqlookupd_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  # Boost's headers are system headers, but inlined code is still reported against ours: g++ 12
  # gives false -Wnull-dereference and -Wmaybe-uninitialized on Asio and Boost.JSON.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-null-dereference -Wno-maybe-uninitialized>)
target_compile_definitions(nsqlookupd_settings INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED
  # Asio takes its frames and operations by operator new, so that the new-handler hears of a failure.
  BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC
  BOOST_ASIO_DISABLE_BOOST_ALIGN
  BOOST_LOG_DYN_LINK)

if(NSQLOOKUPD_UNITY)
  # g++ takes each file of a batch for a header, in which an anonymous namespace would be a mistake.
  target_compile_options(nsqlookupd_settings INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()

if(NSQLOOKUPD_SANITIZE)
  target_compile_options(nsqlookupd_settings INTERFACE
    -fsanitize=${NSQLOOKUPD_SANITIZE} -fno-omit-frame-pointer -g1
    # Where inlining stops half-way, g++ 12 takes Asio's coroutine frames for freed by the wrong call.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
  if(NSQLOOKUPD_SANITIZE STREQUAL "thread")
    # Asio's fences are not modelled by ThreadSanitizer; g++ warns about each of them.
    target_compile_options(nsqlookupd_settings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
  target_link_options(nsqlookupd_settings INTERFACE -fsanitize=${NSQLOOKUPD_SANITIZE})
  if(NSQLOOKUPD_SANITIZE MATCHES "undefined")
    # vptr asks the kernel for a pipe when it meets a type for the first time, and takes a refusal for
    # a broken object: a test that uses up all descriptors would fail for that alone.
    target_compile_options(nsqlookupd_settings INTERFACE
      -fno-sanitize-recover=undefined -fno-sanitize=vptr)
  endif()
endif()

if(NSQLOOKUPD_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "libFuzzer comes with clang: cmake --preset fuzz")
  endif()
  target_compile_options(nsqlookupd_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# nsqlookupd_room(<name> SOURCES <files…> HEADERS <files…> [VOCABULARY <header>]
#   [PUBLIC <targets…>] [PRIVATE <targets…>])
#
# A static library nsqlookupd::<name> from libs/<name>. Headers stand under include/ and are each
# checked to compile alone (target all_verify_interface_header_sets).
#
# VOCABULARY is the header of the enumerations that other rooms speak in, too. They link the headers
# alone, as nsqlookupd::<name>_vocabulary, and nothing of the room that acts on them.
function(nsqlookupd_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;HEADERS;VOCABULARY;PUBLIC;PRIVATE")
  set(target nsqlookupd_${name})
  add_library(${target} STATIC ${room_SOURCES})
  add_library(nsqlookupd::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${room_HEADERS})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(${target}
    PUBLIC nsqlookupd_settings ${room_PUBLIC}
    PRIVATE ${room_PRIVATE})
  if(room_VOCABULARY)
    add_library(${target}_vocabulary INTERFACE)
    add_library(nsqlookupd::${name}_vocabulary ALIAS ${target}_vocabulary)
    target_sources(${target}_vocabulary
      INTERFACE FILE_SET HEADERS BASE_DIRS include FILES ${room_VOCABULARY})
    set_target_properties(${target}_vocabulary PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
    target_link_libraries(${target}_vocabulary INTERFACE nsqlookupd_settings)
    target_link_libraries(${target} PUBLIC ${target}_vocabulary)
  endif()
endfunction()
