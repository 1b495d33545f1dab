#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "engine/data/plain_number.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

/// Days since 1970-01-01 of a date in the Gregorian calendar, and back.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (public domain).
std::int64_t daysFromCivil(std::int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto yearOfEra = static_cast<unsigned>(year - era * 400);
    const unsigned dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const unsigned dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146097 + static_cast<std::int64_t>(dayOfEra) - 719468;
}

struct Civil {
    std::int64_t year;
    unsigned month;
    unsigned day;
};

Civil civilFromDays(std::int64_t days)
{
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const auto dayOfEra = static_cast<unsigned>(days - era * 146097);
    const unsigned yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned shifted = (5 * dayOfYear + 2) / 153;
    const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
    return {
        static_cast<std::int64_t>(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0),
        month,
        dayOfYear - (153 * shifted + 2) / 5 + 1};
}

unsigned daysInMonth(std::int64_t year, unsigned month)
{
    static constexpr std::array<unsigned, 12> kDays = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return kDays[month - 1] + (month == 2 && isLeap ? 1U : 0U);
}

/// Takes pieces from the front of a text.
class Cursor {
  public:
    explicit Cursor(std::string_view text)
        : m_text(text)
    {
    }

    bool isAtEnd() const { return m_text.empty(); }
    char peek() const { return m_text.empty() ? '\0' : m_text.front(); }
    bool take(char c)
    {
        if (peek() != c || m_text.empty()) {
            return false;
        }
        m_text.remove_prefix(1);
        return true;
    }
    void skipBlanks()
    {
        while (take(' ')) {
        }
    }
    /// Digits, between `fewest` and `most` of them.
    bool
    takeNumber(std::size_t fewest, std::size_t most, unsigned& value, std::size_t* length = nullptr)
    {
        std::size_t count = 0;
        value = 0;
        while (count < m_text.size() && count < most && m_text[count] >= '0' &&
               m_text[count] <= '9') {
            value = value * 10 + static_cast<unsigned>(m_text[count] - '0');
            ++count;
        }
        if (count < fewest ||
            (count < m_text.size() && m_text[count] >= '0' && m_text[count] <= '9')) {
            return false;
        }
        m_text.remove_prefix(count);
        if (length != nullptr) {
            *length = count;
        }
        return true;
    }
    /// An English month's name or its first three letters.
    bool takeMonth(unsigned& month)
    {
        static constexpr std::array<std::string_view, 12> kNames = {
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december"};
        std::size_t count = 0;
        while (count < m_text.size() && (static_cast<unsigned char>(m_text[count]) | 0x20) >= 'a' &&
               (static_cast<unsigned char>(m_text[count]) | 0x20) <= 'z') {
            ++count;
        }
        const std::string word = lowered(m_text.substr(0, count));
        for (std::size_t i = 0; i < kNames.size(); ++i) {
            if (count >= 3 && (word == kNames[i] || word == kNames[i].substr(0, 3))) {
                month = static_cast<unsigned>(i + 1);
                m_text.remove_prefix(count);
                return true;
            }
        }
        return false;
    }

  private:
    std::string_view m_text;
};

/// "13:05", "13:05:30.25", then an optional "Z" or "+02:00"; the offset is taken off.
bool parseTimeOfDay(Cursor& cursor, double& fraction)
{
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    double part = 0;
    if (!cursor.takeNumber(1, 2, hour) || !cursor.take(':') || !cursor.takeNumber(2, 2, minute)) {
        return false;
    }
    if (cursor.take(':')) {
        if (!cursor.takeNumber(2, 2, second)) {
            return false;
        }
        if (cursor.take('.')) {
            unsigned digits = 0;
            std::size_t length = 0;
            if (!cursor.takeNumber(1, 9, digits, &length)) {
                return false;
            }
            part = digits / std::pow(10.0, static_cast<double>(length));
        }
    }
    if (hour > 24 || minute > 59 || second > 60) {
        return false;
    }
    double offset = 0;
    if (!cursor.take('Z') && (cursor.peek() == '+' || cursor.peek() == '-')) {
        const double sign = cursor.take('-') ? -1 : (cursor.take('+'), 1);
        unsigned hours = 0;
        unsigned minutes = 0;
        if (!cursor.takeNumber(2, 2, hours) || !cursor.take(':') ||
            !cursor.takeNumber(2, 2, minutes)) {
            return false;
        }
        offset = sign * (hours * 60.0 + minutes) / 1440.0;
    }
    fraction = (hour * 3600.0 + minute * 60.0 + second + part) / 86400.0 - offset;
    return true;
}

bool parseCalendarDay(
    Cursor& cursor, DateOrder order, unsigned& year, unsigned& month, unsigned& day)
{
    if (cursor.takeMonth(month)) { // Jan 31 2012
        cursor.take('.');
        cursor.skipBlanks();
        if (!cursor.takeNumber(1, 2, day)) {
            return false;
        }
        cursor.take(',');
        cursor.skipBlanks();
        return cursor.takeNumber(4, 4, year);
    }
    unsigned first = 0;
    std::size_t length = 0;
    if (!cursor.takeNumber(1, 4, first, &length)) {
        return false;
    }
    const char separator = cursor.peek();
    if (length == 4) {
        year = first;
        return (separator == '-' || separator == '/' || separator == '.') &&
               cursor.take(separator) && cursor.takeNumber(1, 2, month) && cursor.take(separator) &&
               cursor.takeNumber(1, 2, day);
    }
    if (length > 2) {
        return false;
    }
    if (separator == ' ' || separator == '-') {
        cursor.take(separator);
        if (cursor.takeMonth(month)) { // 31 Jan 2012, 31-Jan-2012
            cursor.take('.');
            if (!cursor.take(separator)) {
                return false;
            }
            day = first;
            return cursor.takeNumber(4, 4, year);
        }
        if (separator == ' ') {
            return false;
        }
    } else if ((separator != '/' && separator != '.') || !cursor.take(separator)) {
        return false;
    }
    unsigned second = 0;
    if (!cursor.takeNumber(1, 2, second) || !cursor.take(separator) ||
        !cursor.takeNumber(4, 4, year)) {
        return false;
    }
    const bool isMonthFirst = order == DateOrder::MonthDayYear && separator != '.';
    month = isMonthFirst ? first : second;
    day = isMonthFirst ? second : first;
    return true;
}

/// "2012-01-31" and nothing else.
bool takeIsoDay(std::string_view text, unsigned& year, unsigned& month, unsigned& day)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    const char digits[8] = {text[0], text[1], text[2], text[3], text[5], text[6], text[8], text[9]};
    std::uint64_t word = 0;
    std::memcpy(&word, digits, sizeof word);
    if (!areDigits(word)) {
        return false;
    }
    const auto number = static_cast<unsigned>(eightDigits(word));
    year = number / 10'000;
    month = number / 100 % 100;
    day = number % 100;
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

} // namespace

