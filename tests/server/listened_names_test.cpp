#include "server/listened_names.h"

#include <gmock/gmock.h>

#include "common/tls/certificate.h"

namespace muxlab::test {
namespace {

using server::host_to_open;
using server::listened_names;
using testing::Contains;
using testing::Not;
using Names = std::vector<std::string>;

// This machine's name, where it has one that a certificate can hold.
Names with_host(Names names) {
  if (const auto host = tls::host_name()) names.push_back(*host);
  return names;
}

TEST(ListenedNames, AreTheAddressesThatWereGiven) {
  EXPECT_EQ(listened_names({}), Names{});
  EXPECT_EQ(listened_names({"127.0.0.2", "::1"}), (Names{"127.0.0.2", "::1"}));
  EXPECT_EQ(listened_names({"0:0:0:0:0:0:0:1"}), Names{"::1"}) << "as a certificate spells it";
}

TEST(ListenedNames, HoldTheMachinesOwnWhereOthersReachIt) {
  EXPECT_EQ(listened_names({"192.168.1.20"}), with_host({"192.168.1.20"}));
  EXPECT_EQ(listened_names({"127.0.0.1", "fd00::17"}), with_host({"127.0.0.1", "fd00::17"}));
}

TEST(ListenedNames, AreAllOfTheMachineForAWildcard) {
  const Names ipv4 = listened_names({"0.0.0.0"});
  EXPECT_THAT(ipv4, Contains("127.0.0.1"));
  EXPECT_THAT(ipv4, Not(Contains("0.0.0.0")));
  EXPECT_THAT(ipv4, Not(Contains("::1")));
  EXPECT_THAT(listened_names({"::"}), Not(Contains("127.0.0.1")));
}

TEST(HostToOpen, LeadsToTheServer) {
  EXPECT_EQ(host_to_open({}), "localhost");
  EXPECT_EQ(host_to_open({"192.168.1.20", "127.0.0.1"}), "localhost");
  EXPECT_EQ(host_to_open({"::"}), "localhost");
  EXPECT_EQ(host_to_open({"127.0.0.2"}), "127.0.0.2");
  EXPECT_EQ(host_to_open({"192.168.1.20", "10.0.0.1"}), "192.168.1.20");
  EXPECT_EQ(host_to_open({"fd00::17"}), "[fd00::17]");
}

}  // namespace
}  // namespace muxlab::test
