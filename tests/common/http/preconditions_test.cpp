#include "common/http/preconditions.h"

#include <gtest/gtest.h>

#include <string>

namespace muxlab::test {
namespace {

using http::Headers;
using http::PreconditionVerdict;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr auto proceed = PreconditionVerdict::proceed;
constexpr auto not_modified = PreconditionVerdict::not_modified;
constexpr auto precondition_failed = PreconditionVerdict::precondition_failed;

constexpr sys_seconds now{seconds{1795168800}};     // November 2026
constexpr sys_seconds changed{seconds{783459811}};  // the standard's example, below
constexpr const char* before = "Sat, 29 Oct 1994 19:43:30 GMT";
constexpr const char* then = "Sat, 29 Oct 1994 19:43:31 GMT";
constexpr const char* later = "Sat, 29 Oct 1994 19:43:32 GMT";

http::Validators strong() {
  return {.etag = http::EntityTag{"xyzzy"}, .last_modified = changed};
}

PreconditionVerdict verdict(std::string_view method, const Headers& headers,
                            const http::Validators& current = strong()) {
  return http::weigh_preconditions(method, headers, current, now).verdict;
}

bool range_applies(std::string_view method, const Headers& headers,
                   const http::Validators& current = strong()) {
  return http::weigh_preconditions(method, headers, current, now).range_applies;
}

TEST(Preconditions, AbsentLetAllProceed) {
  EXPECT_EQ(verdict("GET", {}), proceed);
  EXPECT_EQ(verdict("PUT", {}), proceed);
}

TEST(IfMatch, WantsOneOfItsTagsStrongly) {
  const std::string list = R"("r2d2xxxx", "xyzzy", "c3piozzzz")";
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE"}) {
    EXPECT_EQ(verdict(method, {{"if-match", R"("xyzzy")"}}), proceed) << method;
    EXPECT_EQ(verdict(method, {{"if-match", list}}), proceed) << method;
    EXPECT_EQ(verdict(method, {{"if-match", "*"}}), proceed) << method;
    EXPECT_EQ(verdict(method, {{"if-match", R"("other")"}}), precondition_failed) << method;
    EXPECT_EQ(verdict(method, {{"if-match", R"(W/"xyzzy")"}}), precondition_failed) << method;
    EXPECT_EQ(verdict(method, {{"if-match", "xyzzy"}}), precondition_failed) << method;
  }
}

TEST(IfMatch, FailsWhereNothingIsOrNothingHasATag) {
  EXPECT_EQ(verdict("PUT", {{"if-match", "*"}}, {.exists = false}), precondition_failed);
  EXPECT_EQ(verdict("PUT", {{"if-match", R"("xyzzy")"}}, {.exists = false}), precondition_failed);
  EXPECT_EQ(verdict("PUT", {{"if-match", "*"}}, {}), proceed);
  EXPECT_EQ(verdict("PUT", {{"if-match", R"("xyzzy")"}}, {}), precondition_failed);
}

TEST(IfUnmodifiedSince, FailsAfterAChange) {
  EXPECT_EQ(verdict("GET", {{"if-unmodified-since", before}}), precondition_failed);
  EXPECT_EQ(verdict("PUT", {{"if-unmodified-since", before}}), precondition_failed);
  EXPECT_EQ(verdict("PUT", {{"if-unmodified-since", then}}), proceed);
  EXPECT_EQ(verdict("PUT", {{"if-unmodified-since", later}}), proceed);
}

TEST(IfUnmodifiedSince, IsIgnoredWhenItSaysNothing) {
  EXPECT_EQ(verdict("PUT", {{"if-unmodified-since", "long ago"}}), proceed);
  EXPECT_EQ(verdict("PUT", {{"if-unmodified-since", before}, {"if-unmodified-since", before}}),
            proceed);
  EXPECT_EQ(verdict("PUT", {{"if-unmodified-since", before}}, {}), proceed);
}

TEST(IfUnmodifiedSince, IsIgnoredBesideIfMatch) {
  EXPECT_EQ(verdict("PUT", {{"if-match", R"("xyzzy")"}, {"if-unmodified-since", before}}), proceed);
}

TEST(IfNoneMatch, SparesWhatTheClientHas) {
  for (const char* known : {R"("xyzzy")", R"(W/"xyzzy")", "*", R"("xyzzy", "r2d2xxxx")",
                            R"(W/"r2d2xxxx", W/"xyzzy", W/"c3piozzzz")"}) {
    EXPECT_EQ(verdict("GET", {{"if-none-match", known}}), not_modified) << known;
    EXPECT_EQ(verdict("HEAD", {{"if-none-match", known}}), not_modified) << known;
    EXPECT_EQ(verdict("PUT", {{"if-none-match", known}}), precondition_failed) << known;
  }
  EXPECT_EQ(verdict("GET", {{"if-none-match", R"("other")"}}), proceed);
  EXPECT_EQ(verdict("PUT", {{"if-none-match", R"("other")"}}), proceed);
}

TEST(IfNoneMatch, WithAStarLetsAPutCreateButNotReplace) {
  EXPECT_EQ(verdict("PUT", {{"if-none-match", "*"}}, {.exists = false}), proceed);
  EXPECT_EQ(verdict("PUT", {{"if-none-match", "*"}}, {}), precondition_failed);
}

TEST(IfNoneMatch, MalformedIsTakenOnTheSafeSide) {
  EXPECT_EQ(verdict("GET", {{"if-none-match", "xyzzy"}}), proceed);
  EXPECT_EQ(verdict("PUT", {{"if-none-match", "xyzzy"}}), precondition_failed);
  Headers too_many;
  for (std::size_t i = 0; i <= http::max_entity_tags; ++i)
    too_many.add("if-none-match", R"("xyzzy")");
  EXPECT_EQ(verdict("GET", too_many), proceed);
}

TEST(IfModifiedSince, SparesWhatDidNotChange) {
  EXPECT_EQ(verdict("GET", {{"if-modified-since", before}}), proceed);
  EXPECT_EQ(verdict("GET", {{"if-modified-since", then}}), not_modified);
  EXPECT_EQ(verdict("HEAD", {{"if-modified-since", later}}), not_modified);
  EXPECT_EQ(verdict("GET", {{"if-modified-since", "Saturday, 29-Oct-94 19:43:31 GMT"}}),
            not_modified);
  EXPECT_EQ(verdict("GET", {{"if-modified-since", "Sat Oct 29 19:43:31 1994"}}), not_modified);
}

TEST(IfModifiedSince, IsIgnoredWhenItSaysNothing) {
  EXPECT_EQ(verdict("PUT", {{"if-modified-since", later}}), proceed);
  EXPECT_EQ(verdict("GET", {{"if-modified-since", "0"}}), proceed);
  EXPECT_EQ(verdict("GET", {{"if-modified-since", later}, {"if-modified-since", later}}), proceed);
  EXPECT_EQ(verdict("GET", {{"if-modified-since", later}}, {}), proceed);
}

TEST(IfModifiedSince, IsIgnoredBesideIfNoneMatch) {
  EXPECT_EQ(verdict("GET", {{"if-none-match", R"("other")"}, {"if-modified-since", later}}),
            proceed);
  EXPECT_EQ(verdict("GET", {{"if-none-match", R"("xyzzy")"}, {"if-modified-since", before}}),
            not_modified);
}

TEST(Preconditions, AreWeighedInTheStandardsOrder) {  // RFC 9110 section 13.2.2
  struct Row {
    const char* if_match;
    const char* if_none_match;
    PreconditionVerdict get;
    PreconditionVerdict put;
  };
  constexpr const char* same = R"("xyzzy")";
  constexpr const char* other = R"("other")";
  for (const Row& row :
       {Row{same, other, proceed, proceed}, Row{same, same, not_modified, precondition_failed},
        Row{other, other, precondition_failed, precondition_failed},
        Row{other, same, precondition_failed, precondition_failed}}) {
    const Headers headers{{"if-none-match", row.if_none_match}, {"if-match", row.if_match}};
    EXPECT_EQ(verdict("GET", headers), row.get) << row.if_match << row.if_none_match;
    EXPECT_EQ(verdict("PUT", headers), row.put) << row.if_match << row.if_none_match;
  }
  EXPECT_EQ(verdict("GET", {{"if-unmodified-since", before}, {"if-none-match", same}}),
            precondition_failed);
  EXPECT_EQ(verdict("GET", {{"if-unmodified-since", then}, {"if-modified-since", then}}),
            not_modified);
}

TEST(Preconditions, DoNotConcernMethodsWithoutARepresentation) {  // RFC 9110 section 13.2.1
  for (const char* method : {"OPTIONS", "TRACE", "CONNECT"}) {
    EXPECT_EQ(verdict(method, {{"if-match", R"("other")"}}), proceed) << method;
    EXPECT_FALSE(range_applies(method, {{"range", "bytes=0-1"}})) << method;
  }
}

TEST(Range, AppliesToOneFieldOfAGet) {
  EXPECT_TRUE(range_applies("GET", {{"range", "bytes=0-1"}}));
  EXPECT_FALSE(range_applies("GET", {}));
  EXPECT_FALSE(range_applies("HEAD", {{"range", "bytes=0-1"}}));
  EXPECT_FALSE(range_applies("PUT", {{"range", "bytes=0-1"}}));
  EXPECT_FALSE(range_applies("GET", {{"range", "bytes=0-1"}, {"range", "bytes=2-3"}}));
}

TEST(Range, IsOfNoInterestUnlessAllOtherConditionsHold) {
  EXPECT_FALSE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-none-match", R"("xyzzy")"}}));
  EXPECT_FALSE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-match", R"("other")"}}));
  EXPECT_TRUE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-match", R"("xyzzy")"}}));
}

TEST(IfRange, WantsTheSameStrongTag) {
  struct Row {
    const char* asked;
    http::EntityTag current;
    bool applies;
  };
  for (const Row& row :
       {Row{R"("xyzzy")", {"xyzzy"}, true}, Row{R"("other")", {"xyzzy"}, false},
        Row{R"(W/"xyzzy")", {"xyzzy"}, false}, Row{R"("xyzzy")", {"xyzzy", true}, false},
        Row{R"(W/"xyzzy")", {"xyzzy", true}, false}, Row{R"("xyzzy", "other")", {"xyzzy"}, false},
        Row{"xyzzy", {"xyzzy"}, false}, Row{"*", {"xyzzy"}, false}, Row{"", {"xyzzy"}, false}}) {
    const http::Validators current{.etag = row.current};
    const Headers headers{{"range", "bytes=0-1"}, {"if-range", row.asked}};
    EXPECT_EQ(range_applies("GET", headers, current), row.applies) << row.asked;
    EXPECT_EQ(verdict("GET", headers, current), proceed) << row.asked;
  }
  EXPECT_FALSE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-range", R"("xyzzy")"}}, {}));
}

TEST(IfRange, WithADateWantsExactlyThatDateAndAStrongOne) {
  http::Validators current{.last_modified = changed, .last_modified_is_strong = true};
  EXPECT_TRUE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-range", then}}, current));
  EXPECT_FALSE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-range", before}}, current));
  EXPECT_FALSE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-range", later}}, current));
  current.last_modified_is_strong = false;
  EXPECT_FALSE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-range", then}}, current));
  EXPECT_FALSE(range_applies("GET", {{"range", "bytes=0-1"}, {"if-range", then}},
                             {.last_modified_is_strong = true}));
}

TEST(IfRange, TwiceOrWithoutRangeMeansTheWhole) {
  constexpr const char* same = R"("xyzzy")";
  EXPECT_FALSE(
      range_applies("GET", {{"range", "bytes=0-1"}, {"if-range", same}, {"if-range", same}}));
  EXPECT_FALSE(range_applies("GET", {{"if-range", same}}));
}

}  // namespace
}  // namespace muxlab::test
