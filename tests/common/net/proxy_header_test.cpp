#include "common/net/proxy_header.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/proxy_headers.h"

namespace muxlab::test {
namespace {

using net::Address;
using net::ProxyHeader;
using net::ProxyHeaderReader;
using State = ProxyHeaderReader::State;

// The header is read with the connection's bytes behind it, cut in two at every place and into
// single bytes. However it comes, the reading is the same and what follows is left alone.
ProxyHeaderReader read_however_cut(const std::string& header) {
  const std::string following = "\x16\x03\x01 and so on";
  const std::string all = header + following;
  ProxyHeaderReader whole;
  EXPECT_EQ(whole.take(bytes_of(all)), header.size());
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    ProxyHeaderReader reader;
    std::size_t taken = reader.take(bytes_of(all).first(cut));
    EXPECT_EQ(taken, std::min(cut, header.size()));
    taken += reader.take(bytes_of(all).subspan(taken));
    EXPECT_EQ(taken, header.size()) << "cut at " << cut;
    EXPECT_EQ(reader.state(), whole.state()) << "cut at " << cut;
    EXPECT_EQ(reader.header().client, whole.header().client) << "cut at " << cut;
    EXPECT_EQ(reader.fault(), whole.fault()) << "cut at " << cut;
  }
  ProxyHeaderReader single;
  for (std::size_t i = 0; i < header.size(); ++i) {
    EXPECT_EQ(single.state(), State::reading) << i;
    EXPECT_GE(single.missing_bytes(), 1U) << i;
    EXPECT_EQ(single.take(bytes_of(header).subspan(i, 1)), 1U) << i;
  }
  EXPECT_EQ(single.state(), whole.state());
  return whole;
}

ProxyHeader header_of(const std::string& header) {
  const ProxyHeaderReader reader = read_however_cut(header);
  EXPECT_EQ(reader.state(), State::whole) << reader.fault();
  EXPECT_EQ(reader.missing_bytes(), 0U);
  return reader.header();
}

// Of bytes that are refused; the last of them is the one that could not be.
std::string fault_of(const std::string& header) {
  const ProxyHeaderReader reader = read_however_cut(header);
  EXPECT_EQ(reader.state(), State::refused);
  EXPECT_EQ(reader.missing_bytes(), 0U);
  return std::string{reader.fault()};
}

TEST(ProxyHeader, NamesAClientOfIpv4) {
  const ProxyHeader header = header_of(proxy_header(0x21, 0x11, ipv4_addresses));

  EXPECT_FALSE(header.local);
  EXPECT_EQ(header.client, (Address{"192.0.2.7", 4711}));
}

TEST(ProxyHeader, NamesAClientOfIpv6) {
  const ProxyHeader header = header_of(proxy_header(0x21, 0x21, ipv6_addresses));

  EXPECT_FALSE(header.local);
  EXPECT_EQ(header.client, (Address{"2001:db8::17", 65535}));
}

TEST(ProxyHeader, SkipsWhatIsToldBehindTheAddresses) {
  const std::string ipv4 = std::string{ipv4_addresses}.append(two_tlvs);
  const std::string ipv6 = std::string{ipv6_addresses}.append(two_tlvs);
  const std::string longest = std::string{ipv4_addresses} + std::string(4096 - 16 - 12, '\xee');

  EXPECT_EQ(header_of(proxy_header(0x21, 0x11, ipv4)).client, (Address{"192.0.2.7", 4711}));
  EXPECT_EQ(header_of(proxy_header(0x21, 0x21, ipv6)).client, (Address{"2001:db8::17", 65535}));
  EXPECT_EQ(header_of(proxy_header(0x21, 0x11, longest)).client, (Address{"192.0.2.7", 4711}));
}

TEST(ProxyHeader, SaysThatTheBalancerSpeaksForItself) {
  // Whatever stands behind LOCAL is to be ignored, the family too.
  for (const std::string& local :
       {proxy_header(0x20, 0x00, ""), proxy_header(0x20, 0x11, ipv4_addresses),
        proxy_header(0x20, 0xff, "x"), proxy_header(0x20, 0x00, two_tlvs)}) {
    const ProxyHeader header = header_of(local);
    EXPECT_TRUE(header.local);
    EXPECT_EQ(header.client, std::nullopt);
  }
}

TEST(ProxyHeader, NamesNobodyWhereTheClientHasNoIpAddress) {
  const std::string socket_names(216, '\0');
  for (const std::string& unnamed :
       {proxy_header(0x21, 0x00, ""), proxy_header(0x21, 0x00, two_tlvs),
        proxy_header(0x21, 0x31, socket_names)}) {
    const ProxyHeader header = header_of(unnamed);
    EXPECT_FALSE(header.local);
    EXPECT_EQ(header.client, std::nullopt);
  }
}

TEST(ProxyHeader, IsMissingWhereAnythingElseBegins) {
  const std::string missing = "it began without a PROXY header";

  EXPECT_EQ(fault_of("G"), missing);    // GET
  EXPECT_EQ(fault_of("PRI"), missing);  // HTTP/2's preface
  EXPECT_EQ(fault_of("PROXI"), missing);
  EXPECT_EQ(fault_of("\x16"), missing);  // TLS
  EXPECT_EQ(fault_of("\r\n\r\nG"), missing);
  EXPECT_EQ(fault_of(std::string{proxy_signature.substr(0, 11)} + "\r"), missing);
}

TEST(ProxyHeader, OfVersion1IsRefusedByItsName) {
  EXPECT_EQ(fault_of("PROXY "),
            "its PROXY header is of version 1; let the balancer send version 2 (HAProxy: "
            "send-proxy-v2)");
}

TEST(ProxyHeader, IsRefusedWhereAValueCannotBe) {
  const auto fixed = [](int version_and_command, int kind, std::string_view rest) {
    return proxy_header(version_and_command, kind, rest).substr(0, 16);
  };
  const std::string malformed = "its PROXY header is malformed: ";

  EXPECT_EQ(fault_of(fixed(0x11, 0x11, ipv4_addresses)), malformed + "no version 2");
  EXPECT_EQ(fault_of(fixed(0x31, 0x11, ipv4_addresses)), malformed + "no version 2");
  EXPECT_EQ(fault_of(fixed(0x22, 0x11, ipv4_addresses)), malformed + "neither LOCAL nor PROXY");
  for (const int kind : {0x01, 0x10, 0x13, 0x20, 0x41, 0xff}) {
    EXPECT_EQ(fault_of(fixed(0x21, kind, ipv6_addresses)), malformed + "an unknown family");
  }
  for (const int kind : {0x12, 0x22, 0x32}) {
    EXPECT_EQ(fault_of(fixed(0x21, kind, ipv6_addresses)),
              "its PROXY header is of datagrams, and this is TCP");
  }
  const std::string too_short = malformed + "shorter than its addresses";
  EXPECT_EQ(fault_of(fixed(0x21, 0x11, ipv4_addresses.substr(1))), too_short);
  EXPECT_EQ(fault_of(fixed(0x21, 0x21, ipv6_addresses.substr(1))), too_short);
  EXPECT_EQ(fault_of(fixed(0x21, 0x31, std::string(215, '\0'))), too_short);
  EXPECT_EQ(fault_of(fixed(0x21, 0x11, std::string(4096 - 16 + 1, '\0'))),
            "its PROXY header is longer than 4096 bytes");
  EXPECT_EQ(fault_of(fixed(0x20, 0x00, std::string(65535, '\0'))),
            "its PROXY header is longer than 4096 bytes");
}

TEST(ProxyHeader, SaysHowManyBytesAreItsOwnForCertain) {
  const std::string header = proxy_header(0x21, 0x11, ipv4_addresses);
  ProxyHeaderReader reader;

  EXPECT_EQ(reader.missing_bytes(), 16U);
  reader.take(bytes_of(header).first(10));
  EXPECT_EQ(reader.missing_bytes(), 6U);
  reader.take(bytes_of(header).subspan(10, 6));
  EXPECT_EQ(reader.missing_bytes(), 12U);
  reader.take(bytes_of(header).subspan(16));
  EXPECT_EQ(reader.missing_bytes(), 0U);
}

}  // namespace
}  // namespace muxlab::test
