// One load of a page, as a browser does it: the index on one connection, with its end all that is
// found in it, on as many connections as the way allows. Owns the connections and the list of
// fetches; whoever drives it carries the bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/fetch_board.h"
#include "client/http2_session.h"
#include "client/page_plan.h"
#include "client/session_options.h"
#include "common/base/connection_facts.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/connection/connection.h"
#include "common/tls/client_identity.h"

namespace muxlab::client {

// How a page is loaded: the dialect, and what the client makes of it.
struct Way {
  Protocol protocol = Protocol::http11;  // or http2
  // Most at once; browsers use 6 on HTTP/1.1. HTTP/2 uses one whatever stands here.
  std::size_t connections = 6;
  http::Headers fields = {};  // sent with every request
  bool one_by_one = false;    // SessionOptions
  // On HTTP/1.1 a connection is opened for one fetch, which waits until it is, as with libcurl.
  // Browsers let whichever connection is ready first have it.
  bool binds_early = false;
  http2::EndpointOptions endpoint = browser_endpoint;  // with HTTP/2
};

// So many connections in a row that end without one fetch done, and the rest is given up.
inline constexpr std::size_t max_fruitless_connections = 3;

class PageLoad {
 public:
  // Needs a way of HTTP/1.1 or HTTP/2 with a connection at least, and paths and an authority of
  // visible ASCII. `identity`, null for cleartext, outlives the load and offers the way's protocol
  // by ALPN.
  PageLoad(const PagePlan& plan, const Way& way, const tls::ClientIdentity* identity,
           std::string authority, Instant now);
  PageLoad(const PageLoad&) = delete;
  PageLoad& operator=(const PageLoad&) = delete;

  // Opens one more connection if one is wanted: a fetch waits that no open connection will take,
  // and the way allows it. Gives its index. Call until none, at the start and after every pump.
  std::optional<std::size_t> open_next(Instant now);

  // Needs an index from open_next() that is not closed. The driver pumps it, carries its output
  // away and its input in, and says when it is over. Where a fetch was put back (a connection was
  // lost, a stream refused) another connection may take it: pump all once then.
  connection::Connection& connection(std::size_t index) { return *connections_[index]; }
  bool is_open(std::size_t index) const { return connections_[index] != nullptr; }

  // It is over, whoever ended it, and is no longer there.
  void closed(std::size_t index, Instant now);

  // Everything has arrived, or can't.
  bool done() const { return board_.settled(); }
  std::optional<Instant> finished_at() const { return board_.settled_at(); }
  const FetchBoard& fetches() const { return board_; }

  // Every fetch was answered whole and with 2xx; or the first that wasn't, and why. Needs done().
  Status outcome() const;

 private:
  bool wants_connection() const;
  std::unique_ptr<http::Session> make_session(const ConnectionFacts& facts, Instant now);

  const Way way_;
  const tls::ClientIdentity* const identity_;
  SessionOptions options_;
  FetchBoard board_;
  connection::SessionChooser choose_;
  std::vector<std::unique_ptr<connection::Connection>> connections_;  // null: closed
  std::size_t fruitless_connections_ = 0;  // in a row, since a fetch was done
  std::size_t done_before_ = 0;            // fetches, when the last connection was closed
};

}  // namespace muxlab::client
