#include "common/trace/run_trace.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace muxlab::trace {

std::string_view run_in(std::string_view path) {
  constexpr std::string_view folder = "/r/";
  if (!path.starts_with(folder)) return {};
  path.remove_prefix(folder.size());
  return path.substr(0, path.find_first_of("/?"));
}

// Only a client's own request can be promised on (RFC 9113 section 6.6): its path decides.
std::string_view owner_of(const ConnectionTrace& connection, const Exchange& exchange) {
  if (exchange.pushed) {
    const auto& all = connection.exchanges;
    const auto parent = std::find_if(all.rbegin(), all.rend(), [&](const Exchange& each) {
      return each.stream == exchange.promised_on;
    });
    if (parent != all.rend()) return run_in(parent->path);
  }
  return run_in(exchange.path);
}

std::unordered_set<std::uint32_t> streams_of_others(const ConnectionTrace& connection,
                                                    std::string_view run_id) {
  std::unordered_set<std::uint32_t> streams;
  if (run_id.empty()) return streams;
  for (const Exchange& exchange : connection.exchanges) {
    const std::string_view owner = owner_of(connection, exchange);
    if (!owner.empty() && owner != run_id) streams.insert(exchange.stream);
  }
  return streams;
}

std::vector<RunExchange> RunTrace::exchanges() const {
  std::vector<RunExchange> all;
  for (std::size_t index = 0; index < connections.size(); ++index) {
    const ConnectionTrace& connection = *connections[index];
    for (std::size_t exchange = 0; exchange < connection.exchanges.size(); ++exchange) {
      const bool own =
          run.id.empty() || owner_of(connection, connection.exchanges[exchange]) == run.id;
      if (own) all.push_back({index, exchange});
    }
  }
  // What was not received whole comes last.
  const auto received = [this](RunExchange which) {
    return at(which).received.value_or(Instant::max());
  };
  std::stable_sort(all.begin(), all.end(), [&](RunExchange one, RunExchange other) {
    return received(one) < received(other);
  });
  return all;
}

std::vector<const ClientReport*> reports_of(const RunTrace& trace,
                                            const std::vector<RunExchange>& exchanges) {
  std::map<std::string_view, std::deque<const ClientReport*>> by_path;
  for (const ClientReport& report : trace.run.reports) by_path[report.path].push_back(&report);
  std::vector<const ClientReport*> found;
  for (const RunExchange& which : exchanges) {
    auto& left = by_path[trace.at(which).path];
    found.push_back(left.empty() ? nullptr : left.front());
    if (!left.empty()) left.pop_front();
  }
  return found;
}

}  // namespace muxlab::trace
