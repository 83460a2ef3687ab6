# LibTorch, as the target `torch`: the one that find_package finds or, with
# ISOFLOP_TORCH_DIR, the one in that folder, linked by path. A Python package's
# CMake files want a CUDA toolkit, which who only runs it need not have.
# Sets ISOFLOP_WITH_CUDA where its CUDA headers compile too.

include(CheckCXXSourceCompiles)

# Fails unless the folder holds a LibTorch of at least `version`.
function(isoflop_check_torch_dir dir version)
  foreach(file include/ATen/ATen.h include/torch/csrc/api/include/torch/torch.h
          lib/libtorch.so lib/libtorch_cpu.so lib/libc10.so)
    if(NOT EXISTS "${dir}/${file}")
      message(FATAL_ERROR "ISOFLOP_TORCH_DIR: there is no LibTorch in ${dir}: "
        "${file} is missing. It is the folder with include/ and lib/: of an "
        "unpacked LibTorch, or what this prints:\n  python3 -c "
        "'import torch; print(torch.__path__[0])'")
    endif()
  endforeach()
  set(found "")
  foreach(file torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(NOT found AND EXISTS "${dir}/include/${file}")
      file(STRINGS "${dir}/include/${file}" lines
        REGEX "define TORCH_VERSION_(MAJOR|MINOR) ")
      string(REGEX REPLACE "[^0-9;]" "" lines "${lines}")
      list(JOIN lines "." found)
    endif()
  endforeach()
  if(found VERSION_LESS version)
    message(FATAL_ERROR "ISOFLOP_TORCH_DIR: LibTorch in ${dir} has version "
      "\"${found}\"; ${version} or newer is needed")
  endif()
  message(STATUS "Found LibTorch ${found}: ${dir}")
endfunction()

# Fails for the old C++ ABI, which no other library that is linked has.
function(isoflop_check_torch_abi dir)
  set(config "${dir}/share/cmake/Torch/TorchConfig.cmake")
  set(flags "")
  if(EXISTS "${config}")
    file(STRINGS "${config}" flags REGEX "_GLIBCXX_USE_CXX11_ABI=0")
  endif()
  if(flags)
    message(FATAL_ERROR "ISOFLOP_TORCH_DIR: LibTorch in ${dir} is built with "
      "_GLIBCXX_USE_CXX11_ABI=0 and cannot be linked with fmt and GoogleTest, "
      "which are not. Use a LibTorch with the C++11 ABI: Python packages have "
      "it from 2.7 on, archives say cxx11-abi in their names")
  endif()
endfunction()

# Sets `headers` and `runtime` to the folders with CUDA's headers and to its
# runtime library, each empty where there is none: from CUDA's own packages for
# Python, which lie beside LibTorch's, or from a toolkit.
function(isoflop_find_cuda dir headers runtime)
  file(GLOB folders "${dir}/../nvidia/*/include")
  file(GLOB libraries "${dir}/lib/libcudart*.so*"
    "${dir}/../nvidia/*/lib/libcudart.so*")
  find_package(CUDAToolkit QUIET)
  if(CUDAToolkit_FOUND)
    list(APPEND folders ${CUDAToolkit_INCLUDE_DIRS})
    list(APPEND libraries CUDA::cudart)
  endif()
  list(SUBLIST libraries 0 1 libraries)
  set(${headers} "${folders}" PARENT_SCOPE)
  set(${runtime} "${libraries}" PARENT_SCOPE)
endfunction()

# Makes the target `torch` from the files in a folder.
function(isoflop_add_torch dir)
  add_library(torch INTERFACE IMPORTED GLOBAL)
  target_include_directories(torch SYSTEM INTERFACE
    "${dir}/include" "${dir}/include/torch/csrc/api/include")
  target_link_libraries(torch INTERFACE "${dir}/lib/libtorch.so"
    "${dir}/lib/libtorch_cpu.so" "${dir}/lib/libc10.so")
  if(EXISTS "${dir}/lib/libtorch_cuda.so" AND
     EXISTS "${dir}/lib/libc10_cuda.so")
    isoflop_find_cuda("${dir}" headers runtime)
    target_include_directories(torch SYSTEM INTERFACE ${headers})
    # Nothing refers to the first: it registers itself when it is loaded. What
    # it needs in turn, like the driver, may be missing where one only builds.
    target_link_libraries(torch INTERFACE
      "-Wl,--push-state,--no-as-needed,${dir}/lib/libtorch_cuda.so,--pop-state"
      "${dir}/lib/libc10_cuda.so" ${runtime} -Wl,--allow-shlib-undefined)
  endif()
endfunction()

# Whether sources may include c10/cuda and ATen/cuda/CUDAGraph.h, which needs
# headers of CUDA that LibTorch does not bring.
function(isoflop_check_cuda_headers)
  unset(ISOFLOP_WITH_CUDA CACHE)  # the folder may be another than last time
  set(CMAKE_REQUIRED_LIBRARIES torch)
  set(CMAKE_REQUIRED_FLAGS "-std=c++20")
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  check_cxx_source_compiles([[
    #include <ATen/cuda/CUDAGraph.h>
    #include <c10/cuda/CUDAStream.h>
    void f() {}]] ISOFLOP_WITH_CUDA)
  if(ISOFLOP_WITH_CUDA)
    target_compile_definitions(torch INTERFACE ISOFLOP_WITH_CUDA)
  else()
    message(WARNING "This LibTorch has CUDA, but there are no headers of CUDA "
      "for it, from a toolkit or from Python packages beside it (cuda-runtime, "
      "and cuda-nvcc or from CUDA 13 on cuda-crt): the worker trains on GPUs "
      "without CUDA graphs. The compiler's words are in CMake's log")
  endif()
endfunction()

# Sets `package` to the name and version of the Debian package that LibTorch is
# from, which may know better than its headers; empty where there is none.
function(isoflop_find_torch_package library package)
  set(${package} "" PARENT_SCOPE)
  find_program(ISOFLOP_DPKG_QUERY dpkg-query)
  mark_as_advanced(ISOFLOP_DPKG_QUERY)
  if(NOT ISOFLOP_DPKG_QUERY OR NOT EXISTS "${library}")
    return()
  endif()
  file(REAL_PATH "${library}" file)
  execute_process(COMMAND "${ISOFLOP_DPKG_QUERY}" -S "${file}"
    OUTPUT_VARIABLE owner ERROR_QUIET RESULT_VARIABLE failed)
  if(failed OR NOT owner MATCHES "^([^:, ]+)")
    return()
  endif()
  execute_process(COMMAND "${ISOFLOP_DPKG_QUERY}" -W
    -f "\${Package} \${Version}" "${CMAKE_MATCH_1}"
    OUTPUT_VARIABLE found ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(${package} "${found}" PARENT_SCOPE)
  endif()
endfunction()

set(ISOFLOP_TORCH_DIR "" CACHE PATH
  "A LibTorch to link by path: the folder with include/ and lib/")
if(ISOFLOP_TORCH_DIR)
  isoflop_check_torch_dir("${ISOFLOP_TORCH_DIR}" 1.13)
  isoflop_check_torch_abi("${ISOFLOP_TORCH_DIR}")
  isoflop_add_torch("${ISOFLOP_TORCH_DIR}")
  set(has_cuda EXISTS "${ISOFLOP_TORCH_DIR}/lib/libc10_cuda.so")
else()
  find_package(Torch 1.13 REQUIRED)
  set(has_cuda TARGET c10_cuda)
endif()
if(${has_cuda})
  isoflop_check_cuda_headers()
endif()
if(ISOFLOP_TORCH_DIR)
  isoflop_find_torch_package("${ISOFLOP_TORCH_DIR}/lib/libtorch_cpu.so"
    ISOFLOP_TORCH_PACKAGE)
else()
  isoflop_find_torch_package("${TORCH_LIBRARY}" ISOFLOP_TORCH_PACKAGE)
endif()
