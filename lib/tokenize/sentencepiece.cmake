# Finds SentencePiece and zstd, which have no CMake packages on Debian.
#
#   SentencePiece::train   its encoder and trainer
#   SENTENCEPIECE_RELEASE  "0.1.97": ids are not the same in every release
#   zstd::decompress

find_path(SENTENCEPIECE_INCLUDE_DIR sentencepiece_trainer.h)
find_library(SENTENCEPIECE_LIBRARY sentencepiece)
find_library(SENTENCEPIECE_TRAIN_LIBRARY sentencepiece_train)
find_path(ZSTD_INCLUDE_DIR zstd.h)
find_library(ZSTD_LIBRARY zstd)
foreach(found SENTENCEPIECE_INCLUDE_DIR SENTENCEPIECE_LIBRARY SENTENCEPIECE_TRAIN_LIBRARY)
  if(NOT ${found})
    message(FATAL_ERROR "SentencePiece 0.1.97 or newer was not found (${found}); "
      "on Debian it is the package libsentencepiece-dev")
  endif()
endforeach()
foreach(found ZSTD_INCLUDE_DIR ZSTD_LIBRARY)
  if(NOT ${found})
    message(FATAL_ERROR "zstd was not found (${found}); on Debian it is the package "
      "libzstd-dev")
  endif()
endforeach()

# Its headers do not say which release they are of, only this file does.
get_filename_component(folder "${SENTENCEPIECE_LIBRARY}" DIRECTORY)
set(SENTENCEPIECE_RELEASE unknown)
foreach(file "${folder}/pkgconfig/sentencepiece.pc"
             "${SENTENCEPIECE_INCLUDE_DIR}/../lib/pkgconfig/sentencepiece.pc")
  if(EXISTS "${file}")
    file(STRINGS "${file}" line REGEX "^Version:")
    string(REGEX REPLACE "^Version: *" "" SENTENCEPIECE_RELEASE "${line}")
    break()
  endif()
endforeach()

add_library(SentencePiece::train INTERFACE IMPORTED)
target_include_directories(SentencePiece::train SYSTEM INTERFACE
  "${SENTENCEPIECE_INCLUDE_DIR}")
target_link_libraries(SentencePiece::train INTERFACE
  "${SENTENCEPIECE_TRAIN_LIBRARY}" "${SENTENCEPIECE_LIBRARY}")
add_library(zstd::decompress INTERFACE IMPORTED)
target_include_directories(zstd::decompress SYSTEM INTERFACE "${ZSTD_INCLUDE_DIR}")
target_link_libraries(zstd::decompress INTERFACE "${ZSTD_LIBRARY}")
