#include "common/tls/groups.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/tls_connection.h"

namespace muxlab::tls {
namespace {

using namespace muxlab::test;

class GroupsTest : public TlsTest {
 protected:
  static std::string agreed(const std::vector<std::string>& ours, const std::string& theirs) {
    TlsClientOptions client = options();
    client.groups = theirs;
    TlsConnection connection{identity(TicketKeys::random(), {"h2"}, ours), client};
    connection.run();
    const auto facts = connection.server.channel->facts();
    return facts ? facts->group : connection.server.failure;
  }
};

// A client sends its share for the group it likes best. Another one would cost a round trip more.
TEST_F(GroupsTest, TheShareThatTheClientHasSentIsTakenIfItMayBe) {
  EXPECT_EQ(agreed({"secp256r1", "x25519"}, "x25519:secp256r1"), "x25519");
  EXPECT_EQ(agreed({"x25519", "secp256r1"}, "secp256r1:x25519"), "secp256r1");
  EXPECT_EQ(agreed({"secp384r1"}, "x25519:secp384r1"), "secp384r1");
}

TEST_F(GroupsTest, AClientWithNoneInCommonIsRefused) {
  EXPECT_EQ(agreed({"secp384r1"}, "x25519"), "TLS handshake: no suitable key share");
}

// OpenSSL 3.5 and later, and the browsers of today.
TEST_F(GroupsTest, TheHybridComesFirstWhereTheLibraryHasIt) {
  const bool has_it = !unknown_group({"X25519MLKEM768"});
  EXPECT_EQ(usual_groups().front(), has_it ? "X25519MLKEM768" : "x25519");
  if (has_it) {
    EXPECT_EQ(agreed({}, "X25519MLKEM768:x25519"), "X25519MLKEM768");
  }
}

TEST_F(GroupsTest, WhatIsComparedAcrossMachinesIsTheSameEverywhere) {
  EXPECT_EQ(agreed({}, "x25519:secp256r1"), comparable_groups().front());
}

TEST_F(GroupsTest, FindsWhatTheLibraryLacks) {
  EXPECT_EQ(unknown_group({"x25519", "P-256", "secp384r1"}), std::nullopt);
  for (const std::string wrong :
       {"x25520", "", "x25519:secp256r1", "-x25519", "?x25519", "*x25519"}) {
    EXPECT_EQ(unknown_group({"x25519", wrong}), wrong);
  }
}

}  // namespace
}  // namespace muxlab::tls
