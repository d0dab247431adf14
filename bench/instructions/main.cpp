// How many instructions a request costs, of muxlab and of the bare libraries: no socket, no clock,
// no other process. callgrind counts; script/bench --instructions runs it and reads what it wrote.
//
//   valgrind --tool=callgrind --collect-atstart=no instructions [--once] [LOAD]...
//
// callgrind writes two files of counts for each load and server, which say "LOAD SERVER"; on
// standard output stand, in JSON, the libraries, and then a line for each load that is done.
// Without valgrind it asks the same and counts nothing; --once asks everything once, to see that
// the answers are right.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/instructions/bare_ends.h"
#include "bench/instructions/clients.h"
#include "bench/instructions/counted.h"
#include "bench/instructions/muxlab_ends.h"
#include "common/http2/endpoint.h"
#include "common/tls/certificate.h"
#include "tests/support/scratch_folder.h"

namespace muxlab::bench {
namespace {

#if defined(__clang__)
constexpr std::string_view compiler = __VERSION__;  // "Clang 14.0.6"
#else
constexpr std::string_view compiler = "GCC " __VERSION__;
#endif

using Accept = std::function<std::unique_ptr<End>()>;

template <typename Value>
Value or_throw(Result<Value> result) {
  if (!result.ok()) throw std::runtime_error(result.failure().message);
  return std::move(result.value());
}

void require(bool holds, const Load& load, std::string_view what) {
  if (!holds) throw std::runtime_error(fmt::format("{}: {}", load.name, what));
}

// Until neither end has anything to say. What the server does counts.
void talk(Client& client, End& server) {
  while (!client.output().empty() || !server.output().empty()) {
    while (!client.output().empty()) {
      const Bytes piece = client.output().front();
      counted([&] { server.receive(piece); });
      client.sent(piece.size());
    }
    while (!server.output().empty()) {
      const Bytes piece = server.output().front();
      client.receive(piece);
      counted([&] { server.sent(piece.size()); });
    }
  }
}

// Works off a load on servers of one kind.
class Visit {
 public:
  Visit(const Load& load, Accept accept)
      : load_(load),
        accept_(std::move(accept)),
        identity_(or_throw(tls::ClientIdentity::make(
            std::nullopt, {load.protocol == Protocol::http2 ? "h2" : "http/1.1"},
            load.resumes ? tls::Resumption::reuse_last : tls::Resumption::never))) {}

  void work(std::size_t units) {
    if (load_.unit != Load::Unit::request) {
      for (std::size_t each = 0; each < units; ++each) connect_once();
      return;
    }
    for (std::size_t each = 0; each < units; each += load_.streams_at_once) ask();
  }

 private:
  void ask() {
    if (!client_) open();
    const std::size_t before = client_->answers();
    client_->ask(load_.streams_at_once);
    talk(*client_, *server_);
    require(client_->answers() == before + load_.streams_at_once, load_, "was not answered");
  }

  void open() {
    if (load_.tls) {
      client_ = std::make_unique<TlsClient>(load_, identity_);
    } else {
      client_ = make_client(load_);
    }
    server_ = counted(accept_);
    talk(*client_, *server_);
  }

  void connect_once() {
    open();
    const auto& client = static_cast<const TlsClient&>(*client_);
    require(client.is_open(), load_, "no handshake");
    require(client.resumed() == (load_.resumes && visited_), load_, "resumed?");
    if (load_.unit == Load::Unit::connection) ask();
    counted([this] { server_.reset(); });
    client_.reset();
    visited_ = true;
  }

  const Load& load_;
  Accept accept_;
  tls::ClientIdentity identity_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<End> server_;
  bool visited_ = false;
};

// What comes first is not counted: buffers grow, HPACK's tables fill, a first connection opens.
// Then all is counted twice, to see how well a figure repeats.
void measure(const Load& load, std::string_view server, const Accept& accept, bool once) {
  Visit visit{load, accept};
  const std::size_t units = once ? 1 : load.units();
  visit.work(std::max<std::size_t>(units / 5, 2));
  for (int round = 0; round < 2; ++round) {
    forget_what_was_counted();
    visit.work(units);
    write_what_was_counted(fmt::format("{} {}", load.name, server).c_str());
  }
}

// What a session of ours answers to a load of HTTP/1.1.
std::string http1_answer(Load load, const tls::ServerIdentity& identity) {
  if (load.protocol != Protocol::http11) return {};
  load.tls = false;
  load.unit = Load::Unit::request;
  const MuxlabServer server{load, identity};
  const auto client = make_client(load);
  const auto session = server.accept();
  client->ask(1);
  session->receive(client->output().front());
  std::string answer;
  while (!session->output().empty()) {
    const Bytes piece = session->output().front();
    answer += text_of(piece);
    session->sent(piece.size());
  }
  return answer;
}

std::string_view name_of(Load::Unit unit) {
  switch (unit) {
    case Load::Unit::request:
      return "request";
    case Load::Unit::handshake:
      return "handshake";
    case Load::Unit::connection:
      return "connection";
  }
  return "";
}

void measure_all(const std::vector<Load>& wanted, bool once) {
  const test::ScratchFolder folder;
  const auto files =
      or_throw(tls::ensure_certificates(folder.path(), {}, std::chrono::system_clock::now()));
  const auto identity = or_throw(tls::ServerIdentity::load(
      files.server, files.server_key, {"h2", "http/1.1"}, tls::TicketKeys::random()));
  fmt::print("{{\"compiler\": \"{}\", \"nghttp2\": \"{}\", \"openssl\": \"{}\", \"loads\": {}}}\n",
             compiler, http2::nghttp2_library_version(), tls::openssl_library_version(),
             wanted.size());
  for (const Load& load : wanted) {
    const MuxlabServer muxlab{load, identity};
    const Accept accept = [&muxlab] { return muxlab.accept(); };
    measure(load, "muxlab", accept, once);
    if (load.tls || load.protocol == Protocol::http2) {
      const BareServer bare{load, files.server, files.server_key, http1_answer(load, identity)};
      const Accept accept_bare = [&bare] { return bare.accept(); };
      measure(load, "bare", accept_bare, once);
    }
    fmt::print(
        R"({{"name": "{}", "title": "{}", "protocol": "{}", "tls": {}, "content_bytes": {}, "unit": "{}", "units": {}}})"
        "\n",
        load.name, load.title, muxlab::name_of(load.protocol), load.tls, load.content_bytes,
        name_of(load.unit), load.units());
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace muxlab::bench

int main(int argc, char** argv) {
  using namespace muxlab::bench;
  std::vector<Load> wanted;
  bool once = false;
  for (const std::string_view word : std::vector<std::string_view>{argv + 1, argv + argc}) {
    const auto named = std::find_if(all_loads().begin(), all_loads().end(),
                                    [word](const Load& load) { return load.name == word; });
    if (named != all_loads().end()) {
      wanted.push_back(*named);
    } else if (word == "--once") {
      once = true;
    } else {
      fmt::print(stderr, "there is no load \"{}\"; there are", word);
      for (const Load& load : all_loads()) fmt::print(stderr, " {}", load.name);
      fmt::print(stderr, "\n");
      return 2;
    }
  }
  try {
    measure_all(wanted.empty() ? all_loads() : wanted, once);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "instructions: {}\n", problem.what());
    return 1;
  }
}
