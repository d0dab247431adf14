#include "common/net/service_manager.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "tests/support/scratch_folder.h"

namespace muxlab::test {
namespace {

using net::Descriptor;
using net::ServiceManager;

// The manager's end: a socket of datagrams under a path, or under "@name".
class Ears {
 public:
  explicit Ears(const std::string& address) : address_(address) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::copy(address.begin(), address.end(), at.sun_path);
    if (address.front() == '@') at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    EXPECT_EQ(bind(socket_.number(), reinterpret_cast<const sockaddr*>(&at), size), 0);
  }

  const std::string& address() const { return address_; }

  // The next datagram; empty when nobody has said anything.
  std::string heard() {
    std::array<char, 200> room{};
    const ssize_t count = recv(socket_.number(), room.data(), room.size(), MSG_DONTWAIT);
    return count < 0 ? std::string{} : std::string{room.data(), static_cast<std::size_t>(count)};
  }

 private:
  std::string address_;
  Descriptor socket_{socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

std::string abstract_name() {
  return "@muxlab-test-" + std::to_string(getpid());
}

TEST(ServiceManager, IsToldEachStateInADatagramOfItsOwn) {
  const ScratchFolder folder;
  Ears ears{(folder.path() / "notify").string()};
  const ServiceManager manager{ears.address()};

  EXPECT_TRUE(manager.tell_ready().ok());
  EXPECT_TRUE(manager.tell_reloading(Instant{1500us}).ok());
  EXPECT_TRUE(manager.tell_stopping().ok());

  EXPECT_EQ(ears.heard(), "READY=1");
  EXPECT_EQ(ears.heard(), "RELOADING=1\nMONOTONIC_USEC=1500");
  EXPECT_EQ(ears.heard(), "STOPPING=1");
  EXPECT_EQ(ears.heard(), "");
}

TEST(ServiceManager, MayListenUnderAnAbstractName) {
  Ears ears{abstract_name()};

  EXPECT_TRUE(ServiceManager{ears.address()}.tell_ready().ok());

  EXPECT_EQ(ears.heard(), "READY=1");
}

TEST(ServiceManager, IsTakenFromTheEnvironmentOnce) {
  Ears ears{abstract_name()};
  setenv("NOTIFY_SOCKET", ears.address().c_str(), 1);

  const ServiceManager manager = ServiceManager::take_from_environment();

  EXPECT_EQ(getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_TRUE(manager.tell_ready().ok());
  EXPECT_EQ(ears.heard(), "READY=1");
}

TEST(ServiceManager, IsToldNothingWhereThereIsNone) {
  unsetenv("NOTIFY_SOCKET");

  EXPECT_TRUE(ServiceManager::take_from_environment().tell_ready().ok());
}

TEST(ServiceManager, SaysWhyItCouldNotBeTold) {
  const ScratchFolder folder;
  const std::string nobody = (folder.path() / "nobody").string();

  EXPECT_EQ(
      ServiceManager{nobody}.tell_ready().failure().message,
      "the service manager can't be told \"READY=1\": " + nobody + ": No such file or directory");
  for (const std::string& wrong :
       {std::string{"vsock:2:1234"}, std::string{"notify"}, "/" + std::string(200, 'x')}) {
    EXPECT_EQ(ServiceManager{wrong}.tell_ready().failure().message,
              "NOTIFY_SOCKET is \"" + wrong + "\", which is no local socket");
  }
}

}  // namespace
}  // namespace muxlab::test
