// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/frame.hpp>

#include <boost/endian/conversion.hpp>

#include <array>

namespace nsqlookupd::protocol {

void append_frame(std::string_view text, std::string& out) {
  std::array<unsigned char, frame_size_bytes> size{};
  boost::endian::store_big_s32(size.data(), static_cast<std::int32_t>(text.size()));
  out.append(reinterpret_cast<char const*>(size.data()), size.size());
  out.append(text);
}

std::int32_t read_frame_size(std::string_view bytes) noexcept {
  return boost::endian::load_big_s32(reinterpret_cast<unsigned char const*>(bytes.data()));
}

}  // namespace nsqlookupd::protocol
