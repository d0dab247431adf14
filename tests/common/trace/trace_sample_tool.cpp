// Writes a run that was made by hand to standard output: trace_sample pcapng|har|json
#include <cstdio>
#include <string_view>

#include "tests/common/trace/sample_run.h"

int main(int count, char** words) {
  const std::string_view format = count > 1 ? words[1] : "json";
  const auto run = muxlab::test::sample_run();
  const std::string all = muxlab::test::all_of(
      format == "pcapng" ? muxlab::trace::pcapng(run, muxlab::trace::Vantage::client)
      : format == "har"  ? muxlab::trace::har(run)
                         : muxlab::trace::trace_json(run));
  return std::fwrite(all.data(), 1, all.size(), stdout) == all.size() ? 0 : 1;
}
