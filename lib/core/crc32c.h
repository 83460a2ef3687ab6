// CRC-32C: the checksum of records in event files.

#pragma once

#include <cstdint>
#include <string_view>

namespace isoflop {

/// Returns the cyclic redundancy check of the bytes by Castagnoli's polynomial
/// 0x1EDC6F41, reflected, begun and ended with all bits inverted.
///
/// Source: RFC 3720 (iSCSI), section 12.1 and the vectors of appendix B.4.
std::uint32_t Crc32c(std::string_view bytes);

}  // namespace isoflop
