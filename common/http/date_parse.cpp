#include "common/http/date_parse.h"

#include <array>
#include <tuple>

#include "common/http/field_text.h"

namespace muxlab::http {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct TimeOfDay {
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// Reads a text from front to back. The first thing out of place makes it bad; what is read after
// that does not count.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  void expect(std::string_view text) {
    good_ = good_ && rest_.starts_with(text);
    if (good_) rest_.remove_prefix(text.size());
  }

  int digits(std::size_t count) {
    int number = 0;
    for (; count > 0; --count) {
      good_ = good_ && !rest_.empty() && is_digit(rest_.front());
      if (!good_) return 0;
      number = number * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }

  weekday full_weekday() { return weekday{name_of(weekdays, longest_name)}; }
  weekday short_weekday() { return weekday{name_of(weekdays, 3)}; }
  month month_name() { return month{name_of(months, 3) + 1}; }
  day two_digit_day() { return day{static_cast<unsigned>(digits(2))}; }

  // asctime's day: " 6" or "16".
  day padded_day() {
    if (!rest_.starts_with(' ')) return two_digit_day();
    rest_.remove_prefix(1);
    return day{static_cast<unsigned>(digits(1))};
  }

  TimeOfDay clock() {
    TimeOfDay time;
    time.hour = digits(2);
    expect(":");
    time.minute = digits(2);
    expect(":");
    time.second = digits(2);
    return time;
  }

  bool at_good_end() const { return good_ && rest_.empty(); }

 private:
  static constexpr std::size_t longest_name = 9;  // "Wednesday"

  // The index of the name that stands next, cut to so many letters. The case matters.
  template <std::size_t count>
  unsigned name_of(const std::array<std::string_view, count>& names, std::size_t letters) {
    for (unsigned index = 0; index < names.size(); ++index) {
      const std::string_view name = names[index].substr(0, letters);
      if (!rest_.starts_with(name)) continue;
      rest_.remove_prefix(name.size());
      return index;
    }
    good_ = false;
    return 0;
  }

  std::string_view rest_;
  bool good_ = true;
};

// 23:59:60 is a leap second; it counts as the next one.
bool exists(const TimeOfDay& time) {
  const bool leap_second = time.hour == 23 && time.minute == 59 && time.second == 60;
  return time.hour < 24 && time.minute < 60 && (time.second < 60 || leap_second);
}

std::optional<sys_seconds> point_in_time(weekday name, year_month_day date, const TimeOfDay& time) {
  if (!date.ok() || !exists(time) || weekday{sys_days{date}} != name) return std::nullopt;
  return sys_seconds{sys_days{date}} + std::chrono::hours{time.hour} +
         std::chrono::minutes{time.minute} + seconds{time.second};
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<sys_seconds> parse_imf_fixdate(std::string_view text) {
  Reader reader{text};
  const weekday name = reader.short_weekday();
  reader.expect(", ");
  const day of_month = reader.two_digit_day();
  reader.expect(" ");
  const month named_month = reader.month_name();
  reader.expect(" ");
  const year full_year{reader.digits(4)};
  reader.expect(" ");
  const TimeOfDay time = reader.clock();
  reader.expect(" GMT");
  if (!reader.at_good_end()) return std::nullopt;
  return point_in_time(name, {full_year, named_month, of_month}, time);
}

// The latest year with these last two digits that is not more than 50 years in the future (RFC 9110
// section 5.6.7). Compared field by field, for 29 February does not exist in every year.
year year_of_two_digits(int two_digits, month named_month, day of_month, const TimeOfDay& time,
                        sys_seconds now) {
  const sys_days today = std::chrono::floor<std::chrono::days>(now);
  const year_month_day date{today};
  const int limit = static_cast<int>(date.year()) + 50;
  int full_year = limit - limit % 100 + two_digits;
  if (full_year > limit) full_year -= 100;

  const auto second_of_day = seconds{time.hour * 3600 + time.minute * 60 + time.second};
  const bool later_in_its_year = std::tuple{named_month, of_month, second_of_day} >
                                 std::tuple{date.month(), date.day(), now - today};
  if (full_year == limit && later_in_its_year) full_year -= 100;
  return year{full_year};
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<sys_seconds> parse_rfc850_date(std::string_view text, sys_seconds now) {
  Reader reader{text};
  const weekday name = reader.full_weekday();
  reader.expect(", ");
  const day of_month = reader.two_digit_day();
  reader.expect("-");
  const month named_month = reader.month_name();
  reader.expect("-");
  const int two_digits = reader.digits(2);
  reader.expect(" ");
  const TimeOfDay time = reader.clock();
  reader.expect(" GMT");
  if (!reader.at_good_end()) return std::nullopt;
  const year full_year = year_of_two_digits(two_digits, named_month, of_month, time, now);
  return point_in_time(name, {full_year, named_month, of_month}, time);
}

// "Sun Nov  6 08:49:37 1994"
std::optional<sys_seconds> parse_asctime_date(std::string_view text) {
  Reader reader{text};
  const weekday name = reader.short_weekday();
  reader.expect(" ");
  const month named_month = reader.month_name();
  reader.expect(" ");
  const day of_month = reader.padded_day();
  reader.expect(" ");
  const TimeOfDay time = reader.clock();
  reader.expect(" ");
  const year full_year{reader.digits(4)};
  if (!reader.at_good_end()) return std::nullopt;
  return point_in_time(name, {full_year, named_month, of_month}, time);
}

}  // namespace

std::optional<sys_seconds> parse_http_date(std::string_view text, sys_seconds now) {
  // The comma tells them apart: behind a short name, behind a long one, nowhere.
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return parse_asctime_date(text);
  return comma == 3 ? parse_imf_fixdate(text) : parse_rfc850_date(text, now);
}

}  // namespace muxlab::http
