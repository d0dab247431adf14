// page.json: what it says of a page, and that each mistake is named by member and cure.
#include "server/site/page_json.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace muxlab::test {
namespace {

using json::Json;
using server::site::read_page_json;

std::string fault_of(std::string_view text) {
  const auto read = read_page_json(text, "a");
  return read.ok() ? "none" : read.failure().message;
}

TEST(PageJson, GivesWhatItSays) {
  const std::string text = R"({"page":"a/b c","title":"A","parameters":{
    "n":{"default":1,"min":-1,"max":1024},"word":{"default":"x"},"on":{"default":true}},
    "resources":[{"path":"x.css?n=1","type":"style","found_in":"index.html","blocks":"render",
    "priority":"u=0"}]})";
  EXPECT_EQ(read_page_json(text, "a/b c").value(), Json::parse(text));
}

TEST(PageJson, FillsInWhatIsLeftOut) {
  EXPECT_EQ(read_page_json(R"({"page": "a"})", "a").value().dump(),
            R"({"page":"a","title":"a","parameters":{},"resources":[]})");
  EXPECT_EQ(read_page_json(R"({"page": ""})", "").value()["page"], "");
}

TEST(PageJson, NamesTheMemberThatIsWrong) {
  const std::string whole = "must be a whole number, as its limits are";
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "is no JSON: line 1, column 1"},
      {"{\"page\": \"\xff\"}", "is no JSON: line 1, column 11"},
      {R"({"page": "a", "page": "a"})", R"(has the name "page" twice in one object)"},
      {R"({"page": "a", "resources": )" + std::string(100'000, '['), "is nested deeper than 64"},
      {R"({"page": "a", "parameters": {"n": {"default": 1e400}}})",
       "has a number that is too large"},
      {"null", "the whole must be an object with page"},
      {"[]", "the whole must be an object with page"},
      {"{}", R"(page must be "a", the folder it stands in)"},
      {R"({"page": 1})", R"(page must be "a", the folder it stands in)"},
      {R"({"page": null})", R"(page must be "a")"},
      {R"({"page": ["a"]})", R"(page must be "a")"},
      {R"({"page": "b"})", R"(page must be "a")"},
      {R"({"page": "a", "name": "x"})", R"("name" is unknown here: there are page, title, )"},
      {R"({"page": "a", "title": 1})", "title must be a text"},
      {R"({"page": "a", "title": null})", "title must be a text"},
      {R"({"page": "a", "parameters": null})", "parameters must be an object of at most 64"},
      {R"({"page": "a", "parameters": []})", "parameters must be an object of at most 64"},
      {R"({"page": "a", "parameters": {"n": 1}})", R"(parameters["n"] must be an object with)"},
      {R"({"page": "a", "parameters": {"n": {}}})",
       R"(parameters["n"].default must be a number, )"},
      {R"({"page": "a", "parameters": {"n": {"default": null}}})", R"(["n"].default must be a)"},
      {R"({"page": "a", "parameters": {"n": {"default": {}}}})", R"(["n"].default must be a)"},
      {R"({"page": "a", "parameters": {"n": {"default": 1, "least": 1}}})",
       R"(parameters["n"]."least" is unknown here: there are default, min, max)"},
      {R"({"page": "a", "parameters": {"n": {"default": 1, "min": 1}}})", R"(["n"].max )" + whole},
      {R"({"page": "a", "parameters": {"n": {"min": 1, "max": 2}}})", R"(["n"].default )" + whole},
      {R"({"page": "a", "parameters": {"n": {"default": 1, "min": "1", "max": 2}}})",
       R"(["n"].min )" + whole},
      {R"({"page": "a", "parameters": {"n": {"default": 1.5, "min": 1, "max": 2}}})",
       R"(["n"].default )" + whole},
      {R"({"page": "a", "parameters": {"n": {"default": 1, "min": 1, "max": 18446744073709551615}}})",
       R"(["n"].max )" + whole},
      {R"({"page": "a", "parameters": {"n": {"default": 3, "min": 1, "max": 2}}})",
       R"(["n"].default must lie between min and max)"},
      {R"({"page": "a", "resources": {}})", "resources must be a list of at most 4096"},
      {R"({"page": "a", "resources": [{"path": "x"}, 1]})",
       "resources[1] must be an object with a"},
      {R"({"page": "a", "resources": [{}]})", "resources[0].path is missing"},
      {R"({"page": "a", "resources": [{"path": 1}]})", "resources[0].path must be a text"},
      {R"({"page": "a", "resources": [{"path": "x", "type": []}]})", "resources[0].type must be a"},
      {R"({"page": "a", "resources": [{"path": "x", "blocks": null}]})",
       "resources[0].blocks must"},
      {R"({"page": "a", "resources": [{"path": "x", "size": 1}]})",
       R"(resources[0]."size" is unknown here: there are path, type)"},
  };
  for (const auto& [text, sentence] : table) {
    const std::string fault = fault_of(text);
    EXPECT_NE(fault.find(sentence), std::string::npos) << text << "\n" << fault;
  }
}

TEST(PageJson, ListsSoMuchAndNoMore) {
  Json page{{"page", "a"}, {"resources", Json::array()}};
  for (std::size_t i = 0; i < server::site::max_page_resources; ++i) {
    page["resources"].push_back({{"path", std::to_string(i)}});
  }
  EXPECT_EQ(fault_of(page.dump()), "none");
  page["resources"].push_back({{"path", "x"}});
  EXPECT_EQ(fault_of(page.dump()), "resources must be a list of at most 4096");
}

}  // namespace
}  // namespace muxlab::test
