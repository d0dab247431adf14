#include "server/passed_ports.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <utility>

#include "server/ports.h"

namespace muxlab::test {
namespace {

using net::Descriptor;
using net::Listener;
using net::PassedSocket;
using server::PassedPorts;
using server::configuration::PortChoice;

constexpr std::uint32_t loopback = INADDR_LOOPBACK;    // 127.0.0.1
constexpr std::uint32_t second = INADDR_LOOPBACK + 1;  // 127.0.0.2

PassedSocket passed(std::string name, std::uint32_t address = loopback) {
  PassedSocket socket{std::move(name), Descriptor{::socket(AF_INET, SOCK_STREAM, 0)}};
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(address);
  const int number = socket.descriptor.number();
  EXPECT_EQ(bind(number, reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
  EXPECT_EQ(listen(number, 10), 0);
  return socket;
}

std::uint16_t port_of(const PassedSocket& socket) {
  sockaddr_in bound{};
  socklen_t size = sizeof bound;
  getsockname(socket.descriptor.number(), reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.sin_port);
}

template <typename... Sockets>
PassedPorts adopted(Sockets... sockets) {
  std::vector<PassedSocket> all;
  (all.push_back(std::move(sockets)), ...);
  return std::move(PassedPorts::adopt(std::move(all)).value());
}

std::size_t taken(PassedPorts& ports, std::string_view name, PortChoice choice) {
  return ports.take(name, choice).value().size();
}

constexpr PortChoice off{};

TEST(PassedPorts, AreTakenByTheirNameWhateverTheNumber) {
  PassedPorts ports = adopted(passed("site"), passed("h2"));

  EXPECT_EQ(taken(ports, "plain", PortChoice::fixed(1)), 0U);
  EXPECT_EQ(taken(ports, "site", PortChoice::fixed(1)), 1U);
  EXPECT_EQ(taken(ports, "site", PortChoice::fixed(1)), 0U) << "once";
  EXPECT_EQ(taken(ports, "h2", PortChoice::any()), 1U);
  EXPECT_TRUE(ports.check_all_taken().ok());
}

TEST(PassedPorts, WithTheNameOfTheirUnitOrNoneAreTakenByTheirNumber) {
  for (const std::string unit : {"muxlab.socket", "unknown", ""}) {
    PassedSocket socket = passed(unit);
    const PortChoice its = PortChoice::fixed(port_of(socket));
    PassedPorts ports = adopted(std::move(socket));

    EXPECT_EQ(taken(ports, "site", PortChoice::any()), 0U);
    EXPECT_EQ(taken(ports, "site", PortChoice::fixed(1)), 0U);
    EXPECT_EQ(taken(ports, "plain", its), 1U) << unit;
    EXPECT_TRUE(ports.check_all_taken().ok());
  }
}

TEST(PassedPorts, WithANameAreNotTakenByTheirNumber) {
  PassedSocket socket = passed("plain");
  const PortChoice its = PortChoice::fixed(port_of(socket));
  PassedPorts ports = adopted(std::move(socket));

  EXPECT_EQ(taken(ports, "site", its), 0U);
  EXPECT_EQ(taken(ports, "plain", its), 1U);
}

TEST(PassedPorts, OfAPortThatIsOffAreNobodys) {
  PassedSocket socket = passed("site");
  const std::uint16_t number = port_of(socket);
  PassedPorts ports = adopted(std::move(socket));

  EXPECT_EQ(taken(ports, "site", off), 0U);

  EXPECT_EQ(ports.check_all_taken().failure().message,
            "the socket that was passed for 127.0.0.1 port " + std::to_string(number) +
                " is named \"site\", and no port here is; there are site, plain, console and the "
                "lanes that are on");
}

TEST(PassedPorts, WithoutANameAndAPortAreNobodys) {
  PassedSocket socket = passed("muxlab.socket");
  const std::uint16_t number = port_of(socket);
  const PassedPorts ports = adopted(std::move(socket));

  EXPECT_EQ(ports.check_all_taken().failure().message,
            "the socket that was passed for 127.0.0.1 port " + std::to_string(number) +
                " is for no port here; configure one, or name it in the socket unit "
                "(FileDescriptorName=site)");
}

TEST(PassedPorts, OfOneNameHaveOneNumber) {
  PassedPorts ports = adopted(passed("site"), passed("site", second));

  const auto refused = ports.take("site", PortChoice::any());

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().message.substr(0, 61),
            "site is one port, and two were passed for it: 127.0.0.1 port ");
}

TEST(PassedPorts, NameTheirAddressesOnce) {
  EXPECT_EQ(adopted(passed("site"), passed("plain"), passed("h1", second)).addresses(),
            (std::vector<std::string>{"127.0.0.1", "127.0.0.2"}));
}

TEST(PassedPorts, AreTcpSocketsThatListen) {
  std::vector<PassedSocket> sockets;
  sockets.push_back(passed("site"));
  sockets.push_back({"plain", Descriptor{socket(AF_UNIX, SOCK_STREAM, 0)}});

  const auto refused = PassedPorts::adopt(std::move(sockets));

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().message,
            "socket 2 of 2 that were passed (\"plain\") is no listening TCP socket");
}

TEST(PassedPorts, AreSharedByAllWorkers) {
  PassedPorts ports = adopted(passed("site"));
  std::vector<Listener> listeners = std::move(ports.take("site", PortChoice::any()).value());
  const std::uint16_t number = listeners.front().address().port;

  const auto shared = server::share_port(std::move(listeners), 3);

  ASSERT_TRUE(shared.ok());
  EXPECT_EQ(shared.value().number, number);
  ASSERT_EQ(shared.value().by_worker.size(), 3U);
  for (const auto& of_worker : shared.value().by_worker) {
    ASSERT_EQ(of_worker.size(), 1U);
    EXPECT_EQ(of_worker.front().address().port, number);
  }
}

}  // namespace
}  // namespace muxlab::test
