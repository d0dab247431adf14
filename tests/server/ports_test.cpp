#include "server/ports.h"

#include <gtest/gtest.h>

#include <set>

namespace muxlab::test {
namespace {

using server::take_port;
using server::TakenPort;
using server::configuration::PortChoice;

const PortChoice any{PortChoice::Kind::any, 0};

TEST(Ports, TakesOneNumberForEveryWorkerAndAddress) {
  const auto addresses = server::addresses_or_loopback({});
  const auto taken = take_port(addresses, any, 3, {});

  ASSERT_TRUE(taken.ok());
  ASSERT_EQ(taken.value().by_worker.size(), 3U);
  std::set<std::uint16_t> numbers;
  for (const auto& listeners : taken.value().by_worker) {
    EXPECT_EQ(listeners.size(), addresses.size());
    for (const auto& listener : listeners) numbers.insert(listener.address().port);
  }
  EXPECT_EQ(numbers, std::set<std::uint16_t>{taken.value().number});
}

TEST(Ports, DoesNotLetASecondServerInBesideTheFirst) {
  const auto first = take_port({"127.0.0.1"}, any, 2, {});
  const auto second =
      take_port({"127.0.0.1"}, PortChoice::fixed(first.value().number), 2, "choose another");

  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.failure().message, "127.0.0.1 port " + std::to_string(first.value().number) +
                                          " is already in use; choose another");
}

TEST(Ports, NameTheAddressThatIsNotOfThisMachine) {
  EXPECT_TRUE(server::check_addresses({"127.0.0.1"}).ok());
  const Status checked = server::check_addresses({"127.0.0.1", "192.0.2.1"});

  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.failure().message,
            "192.0.2.1 is not an address of this machine; choose another with --address");
}

TEST(Ports, ListensOnTheAddressesGiven) {
  EXPECT_EQ(server::addresses_or_loopback({"192.0.2.7"}), std::vector<std::string>{"192.0.2.7"});
  EXPECT_EQ(server::addresses_or_loopback({}).front(), "127.0.0.1");
}

}  // namespace
}  // namespace muxlab::test
