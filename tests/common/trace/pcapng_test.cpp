#include <gmock/gmock.h>

#include "tests/common/trace/sample_run.h"

namespace muxlab::test {
namespace {

// Reads what was written, and knows of the format what the draft says rather than what was meant.
class Reader {
 public:
  explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}

  struct Packet {
    std::uint64_t microseconds;
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
  explicit Tcp(const std::string& frame) {
    constexpr std::size_t ethernet_bytes = 14;
    const std::string packet = frame.substr(ethernet_bytes);
    const bool is_ipv4 = packet.at(0) == 0x45;
    EXPECT_EQ(big_endian(frame, 12, 2), is_ipv4 ? 0x0800U : 0x86ddU);
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

using trace::Vantage;

std::vector<Reader::Packet> packets_of(const std::shared_ptr<const trace::RunTrace>& run,
                                       Vantage vantage = Vantage::client) {
  return Reader{all_of(trace::pcapng(run, vantage))}.packets();
}
std::vector<Reader::Packet> packets_of(ConnectionBuilder& connection, Vantage vantage) {
  return packets_of(std::make_shared<const trace::RunTrace>(run_of({connection.built()})), vantage);
}

// "up 0 S", "down 1 SA", "down 1+1448 A", "up 1 A 1449": direction, number and bytes, flags, and
// what is acknowledged, behind the time in ms.
std::vector<std::string> told(const std::vector<Reader::Packet>& packets) {
  std::vector<std::string> all;
  for (const Reader::Packet& packet : packets) {
    const Tcp tcp{packet.bytes};
    std::string text =
        std::to_string(packet.microseconds / 1000) + (tcp.to == 80 ? " up " : " down ");
    text += std::to_string(tcp.sequence);
    if (!tcp.payload.empty()) text += "+" + std::to_string(tcp.payload.size());
    if ((tcp.flags & 2) != 0) text += " SYN";
    if ((tcp.flags & 1) != 0) text += " FIN";
    if ((tcp.flags & 0x10) != 0) text += " ack " + std::to_string(tcp.acknowledgement);
    all.push_back(std::move(text));
  }
  return all;
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
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> next, acknowledged;
  for (const Reader::Packet& packet : packets_of(sample_run())) {
    const Tcp tcp{packet.bytes};
    EXPECT_TRUE(tcp.sum_is_right());
    std::uint32_t& own = next[{tcp.from, tcp.to}];
    EXPECT_EQ(tcp.sequence, own);
    constexpr std::uint32_t syn_or_fin = 3;
    own += static_cast<std::uint32_t>(tcp.payload.size()) + ((tcp.flags & syn_or_fin) != 0 ? 1 : 0);
    constexpr std::uint32_t acknowledges = 0x10;
    if ((tcp.flags & acknowledges) == 0) continue;
    // Of what is still under way nothing.
    EXPECT_LE(tcp.acknowledgement, (next[{tcp.to, tcp.from}]));
    std::uint32_t& before = acknowledged[{tcp.from, tcp.to}];
    EXPECT_GE(tcp.acknowledgement, before);
    before = tcp.acknowledgement;
  }
}

TEST(Pcapng, AcknowledgesAllInTheEnd) {
  std::map<std::uint32_t, std::uint32_t> said, acknowledged;  // by who says it, at c17
  for (const Reader::Packet& packet : packets_of(sample_run())) {
    const Tcp tcp{packet.bytes};
    if (tcp.from != 50017 && tcp.to != 50017) continue;
    said[tcp.from] =
        tcp.sequence + static_cast<std::uint32_t>(tcp.payload.size()) + (tcp.flags & 1);
    acknowledged[tcp.to] = tcp.acknowledgement;
  }
  EXPECT_EQ(said, acknowledged);
}

TEST(Pcapng, GoesOnInTheClientsTime) {
  const auto packets = packets_of(sample_run());
  constexpr std::uint64_t started = 1795161600'000'000;
  EXPECT_EQ(packets.front().microseconds, started) << "the first connection opens";
  std::uint64_t before = 0;
  for (const Reader::Packet& packet : packets) {
    EXPECT_GE(packet.microseconds, before);
    before = packet.microseconds;
    const Tcp tcp{packet.bytes};
    if (tcp.payload.starts_with("PRI *")) {
      EXPECT_EQ(packet.microseconds, started + 160'000) << "when it was sent";
    }
    if (tcp.payload.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/css")) {
      EXPECT_EQ(packet.microseconds, started + 131'000) << "when it landed";
    }
  }
  EXPECT_EQ(before, started + 980'000) << "the last one closes, a round trip after it said so";
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
  const std::string all = all_of(trace::pcapng(run, Vantage::client));
  EXPECT_NE(all.find("HTTP/1.1 200 OK"), std::string::npos);
  EXPECT_EQ(all.find("lost"), std::string::npos);
}

TEST(Pcapng, ComesAPacketAtATime) {
  const trace::Pieces pieces = trace::pcapng(sample_run(), Vantage::client);
  std::string piece;
  while (pieces(piece)) {
    EXPECT_LT(piece.size(), 17U * 1024);
    piece.clear();
  }
}

// A line of 80 ms, in cleartext: its bytes on the wire are the plaintext.
ConnectionBuilder on_a_slow_line() {
  ConnectionBuilder connection{Protocol::http11};
  connection.opened(0ms).greeted(80ms).on_a_line();
  connection.request(1, "/", 1ms, 120ms);
  connection.head(1, "text/plain", 121ms, 161ms, 2000);
  return connection;
}

TEST(Pcapng, ShowsTheClientTheLinesRoundTrips) {
  ConnectionBuilder connection = on_a_slow_line();
  const std::uint64_t asked = connection.trace.plain_bytes[1];
  const std::uint64_t said = connection.trace.plain_bytes[0];
  const std::string request = std::to_string(asked);
  const std::string behind = std::to_string(asked + 1);
  EXPECT_EQ(told(packets_of(connection, Vantage::client)),
            (std::vector<std::string>{"0 up 0 SYN", "80 down 0 SYN ack 1", "80 up 1 ack 1",
                                      "80 up 1+" + request + " ack 1", "160 down 1 ack " + behind,
                                      "161 down 1+" + std::to_string(said) + " ack " + behind,
                                      "161 up " + behind + " ack " + std::to_string(said + 1)}));
}

TEST(Pcapng, ShowsTheServerItsSegmentsWithThoseThatWereLost) {
  ConnectionBuilder connection = on_a_slow_line();
  connection.content(1, std::string(2000, 'x'), 121ms, 321ms, true);
  const auto asked = static_cast<std::uint32_t>(connection.trace.plain_bytes[1]);
  const auto said = static_cast<std::uint32_t>(connection.trace.plain_bytes[0]);
  connection.segment(0, asked, 80ms, 120ms).direction = Direction::up;
  connection.segment(0, 1000, 121ms, 161ms, trace::Segment::Fate::lost);
  connection.segment(1000, said - 1000, 122ms, 162ms);
  connection.segment(0, 1000, 281ms, 321ms).retransmission = true;
  const std::string behind = std::to_string(asked + 1);
  const std::string rest = std::to_string(said - 1000);
  EXPECT_EQ(told(packets_of(connection, Vantage::server)),
            (std::vector<std::string>{
                "40 up 0 SYN", "40 down 0 SYN ack 1", "120 up 1 ack 1",
                "120 up 1+" + std::to_string(asked) + " ack 1", "120 down 1 ack " + behind,
                "121 down 1+1000 ack " + behind, "122 down 1001+" + rest + " ack " + behind,
                "202 up " + behind + " ack 1", "281 down 1+1000 ack " + behind,
                "361 up " + behind + " ack " + std::to_string(said + 1)}));
}

TEST(Pcapng, ShowsOfATlsRecordsSegmentsWhatTheyHoldOfItsContent) {
  ConnectionBuilder connection{Protocol::http11};
  connection.opened(0ms).greeted(80ms).ready(160ms).on_a_line();
  trace::Plaintext record{Direction::down, at(200ms), at(240ms), 3000 + 2022,
                          std::string(2000, 'x')};
  connection.trace.plaintext.push_back(record);
  connection.segment(0, 3000, 81ms, 120ms);  // TLS's handshake
  connection.segment(3000, 1005, 200ms, 240ms);
  connection.segment(4005, 1017, 200ms, 240ms);
  std::vector<std::size_t> sizes;
  std::string all;
  for (const Reader::Packet& packet : packets_of(connection, Vantage::server)) {
    const std::string payload = Tcp{packet.bytes}.payload;
    if (payload.empty()) continue;
    sizes.push_back(payload.size());
    all += payload;
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{999, 1001})) << "the header is in the first";
  EXPECT_EQ(all, record.bytes);
}

TEST(Pcapng, LetsTheClientsPrefaceBeTheFirstThatTheServerSees) {
  ConnectionBuilder connection{Protocol::http2};
  connection.settings(Direction::down, {}, 10ms, 60ms);
  connection.preface(20ms, 30ms);
  const auto packets = packets_of(connection, Vantage::server);
  const auto first = std::find_if(packets.begin(), packets.end(), [](const Reader::Packet& packet) {
    return !Tcp{packet.bytes}.payload.empty();
  });
  ASSERT_NE(first, packets.end());
  EXPECT_TRUE(Tcp{first->bytes}.payload.starts_with("PRI *"));
  EXPECT_EQ(first->microseconds, 30'000U);
}

TEST(Pcapng, RepeatsASynThatWasLost) {
  ConnectionBuilder connection{Protocol::http11};
  connection.opened(0ms);
  connection.trace.greeted[1] = {at(1s), at(1080ms)};
  connection.trace.greeted[0] = {at(1040ms), at(1120ms)};
  EXPECT_EQ(told(packets_of(connection, Vantage::client)),
            (std::vector<std::string>{"0 up 0 SYN", "1000 up 0 SYN", "1080 down 0 SYN ack 1",
                                      "1080 up 1 ack 1"}));
}

TEST(Pcapng, IsNotDisturbedByWhatIsSeenWhileItIsWritten) {
  ConnectionBuilder connection{Protocol::http11};
  connection.request(1, "/", 1ms, 2ms);
  const auto growing = std::make_shared<trace::ConnectionTrace>(std::move(connection.trace));
  const auto run = std::make_shared<const trace::RunTrace>(run_of({growing}));
  const std::string at_once = all_of(trace::pcapng(run, Vantage::client));
  const trace::Pieces pieces = trace::pcapng(run, Vantage::client);
  std::string all;
  for (int several = 0; several < 3; ++several) pieces(all);
  const trace::Plaintext piece = growing->plaintext.front();
  growing->plaintext.insert(growing->plaintext.end(), 100, piece);
  while (pieces(all)) {
  }
  EXPECT_EQ(all, at_once);
}

}  // namespace
}  // namespace muxlab::test
