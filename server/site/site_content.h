// All that a site serves, at one moment. Immutable, so all workers share it without a lock; an edit
// makes another one, and each worker goes over to it when it gets to it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/site/demo_pages.h"
#include "server/site/files.h"
#include "server/site/page_json.h"
#include "server/site/page_template.h"
#include "server/site/site_description.h"

namespace muxlab::server::site {

// The demo pages that are made (mosaic, objects, upload) belong to the built-in site. In a folder
// of the user's own nothing is served but its files, whatever they are.
enum class SiteKind { built_in, folder };

// Far more than a person would choose from.
inline constexpr std::size_t max_pages = 256;

struct SiteContent {
  std::filesystem::path folder;
  SiteKind kind = SiteKind::folder;
  Files files;
  SiteDescription description;            // site.json
  PageTemplate problem;                   // for every answer that says what is wrong
  std::shared_ptr<const DemoPages> demo;  // null in a folder of the user's own
  PageDescriptions pages;                 // those of page.json files in the order of their names
  // What is not as its owner may think, a sentence each, sorted.
  std::vector<std::string> remarks;
};

// Reads the folder. A failure is a line that ends the start: it names the file and the cure. What
// is wrong with one file of a folder of the user's own is no failure but a remark.
Result<std::shared_ptr<const SiteContent>> load_site(const std::filesystem::path& folder,
                                                     SiteKind kind = SiteKind::built_in);

// The same site as the folder is now: `previous` itself when nothing changed, which takes some
// microseconds a file to find out; else another one that shares with it all that did not change.
// Needs a previous one. A failure leaves the previous one in force; while its cause lasts, every
// call says the same line again.
Result<std::shared_ptr<const SiteContent>> reload_if_changed(
    const std::shared_ptr<const SiteContent>& previous);

}  // namespace muxlab::server::site
