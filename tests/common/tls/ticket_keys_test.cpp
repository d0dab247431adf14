#include "common/tls/ticket_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "tests/support/tls_connection.h"

namespace muxlab::tls {
namespace {

using namespace muxlab::test;

// Name, HMAC key, AES key: 16, 32 and 32 bytes.
std::string key_line(char digit) {
  return std::string(32, digit) + std::string(64, 'a') + std::string(64, 'B') + "\n";
}

class TicketFile {
 public:
  const std::filesystem::path& path() const { return path_; }

  void write(const std::string& text, ::mode_t mode = 0600) const {
    std::ofstream{path_} << text;
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }
  std::string read() const {
    std::ifstream file{path_};
    return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
  }
  ::mode_t mode() const {
    struct stat found = {};
    EXPECT_EQ(::stat(path_.c_str(), &found), 0);
    return found.st_mode & 07777U;
  }
  // What reading it is refused with, without its name at the front.
  std::string fault() const {
    const auto keys = read_ticket_keys(path_);
    if (keys.ok()) return "none";
    return keys.failure().message.substr(path_.string().size());
  }

 private:
  ScratchFolder folder_;
  std::filesystem::path path_ = folder_.path() / "tickets.keys";
};

TEST(TicketKeyFile, HoldsAKeyALineTheNewestFirst) {
  const TicketFile file;
  file.write("# made by hand\n" + key_line('1') + "\n" + key_line('2'));
  const TicketKeys keys = read_ticket_keys(file.path()).value();

  ASSERT_EQ(keys.newest_first.size(), 2U);
  EXPECT_EQ(keys.newest_first[0].name[0], 0x11);
  EXPECT_EQ(keys.newest_first[0].name[15], 0x11);
  EXPECT_EQ(keys.newest_first[0].authentication[0], 0xaa);
  EXPECT_EQ(keys.newest_first[0].authentication[31], 0xaa);
  EXPECT_EQ(keys.newest_first[0].encryption[0], 0xbb);
  EXPECT_EQ(keys.newest_first[0].encryption[31], 0xbb);
  EXPECT_EQ(keys.newest_first[1].name[0], 0x22);
}

TEST(TicketKeyFile, IsRefusedWhereOthersMayReadOrWriteIt) {
  const TicketFile file;
  for (const auto& [mode, written] :
       {std::pair{0640, "0640"}, {0604, "0604"}, {0602, "0602"}, {0644, "0644"}}) {
    file.write(key_line('1'), static_cast<::mode_t>(mode));
    EXPECT_EQ(file.fault(), std::string{": is open to others than its owner (mode "} + written +
                                "); chmod 600 it, and rotate its keys: others may have them");
  }
  for (const ::mode_t mode : {0600U, 0400U}) {
    file.write(key_line('1'), mode);
    EXPECT_EQ(file.fault(), "none");
    ASSERT_EQ(::chmod(file.path().c_str(), 0600), 0);
  }
}

TEST(TicketKeyFile, IsRefusedInOneLineThatShowsNoKey) {
  const TicketFile file;
  const std::string cure = "; muxlab tickets --rotate FILE makes one";
  EXPECT_EQ(file.fault(), ": can't be read (No such file or directory)" + cure);

  file.write("");
  EXPECT_EQ(file.fault(), ": holds no key" + cure);
  file.write("# nothing\n\n");
  EXPECT_EQ(file.fault(), ": holds no key" + cure);

  const std::string no_key = " is no ticket key, which has 160 hex digits" + cure;
  for (const std::string& line : {key_line('g'), key_line('1').substr(1), "0" + key_line('1'),
                                  key_line('1').substr(0, 159) + " \n", std::string{"\0\n", 2}}) {
    file.write(key_line('2') + line);
    EXPECT_EQ(file.fault(), ": line 2" + no_key) << line;
  }
  file.write(key_line('1') + key_line('2') + key_line('1'));
  EXPECT_EQ(file.fault(), ": line 3 has the name of a key before it; leave one of them out");
  file.write(std::string(100'000, '#'));
  EXPECT_EQ(file.fault(), ": is longer than 16384 bytes" + cure);

  std::string many;
  for (char name = '0'; name <= '9'; ++name) many += key_line(name);
  for (char name = 'a'; name <= 'f'; ++name) many += key_line(name);
  file.write(many);
  EXPECT_EQ(file.fault(), "none");
  file.write(many + "0123" + key_line('7').substr(4));
  EXPECT_EQ(file.fault(), ": holds more than 16 keys; leave out the oldest, its last lines");
}

TEST(TicketKeyFile, IsNoFolderAndNoPipe) {
  const ScratchFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const auto& path : {folder.path(), pipe}) {
    EXPECT_EQ(read_ticket_keys(path).failure().message,
              path.string() + ": is no file; muxlab tickets --rotate FILE makes one");
  }
}

TEST(TicketKeyFile, IsMadeForItsOwnerAloneAndRotatedToThreeKeys) {
  const TicketFile file;
  std::vector<TicketKeys> seen;
  for (const std::size_t count : {1U, 2U, 3U, 3U}) {
    EXPECT_EQ(rotate_ticket_keys(file.path()).value(), count);
    EXPECT_EQ(file.mode(), 0600U);
    seen.push_back(read_ticket_keys(file.path()).value());
    EXPECT_EQ(seen.back().newest_first.size(), count);
  }
  const auto& last = seen[3].newest_first;
  EXPECT_EQ(last[1].encryption, seen[2].newest_first[0].encryption);
  EXPECT_EQ(last[2].encryption, seen[1].newest_first[0].encryption);
  EXPECT_NE(last[0].encryption, last[1].encryption);
  EXPECT_NE(last[0].name, last[1].name);
}

TEST(TicketKeyFile, LosesNoKeyWhenTwoRotateAtOnce) {
  const TicketFile file;
  std::thread other{[&file] { EXPECT_TRUE(rotate_ticket_keys(file.path()).ok()); }};
  EXPECT_TRUE(rotate_ticket_keys(file.path()).ok());
  other.join();
  EXPECT_EQ(read_ticket_keys(file.path()).value().newest_first.size(), 2U);
}

TEST(TicketKeyFile, ThatIsSomethingElseIsNeverReplaced) {
  const TicketFile file;
  file.write("my thesis\n");
  EXPECT_FALSE(rotate_ticket_keys(file.path()).ok());
  EXPECT_EQ(file.read(), "my thesis\n");

  file.write(key_line('1'), 0644);
  EXPECT_FALSE(rotate_ticket_keys(file.path()).ok());
  EXPECT_EQ(file.read(), key_line('1'));
}

TEST(TicketKeyFile, NamesTheFolderThatIsNotThere) {
  EXPECT_EQ(rotate_ticket_keys("/nowhere/tickets.keys").failure().message,
            "/nowhere: cannot be locked (No such file or directory); choose a folder on a local "
            "disk that this user may read");
}

using SharedTicketKeys = TlsTest;

// RFC 8446 appendix C.4: clients use a ticket once.
TEST_F(SharedTicketKeys, GiveEveryResumedTls13ConnectionATicketForTheNext) {
  const TicketKeys keys = TicketKeys::random();
  // All stay: the session of one that goes without a farewell is not resumed by OpenSSL's client.
  std::vector<std::unique_ptr<TlsConnection>> all;
  TlsClientOptions coming = options();
  for (int again = 0; again < 4; ++again) {
    all.push_back(std::make_unique<TlsConnection>(identity(keys), coming));
    all.back()->run();
    EXPECT_EQ(all.back()->client.resumed(), again > 0);
    ASSERT_NE(all.back()->client.session(), nullptr);
    EXPECT_NE(all.back()->client.session(), coming.session);
    coming.session = all.back()->client.session();
  }
}

class RotatedTicketKeys : public TlsTest {
 protected:
  static TicketKeys rotated(const TicketKeys& before) {
    TicketKeys keys = TicketKeys::random();
    keys.newest_first.insert(keys.newest_first.end(), before.newest_first.begin(),
                             before.newest_first.end());
    return keys;
  }

  // A client that has shaken hands with `before` comes to `after`. Gives that connection.
  static std::unique_ptr<TlsConnection> returning(TlsVersion version, const TicketKeys& before,
                                                  const TicketKeys& after) {
    TlsConnection first{identity(before), options(version)};
    first.run();
    TlsClientOptions again = options(version);
    again.session = first.client.session();
    auto second = std::make_unique<TlsConnection>(identity(after), again);
    second->run();
    EXPECT_TRUE(second->client.connected());
    return second;
  }
};

TEST_F(RotatedTicketKeys, StillOpenTicketsAndRenewThem) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    const TicketKeys first = TicketKeys::random();
    const TicketKeys second = rotated(first);
    const auto resumed = returning(version, first, second);
    EXPECT_TRUE(resumed->client.resumed());

    // The ticket that came with it is sealed with the new key: one that knows only that opens it.
    TicketKeys newest = second;
    newest.newest_first.resize(1);
    TlsClientOptions again = options(version);
    again.session = resumed->client.session();
    TlsConnection third{identity(newest), again};
    third.run();
    EXPECT_TRUE(third.client.resumed());
  }
}

TEST_F(RotatedTicketKeys, ThatAreGoneMeanAFullHandshake) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    const TicketKeys first = TicketKeys::random();
    EXPECT_FALSE(returning(version, first, TicketKeys::random())->client.resumed());
    // A machine that has not read the new file yet.
    EXPECT_FALSE(returning(version, rotated(first), first)->client.resumed());
  }
}

TEST_F(RotatedTicketKeys, OfTheSameNameAndOtherBytesMeanAFullHandshake) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    const TicketKeys ours = TicketKeys::random();
    TicketKeys theirs = TicketKeys::random();
    theirs.newest_first[0].name = ours.newest_first[0].name;
    EXPECT_FALSE(returning(version, theirs, ours)->client.resumed());
  }
}

}  // namespace
}  // namespace muxlab::tls
