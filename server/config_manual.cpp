#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "server/config_report.h"
#include "server/configuration/values.h"

namespace muxlab::server {
namespace {

using configuration::Change;
using configuration::Key;
using configuration::Place;

constexpr std::string_view opening = R"(.Dd November 29, 2026
.Dt MUXLAB.JSON 5
.Os muxlab
.Sh NAME
.Nm muxlab.json
.Nd configuration of muxlab
.Sh DESCRIPTION
All that
.Xr muxlab 1
can be told, in one file: JSON, with comments that begin with
.Ql // .
It is given by
.Fl -config ;
there is no other place where one is looked for.
Every key is optional, and what is not said has its default.
An option on the command line overrides the file.
A relative path is meant from the file's folder.
.Pp
A key that does not exist, a value of the wrong type or out of range is refused
with one line that names file, key and cure.
.Dl $ muxlab config --example > muxlab.json
.Dl $ muxlab config --check muxlab.json
.Pp
On
.Dv SIGHUP
the file is read again.
Keys that are changed by a restart alone then have to be as they were.
.Pp
Keys are written as JSON Pointers (RFC 6901):
.Ql /ports/site
is the member
.Ql site
of the member
.Ql ports .
)";

constexpr std::string_view lanes_opening = R"(.Ss A lane, an element of /lanes
Without
.Ql /lanes
there are those that
.Xr muxlab 1
lists; with it, those that it says, at most %d.
)";

constexpr std::string_view ending = R"(.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/muxlab/muxlab.json
What the service of Debian's package is given.
.El
.Sh EXAMPLES
Two lanes to compare, with HPACK's memory and without it:
.Bd -literal -offset indent
{
  "lanes": [
    {"name": "remembering", "protocol": "h2"},
    {"name": "forgetful", "protocol": "h2", "hpack_table": 0}
  ]
}
.Ed
.Sh SEE ALSO
.Xr muxlab 1
)";

// As text and nothing else: a backslash begins an escape, a full stop or an apostrophe in front a
// request (roff(7)). Each sentence has a line of its own, for mdoc(7) to space them.
std::string plain(std::string_view text) {
  std::string plain;
  if (text.starts_with('.') || text.starts_with('\'')) plain += "\\&";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between_sentences = text[i] == ' ' && i > 0 && text[i - 1] == '.';
    if (text[i] == '\\') {
      plain += "\\e";
    } else {
      plain += between_sentences ? '\n' : text[i];
    }
  }
  return plain;
}

template <typename Section>
std::string list_of(std::span<const Key<Section>> keys) {
  Section usual;
  std::string list = ".Bl -tag -width Ds\n";
  for (const Key<Section>& key : keys) {
    const Place place = key.place(usual);
    fmt::format_to(std::back_inserter(list), ".It Pa {}\n{}.\n.br\nIt is {}{}{}; ", key.pointer,
                   plain(key.reason), expectation(place, key.range),
                   key.range.unit == "bytes" ? ", in " : "",
                   key.range.unit == "bytes" ? key.range.unit : "");
    list += configuration::is_needed(place)
                ? "there is no default.\n"
                : fmt::format("the default is {}.\n", plain(value_of(place).dump()));
    list += key.change == Change::by_restart ? "Changed by a restart.\n" : "Changed by a reload.\n";
  }
  return list + ".El\n";
}

}  // namespace

std::string configuration_manual() {
  std::string lanes{lanes_opening};
  lanes.replace(lanes.find("%d"), 2, std::to_string(configuration::max_lanes));
  return fmt::format("{}.Sh KEYS\n.Ss The file\n{}{}{}{}", opening,
                     list_of(configuration::configuration_keys()), lanes,
                     list_of(configuration::lane_keys()), ending);
}

}  // namespace muxlab::server
