#include "common/net/address_range.h"

#include <gtest/gtest.h>

namespace muxlab::test {
namespace {

using net::AddressRange;

AddressRange range(const std::string& text) {
  return AddressRange::parse(text).value();
}

std::string fault_of(const std::string& text) {
  const auto parsed = AddressRange::parse(text);
  return parsed.ok() ? "none" : parsed.failure().message;
}

TEST(AddressRange, HoldsTheAddressesOfItsNetwork) {
  EXPECT_TRUE(range("10.0.0.0/8").contains("10.255.0.1"));
  EXPECT_FALSE(range("10.0.0.0/8").contains("11.0.0.1"));
  EXPECT_TRUE(range("192.0.2.128/25").contains("192.0.2.128"));
  EXPECT_FALSE(range("192.0.2.128/25").contains("192.0.2.127"));
  EXPECT_TRUE(range("127.0.0.1").contains("127.0.0.1"));
  EXPECT_FALSE(range("127.0.0.1").contains("127.0.0.2"));
  EXPECT_TRUE(range("2001:db8::/33").contains("2001:db8:7fff::1"));
  EXPECT_FALSE(range("2001:db8::/33").contains("2001:db8:8000::1"));
  EXPECT_TRUE(range("::1").contains("0:0:0:0:0:0:0:1"));
}

TEST(AddressRange, OfNoBitsHoldsAllOfItsFamilyAndNoneOfTheOther) {
  EXPECT_TRUE(range("0.0.0.0/0").contains("203.0.113.9"));
  EXPECT_FALSE(range("0.0.0.0/0").contains("::1"));
  EXPECT_TRUE(range("::/0").contains("2001:db8::1"));
  EXPECT_FALSE(range("::/0").contains("0.0.0.0"));
}

TEST(AddressRange, HoldsNoTextThatIsNoAddress) {
  for (const char* text : {"", "localhost", "10.0.0", "10.0.0.1 ", "10.0.0.0/8"}) {
    EXPECT_FALSE(range("0.0.0.0/0").contains(text)) << text;
    EXPECT_FALSE(range("::/0").contains(text)) << text;
  }
}

TEST(AddressRange, IsWrittenInItsShortestForm) {
  EXPECT_EQ(range("127.0.0.1/32").text(), "127.0.0.1");
  EXPECT_EQ(range("10.0.0.0/8").text(), "10.0.0.0/8");
  EXPECT_EQ(range("2001:0db8:0:0::/32").text(), "2001:db8::/32");
  EXPECT_EQ(range("::1").text(), "::1");
}

TEST(AddressRange, NamesEachMistakeAndItsCure) {
  EXPECT_EQ(fault_of("balancer"),
            "\"balancer\" is no IP address or network; give one such as 127.0.0.1 or 10.0.0.0/8");
  EXPECT_EQ(fault_of("/8"),
            "\"/8\" is no IP address or network; give one such as 127.0.0.1 or 10.0.0.0/8");
  EXPECT_EQ(fault_of("10.0.0.0/33"), "\"10.0.0.0/33\" has no length from 0 to 32 behind its slash");
  for (const char* text : {"10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8x"}) {
    EXPECT_NE(fault_of(text).find("has no length from 0 to 32"), std::string::npos) << text;
  }
  EXPECT_EQ(fault_of("::1/129"), "\"::1/129\" has no length from 0 to 128 behind its slash");
  EXPECT_EQ(fault_of("10.1.2.3/8"),
            "\"10.1.2.3/8\" says more than 8 bits; did you mean 10.0.0.0/8?");
}

}  // namespace
}  // namespace muxlab::test
