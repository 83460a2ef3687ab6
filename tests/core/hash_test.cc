#include "lib/core/hash.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

// Known answers: FIPS 180-2, appendix B, and the empty message.
TEST(Sha256, HasTheKnownAnswers) {
  EXPECT_EQ(Sha256Hex(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256Hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheTextIsCut) {
  const std::string text(1000, 'x');
  Sha256 hash;
  for (std::size_t begin = 0, part = 1; begin < text.size(); ++part) {
    hash.Update(std::string_view(text).substr(begin, part));
    begin += part;
  }
  EXPECT_EQ(hash.Hex(), Sha256Hex(text));
}

TEST(Sha256, HashesZeroBytes) {
  EXPECT_NE(Sha256Hex(std::string(1, '\0')), Sha256Hex(""));
  EXPECT_NE(Sha256Hex(std::string(1, '\0')), Sha256Hex(std::string(2, '\0')));
}

}  // namespace
}  // namespace isoflop