bool parseDate(std::string_view text, double& days, DateOrder order)
{
    text = trimmed(text);
    if (text.size() < 8 || text.size() > 40) {
        return false;
    }
    Cursor cursor(text);
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (takeIsoDay(text, year, month, day)) { // most dates of tables
        days = static_cast<double>(daysFromCivil(year, month, day));
        return true;
    }
    if (!parseCalendarDay(cursor, order, year, month, day) || year < 1 || month < 1 || month > 12 ||
        day < 1 || day > daysInMonth(year, month)) {
        return false;
    }
    double fraction = 0;
    if (!cursor.isAtEnd()) {
        if (!cursor.take('T') && !cursor.take(' ')) {
            return false;
        }
        cursor.skipBlanks();
        if (!parseTimeOfDay(cursor, fraction) || !cursor.isAtEnd()) {
            return false;
        }
    }
    days = static_cast<double>(daysFromCivil(year, month, day)) + fraction;
    return true;
}

CalendarDay calendarDay(double days)
{
    const Civil date = civilFromDays(static_cast<std::int64_t>(std::floor(days)));
    return {static_cast<int>(date.year), static_cast<int>(date.month), static_cast<int>(date.day)};
}

std::string formatDate(double days)
{
    const double whole = std::floor(days);
    const Civil civil = civilFromDays(static_cast<std::int64_t>(whole));
    const auto minutes = static_cast<int>((days - whole) * 1440.0);
    std::string text = fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
    if (minutes > 0) {
        text += fmt::format(" {:02}:{:02}", minutes / 60, minutes % 60);
    }
    return text;
}

double yearFraction(double days)
{
    // Of the mean Gregorian year: an exported model computes it with three simple operations, and
    // never more than two days beside the calendar.
    const double years = days / 365.2425;
    return years - std::floor(years);
}

} // namespace ty::engine
