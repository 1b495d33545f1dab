#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ty::engine {

std::string_view trimmed(std::string_view text);
/// ASCII only; other bytes stay.
std::string lowered(std::string_view text);

/// "", "NA", "N/A", "NaN", "null", "?", "-", in any case, with blanks around them.
bool isMissingToken(std::string_view text);

/// A finite number with an optional sign, fraction and exponent, and nothing else; blanks around it
/// are fine.
/// @param decimal '.' or ','
bool parseNumber(std::string_view text, double& value, char decimal = '.');

/// How the days, months and years of a column of dates are written.
enum class DateOrder : std::uint8_t { YearMonthDay, DayMonthYear, MonthDayYear };

/// "2012-01-31", "2012/01/31 13:05:00", "2012-01-31T13:05:00.5Z", "31.01.2012", "1/31/2012", "Jan
/// 31 2012", "31 Jan 2012". `days` since 1970-01-01, the time of day as the fraction; years 1 to
/// 9999.
/// @param order what numbers like 3/4/2012 mean; dates that begin with the year are always year,
/// month, day
bool parseDate(std::string_view text, double& days, DateOrder order);
/// "2012-01-31", with " 13:05" if there is a time of day.
std::string formatDate(double days);
struct CalendarDay {
    int year = 1970;
    int month = 1; ///< 1..12
    int day = 1;   ///< 1..31
};
/// The day in the Gregorian calendar. @param days  since 1970-01-01, at most 3 million of either sign
CalendarDay calendarDay(double days);
/// 0 at the beginning of January, towards 1 at the end of the year; within two days of the
/// calendar.
double yearFraction(double days);

bool isUtf8(std::string_view text);
/// Adds a character by its number; nothing above 0x10ffff.
void appendUtf8(std::string& text, std::uint32_t character);
/// The same characters as UTF-8, where each byte is one of Windows-1252 (Latin-1 and its extras).
std::string utf8FromLatin1(std::string_view text);
/// `text` is UTF-8.
std::u32string utf32From(std::string_view text);
/// At most 40 bytes of it as UTF-8, for messages; "..." stands for the rest.
std::string shortened(std::string_view text);

/// Order in which people sort names: "2" before "10", numbers by value (also negative ones), then
/// text.
bool naturallyLess(std::string_view a, std::string_view b);

/// Number of single-character insertions, deletions, replacements and swaps of neighbours between
/// two texts; `limit + 1` as soon as it is larger than `limit`.
int editDistance(std::string_view a, std::string_view b, int limit);

/// "1 234 567"
std::string grouped(std::uint64_t number);
/// 1.5 -> "1.5", 3 -> "3"; the shortest text that gives the same float.
std::string formatNumber(float value);
/// The file's name without its folder and without suffixes such as ".csv.gz".
std::string nameWithoutSuffix(const std::string& path);
std::string fileName(const std::string& path);

} // namespace ty::engine
