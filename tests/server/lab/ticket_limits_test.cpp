#include "server/lab/ticket_limits.h"

#include <gtest/gtest.h>

namespace muxlab::test {
namespace {

using namespace std::chrono_literals;
using server::lab::TicketLimits;
using server::lab::WallTime;

constexpr WallTime noon{std::chrono::hours{24 * 365 * 50}};

// Of two connections: whether the ticket of the first is good for the second.
bool resumes(const tls::TicketEpochs& first, const tls::TicketEpochs& second) {
  return first.issued >= second.oldest;
}

TEST(TicketLimits, TakeEveryTicketUntilARunBeginsCold) {
  TicketLimits limits;
  const auto before = limits.epochs_for("h2", "192.0.2.7", noon);
  EXPECT_TRUE(resumes(before, limits.epochs_for("h2", "192.0.2.7", noon + 1s)));

  limits.refuse_older("h2", "192.0.2.7", noon + 2s);
  const auto cold = limits.epochs_for("h2", "192.0.2.7", noon + 3s);
  EXPECT_FALSE(resumes(before, cold));
  EXPECT_TRUE(resumes(cold, limits.epochs_for("h2", "192.0.2.7", noon + 4s)));
}

TEST(TicketLimits, HoldForOneClientOnOneLane) {
  TicketLimits limits;
  const auto before = limits.epochs_for("h2", "192.0.2.7", noon);
  limits.refuse_older("h2", "192.0.2.7", noon + 1s);

  EXPECT_TRUE(resumes(before, limits.epochs_for("h2", "192.0.2.8", noon + 2s)));
  EXPECT_TRUE(resumes(before, limits.epochs_for("h1", "192.0.2.7", noon + 2s)));
}

TEST(TicketLimits, TellTicketsApartThatWereIssuedInTheSameMicrosecond) {
  TicketLimits limits;
  const auto before = limits.epochs_for("h2", "192.0.2.7", noon);
  limits.refuse_older("h2", "192.0.2.7", noon);
  const auto after = limits.epochs_for("h2", "192.0.2.7", noon);

  EXPECT_FALSE(resumes(before, after));
  EXPECT_TRUE(resumes(after, limits.epochs_for("h2", "192.0.2.7", noon)));
}

// Counted from each process's start, the epochs of one that has begun many runs would all seem
// younger than another's.
TEST(TicketLimits, HoldForTicketsOfAnotherProcessHoweverManyRunsItHasBegun) {
  TicketLimits ours;
  TicketLimits theirs;
  for (int run = 0; run < 100; ++run) theirs.refuse_older("h2", "192.0.2.7", noon);
  const auto of_theirs = theirs.epochs_for("h2", "192.0.2.7", noon + 1s);
  ours.refuse_older("h2", "192.0.2.7", noon + 2s);

  EXPECT_FALSE(resumes(of_theirs, ours.epochs_for("h2", "192.0.2.7", noon + 3s)));
  const auto later = theirs.epochs_for("h2", "192.0.2.7", noon + 4s);
  EXPECT_TRUE(resumes(later, ours.epochs_for("h2", "192.0.2.7", noon + 5s)));
}

TEST(TicketLimits, HoldWhenTheClockIsSetBack) {
  TicketLimits limits;
  const auto before = limits.epochs_for("h2", "192.0.2.7", noon);
  limits.refuse_older("h2", "192.0.2.7", noon - 1h);
  const auto cold = limits.epochs_for("h2", "192.0.2.7", noon - 1h);

  EXPECT_FALSE(resumes(before, cold));
  EXPECT_TRUE(resumes(cold, limits.epochs_for("h2", "192.0.2.7", noon - 1h)));
}

TEST(TicketLimits, ForgetAllRatherThanRememberWithoutEnd) {
  TicketLimits limits;
  const auto before = limits.epochs_for("h2", "0", noon);
  limits.refuse_older("h2", "0", noon + 1s);
  for (int client = 1; client < 4096; ++client) {
    limits.refuse_older("h2", std::to_string(client), noon + 1s);
  }
  EXPECT_FALSE(resumes(before, limits.epochs_for("h2", "0", noon + 2s)));
  limits.refuse_older("h2", "4096", noon + 1s);
  EXPECT_TRUE(resumes(before, limits.epochs_for("h2", "0", noon + 2s)));
}

}  // namespace
}  // namespace muxlab::test
