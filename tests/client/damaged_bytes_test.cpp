// What a real server says, with some of its bytes changed on the way: a load ends, whatever comes
// of it.
#include <algorithm>
#include <random>

#include "tests/client/page_fixture.h"

namespace muxlab::test {
namespace {

// Changes about one byte in so many of what its server says.
class DamagingEnd final : public FarEnd {
 public:
  DamagingEnd(std::unique_ptr<FarEnd> real, std::mt19937& random, std::size_t one_in)
      : real_(std::move(real)), random_(random), one_in_(one_in) {}

  void hear(Bytes wire, Instant now) override { real_->hear(wire, now); }
  void hear_the_end(Instant now) override { real_->hear_the_end(now); }
  bool speak(ByteQueue& out, Instant now) override {
    ByteQueue said;
    const bool open = real_->speak(said, now);
    std::string text = text_in(said);
    for (std::size_t at = random_() % one_in_; at < text.size(); at += 1 + random_() % one_in_) {
      text[at] = static_cast<char>(random_());
    }
    out.append(bytes_of(text));
    return open;
  }
  std::optional<Instant> next_event() const override { return real_->next_event(); }

 private:
  std::unique_ptr<FarEnd> real_;
  std::mt19937& random_;
  std::size_t one_in_;
};

class DamagedBytes : public PageTest {
 protected:
  // Many loads of a page of small objects. Gives how many of them were whole.
  int whole_loads(const client::Way& way, int loads) {
    int whole_ones = 0;
    for (int count = 0; count < loads; ++count) {
      const auto page = load(way, 12);
      const MemoryLine::Opener real = real_server();
      MemoryLine line{*page,
                      [&](std::size_t index, Instant now) {
                        return std::make_unique<DamagingEnd>(real(index, now), random_,
                                                             std::size_t{1} << (6 + count % 10));
                      },
                      [this] { return 1 + random_() % 3000; }};
      line.run();
      EXPECT_TRUE(page->done());
      if (page->outcome().ok()) ++whole_ones;
    }
    return whole_ones;
  }

 private:
  std::mt19937 random_{20261120};
};

TEST_F(DamagedBytes, NeverHangALoadOverHttp1) {
  EXPECT_GT(whole_loads(six, 200), 0) << "damaged content alone is not noticed";
}

TEST_F(DamagedBytes, NeverHangALoadOverHttp2) {
  EXPECT_LT(whole_loads(multiplexed, 200), 200);
}

TEST_F(DamagedBytes, FailALoadUnderTls) {
  for (const client::Way& way : {six, multiplexed}) {
    go_under_tls(std::string{name_of(way.protocol)});
    EXPECT_LT(whole_loads(way, 20), 20);
  }
}

}  // namespace
}  // namespace muxlab::test
