#include <gmock/gmock.h>

#include "tests/common/trace/sample_run.h"

namespace muxlab::test {
namespace {

// Reads what was written, and knows of the format what the draft says rather than what was meant.
class Reader {
 public:
  explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}

  struct Packet {
    std::uint64_t nanoseconds;
    std::string bytes;
    std::string comment;
  };

  std::vector<Packet> packets() {
    std::vector<Packet> found;
    for (std::size_t block = 0; block < bytes_.size(); block += number(block + 4, 4)) {
      const std::uint64_t length = number(block + 4, 4);
      EXPECT_EQ(length % 4, 0U);
      EXPECT_EQ(number(block + length - 4, 4), length) << "each block says its length twice";
      constexpr std::uint64_t enhanced_packet = 6;
      if (number(block, 4) == enhanced_packet) found.push_back(packet(block, length));
    }
    return found;
  }

 private:
  Packet packet(std::size_t block, std::uint64_t length) const {
    const std::uint64_t captured = number(block + 20, 4);
    const std::size_t options = block + 28 + (captured + 3) / 4 * 4;
    Packet packet{number(block + 12, 4) << 32 | number(block + 16, 4),
                  bytes_.substr(block + 28, captured), ""};
    if (options + 4 < block + length)
      packet.comment = bytes_.substr(options + 4, number(options + 2, 2));
    return packet;
  }
  std::uint64_t number(std::size_t at, std::size_t bytes) const {
    std::uint64_t value = 0;
    while (bytes-- > 0) value = value << 8 | static_cast<std::uint8_t>(bytes_.at(at + bytes));
    return value;
  }

  const std::string bytes_;
};

std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    number = number << 8 | static_cast<std::uint8_t>(bytes.at(at + i));
  }
  return number;
}

struct Tcp {
  explicit Tcp(const std::string& packet) {
    const bool is_ipv4 = packet.at(0) == 0x45;
    const std::size_t ip = is_ipv4 ? 20 : 40;
    addresses = is_ipv4 ? packet.substr(12, 8) : packet.substr(8, 32);
    bytes = packet.substr(ip);
    from = big_endian(bytes, 0, 2);
    to = big_endian(bytes, 2, 2);
    sequence = big_endian(bytes, 4, 4);
    acknowledgement = big_endian(bytes, 8, 4);
    const std::uint32_t words = big_endian(bytes, 12, 1) >> 4;
    flags = big_endian(bytes, 13, 1);
    payload = bytes.substr(words * 4);
  }
  // RFC 1071: with the checksum in it the sum is all ones.
  bool sum_is_right() const {
    std::string all = addresses + bytes + (bytes.size() % 2 == 0 ? "" : std::string(1, '\0'));
    std::uint64_t sum = bytes.size() + 6;  // the pseudo-header's length and protocol
    for (std::size_t i = 0; i < all.size(); i += 2) sum += big_endian(all, i, 2);
    while (sum > 0xffff) sum = (sum >> 16) + (sum & 0xffff);
    return sum == 0xffff;
  }

  std::string addresses;
  std::string bytes;
  std::uint32_t from, to, sequence, acknowledgement, flags;
  std::string payload;
};

std::vector<Reader::Packet> packets_of(const std::shared_ptr<const trace::RunTrace>& run) {
  return Reader{all_of(trace::pcapng(run))}.packets();
}

TEST(Pcapng, HasTheBytesOfEachConnectionBothWays) {
  const auto run = sample_run();
  std::map<std::pair<std::uint32_t, Direction>, std::string> sent;
  for (const Reader::Packet& packet : packets_of(run)) {
    const Tcp tcp{packet.bytes};
    const bool up = tcp.to == 80;
    sent[{up ? tcp.from : tcp.to, up ? Direction::up : Direction::down}] += tcp.payload;
  }
  ASSERT_EQ(sent.size(), 6U) << "the third has another port, as the first has its own";
  for (const auto& connection : run->connections) {
    std::string said[2];
    for (const trace::Plaintext& piece : connection->plaintext) {
      said[static_cast<std::size_t>(piece.direction)] += piece.bytes;
    }
    const std::uint32_t port =
        connection.trace == run->connections[2].trace ? 49152 : connection->facts.client_port;
    EXPECT_EQ((sent[{port, Direction::down}]), said[0]);
    EXPECT_EQ((sent[{port, Direction::up}]), said[1]);
  }
}

TEST(Pcapng, HasRightSumsAndNumbers) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> next;
  for (const Reader::Packet& packet : packets_of(sample_run())) {
    const Tcp tcp{packet.bytes};
    EXPECT_TRUE(tcp.sum_is_right());
    std::uint32_t& own = next[{tcp.from, tcp.to}];
    EXPECT_EQ(tcp.sequence, own);
    constexpr std::uint32_t syn_or_fin = 3;
    own += static_cast<std::uint32_t>(tcp.payload.size()) + ((tcp.flags & syn_or_fin) != 0 ? 1 : 0);
    constexpr std::uint32_t acknowledges = 0x10;
    if ((tcp.flags & acknowledges) == 0) continue;
    EXPECT_EQ(tcp.acknowledgement, (next[{tcp.to, tcp.from}]));
  }
}

TEST(Pcapng, GoesOnInTheClientsTime) {
  const auto packets = packets_of(sample_run());
  constexpr std::uint64_t started = 1795161600'000'000'000;
  EXPECT_EQ(packets.front().nanoseconds, started) << "the first connection opens";
  std::uint64_t before = 0;
  for (const Reader::Packet& packet : packets) {
    EXPECT_GE(packet.nanoseconds, before);
    before = packet.nanoseconds;
    const Tcp tcp{packet.bytes};
    if (tcp.payload.starts_with("PRI *")) {
      EXPECT_EQ(packet.nanoseconds, started + 160'000'000) << "when it was sent";
    }
    if (tcp.payload.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/css")) {
      EXPECT_EQ(packet.nanoseconds, started + 131'000'000) << "when it landed";
    }
  }
  EXPECT_EQ(before, started + 900'000'000) << "the last one closes";
}

TEST(Pcapng, SaysWhatEachConnectionReallyWas) {
  std::vector<std::string> comments;
  for (const Reader::Packet& packet : packets_of(sample_run())) {
    if (!packet.comment.empty()) comments.push_back(packet.comment);
  }
  ASSERT_EQ(comments.size(), 3U);
  EXPECT_THAT(comments[0], testing::HasSubstr("c17: lane h2, h2 on port 8453, TLSv1.3"));
  EXPECT_THAT(comments[1], testing::HasSubstr("c18: lane h1, http/1.1 on port 8453, in cleartext"));
}

TEST(Pcapng, LeavesOutWhatNeverLanded) {
  ConnectionBuilder connection{Protocol::http11};
  connection.request(1, "/", 0ms, 1ms);
  connection.head(1, "text/plain", 2ms, 3ms, 4);
  connection.content(1, "lost", 3ms, std::nullopt);
  const auto run = std::make_shared<const trace::RunTrace>(run_of({connection.built()}));
  const std::string all = all_of(trace::pcapng(run));
  EXPECT_NE(all.find("HTTP/1.1 200 OK"), std::string::npos);
  EXPECT_EQ(all.find("lost"), std::string::npos);
}

TEST(Pcapng, ComesAPacketAtATime) {
  const trace::Pieces pieces = trace::pcapng(sample_run());
  std::string piece;
  while (pieces(piece)) {
    EXPECT_LT(piece.size(), 17U * 1024);
    piece.clear();
  }
}

}  // namespace
}  // namespace muxlab::test
