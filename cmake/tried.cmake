# Says of what is newer than anything muxlab has been tried with that it is so. To raise a version here, run
# script/try-debian on a suite that has it.
function(muxlab_tried name version up_to)
  if(version VERSION_GREATER_EQUAL up_to)
    message(NOTICE "muxlab: ${name} ${version} is untried; tried are versions below ${up_to}")
  endif()
endfunction()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  muxlab_tried(GCC ${CMAKE_CXX_COMPILER_VERSION} 17)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  muxlab_tried(Clang ${CMAKE_CXX_COMPILER_VERSION} 22)
else()
  message(NOTICE "muxlab: ${CMAKE_CXX_COMPILER_ID} is untried; tried are GCC and Clang")
endif()
muxlab_tried(nghttp2 ${nghttp2_VERSION} 1.71)
muxlab_tried(OpenSSL ${OPENSSL_VERSION} 3.7)
muxlab_tried(libevent ${libevent_VERSION} 2.2)
muxlab_tried(fmt ${fmt_VERSION} 12)
muxlab_tried(CLI11 ${CLI11_VERSION} 2.7)
muxlab_tried(nlohmann/json ${nlohmann_json_VERSION} 3.13)

# See docs/decisions/library-versions.md.
if(nghttp2_VERSION VERSION_GREATER_EQUAL 1.67 AND nghttp2_VERSION VERSION_LESS 1.69)
  message(NOTICE "muxlab: nghttp2 ${nghttp2_VERSION} ends the connection where other versions reset a stream")
endif()

# Debian and Ubuntu have it in older versions than upstream, which has it from 1.61 on.
include(CheckCXXSymbolExists)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::nghttp2)
check_cxx_symbol_exists(nghttp2_option_set_max_continuations nghttp2/nghttp2.h MUXLAB_NGHTTP2_IS_MENDED)
unset(CMAKE_REQUIRED_LIBRARIES)
if(NOT MUXLAB_NGHTTP2_IS_MENDED)
  message(FATAL_ERROR "nghttp2 ${nghttp2_VERSION} is without the mend of CVE-2024-28182: take 1.61 or newer")
endif()
