# cmake -DTABLE=/etc/mime.types -DHEADER=media_types.h -P media_types.cmake
#
# Makes a sorted C++ array of the system's table of media types, "type ending ending ...", kept by Debian's package
# media-types after IANA's registry. Of several types for one ending a registered one (no "x-") comes before another, and
# else the first. Endings with a dot or in upper case are left out: names are looked up by their last ending, lowered.
file(STRINGS ${TABLE} lines REGEX "^[a-z]+/[^ \t]+[ \t]+[^ \t]")
set(endings)
foreach(line IN LISTS lines)
  string(REGEX MATCHALL "[^ \t]+" words "${line}")
  list(POP_FRONT words type)
  foreach(ending IN LISTS words)
    if(NOT ending MATCHES "^[a-z0-9+_-]+$")
      continue()
    endif()
    if(NOT DEFINED type_${ending})
      list(APPEND endings ${ending})
    elseif(NOT type_${ending} MATCHES "/x-" OR type MATCHES "/x-")
      continue()
    endif()
    set(type_${ending} ${type})
  endforeach()
endforeach()

list(SORT endings)
list(LENGTH endings count)
if(count LESS 500)
  message(FATAL_ERROR "${TABLE} lists ${count} endings: is it the table of media types (Debian's media-types)?")
endif()
set(entries)
foreach(ending IN LISTS endings)
  set(type ${type_${ending}})
  if(type MATCHES "^text/")
    string(APPEND type "; charset=utf-8")
  endif()
  string(APPEND entries "    {\"${ending}\", \"${type}\"},\n")
endforeach()
file(WRITE ${HEADER} "// Made from ${TABLE} by cmake/media_types.cmake: the type of each ending, sorted by it.
#pragma once

#include <array>
#include <string_view>

namespace muxlab::server::site {

struct MediaType {
  std::string_view ending;
  std::string_view type;
};

inline constexpr std::array<MediaType, ${count}> media_types{{
${entries}}};

}  // namespace muxlab::server::site
")
