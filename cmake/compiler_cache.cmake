# Compiles through ccache where it is installed, unless another launcher is asked for.
find_program(MUXLAB_CCACHE ccache DOC "The compiler cache; NOTFOUND: none")
if(MUXLAB_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Objects are found again from another checkout, and beside a precompiled header (ccache's manual, "Precompiled
  # headers"), whose making GCC has to be told of.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${MUXLAB_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
