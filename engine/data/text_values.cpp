#include "engine/data/text_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

namespace ty::engine {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equalsIgnoringCase(std::string_view text, std::string_view lowerCase)
{
    return text.size() == lowerCase.size() &&
           std::equal(text.begin(), text.end(), lowerCase.begin(), [](char a, char b) {
               return lower(a) == b;
           });
}

constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool parseSlowly(std::string_view text, double& value, char decimal)
{
    std::string copy(text);
    std::replace(copy.begin(), copy.end(), decimal, '.');
    const char* begin = copy.data() + (copy.front() == '+' ? 1 : 0);
    const auto parsed = std::from_chars(begin, copy.data() + copy.size(), value);
    return parsed.ec == std::errc() && parsed.ptr == copy.data() + copy.size() &&
           std::isfinite(value);
}

} // namespace

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isBlank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string lowered(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

bool isMissingToken(std::string_view text)
{
    if (text.size() > 4 && !isBlank(text.front()) && !isBlank(text.back())) {
        return false; // most cells
    }
    text = trimmed(text);
    switch (text.size()) {
    case 0:
        return true;
    case 1:
        return text[0] == '?' || text[0] == '-';
    case 2:
        return equalsIgnoringCase(text, "na");
    case 3:
        return equalsIgnoringCase(text, "n/a") || equalsIgnoringCase(text, "nan");
    case 4:
        return equalsIgnoringCase(text, "null");
    default:
        return false;
    }
}

bool parseNumber(std::string_view text, double& value, char decimal)
{
    text = trimmed(text);
    const char* at = text.data();
    const char* const end = at + text.size();
    bool isNegative = false;
    if (at != end && (*at == '-' || *at == '+')) {
        isNegative = *at == '-';
        ++at;
    }
    std::uint64_t mantissa = 0;
    int digits = 0;
    int exponent = 0;
    const char* const start = at;
    while (at != end && isDigit(*at)) {
        mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
        ++at;
    }
    digits = static_cast<int>(at - start);
    if (at != end && *at == decimal) {
        ++at;
        const char* const fraction = at;
        while (at != end && isDigit(*at)) {
            mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
            ++at;
        }
        exponent = -static_cast<int>(at - fraction);
        digits -= exponent;
    }
    if (digits == 0) {
        return false;
    }
    if (at != end) {
        if (*at != 'e' && *at != 'E') {
            return false;
        }
        const char* mark = at + 1;
        if (mark != end && (*mark == '-' || *mark == '+')) {
            ++mark;
        }
        if (mark == end || !std::all_of(mark, end, isDigit)) {
            return false;
        }
        return parseSlowly(text, value, decimal);
    }
    // Exact below 2^53 with a power of ten that is exact itself (Clinger 1990); otherwise the
    // careful way.
    if (digits <= 19 && mantissa <= (std::uint64_t{1} << 53) && exponent >= -22) {
        const double magnitude =
            static_cast<double>(mantissa) / kPowersOfTen[static_cast<std::size_t>(-exponent)];
        value = isNegative ? -magnitude : magnitude;
        return true;
    }
    return parseSlowly(text, value, decimal);
}

bool naturallyLess(std::string_view a, std::string_view b)
{
    double valueA = 0;
    double valueB = 0;
    const bool isNumberA = parseNumber(a, valueA);
    const bool isNumberB = parseNumber(b, valueB);
    if (isNumberA != isNumberB) {
        return isNumberA;
    }
    if (isNumberA && valueA != valueB) {
        return valueA < valueB;
    }
    std::size_t i = 0;
    std::size_t k = 0;
    while (i < a.size() && k < b.size()) {
        if (isDigit(a[i]) && isDigit(b[k])) {
            const auto skipZeros = [](std::string_view text, std::size_t at) {
                while (at + 1 < text.size() && text[at] == '0' && isDigit(text[at + 1])) {
                    ++at;
                }
                return at;
            };
            i = skipZeros(a, i);
            k = skipZeros(b, k);
            std::size_t endA = i;
            std::size_t endB = k;
            while (endA < a.size() && isDigit(a[endA])) {
                ++endA;
            }
            while (endB < b.size() && isDigit(b[endB])) {
                ++endB;
            }
            if (endA - i != endB - k) {
                return endA - i < endB - k;
            }
            const int order = a.substr(i, endA - i).compare(b.substr(k, endB - k));
            if (order != 0) {
                return order < 0;
            }
            i = endA;
            k = endB;
            continue;
        }
        if (a[i] != b[k]) {
            return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[k]);
        }
        ++i;
        ++k;
    }
    if (a.size() - i != b.size() - k) {
        return a.size() - i < b.size() - k;
    }
    return a < b; // "01" and "1" are different names: keep the order total
}

int editDistance(std::string_view a, std::string_view b, int limit)
{
    const auto longer = static_cast<int>(std::max(a.size(), b.size()));
    const auto shorter = static_cast<int>(std::min(a.size(), b.size()));
    if (longer - shorter > limit) {
        return limit + 1;
    }
    const std::size_t width = b.size() + 1;
    std::vector<int> table((a.size() + 1) * width);
    const auto at = [&](std::size_t i, std::size_t k) -> int& { return table[i * width + k]; };
    for (std::size_t i = 0; i <= a.size(); ++i) {
        at(i, 0) = static_cast<int>(i);
    }
    for (std::size_t k = 0; k <= b.size(); ++k) {
        at(0, k) = static_cast<int>(k);
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t k = 1; k <= b.size(); ++k) {
            const int replaced = at(i - 1, k - 1) + (a[i - 1] == b[k - 1] ? 0 : 1);
            int best = std::min({replaced, at(i - 1, k) + 1, at(i, k - 1) + 1});
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) {
                best = std::min(best, at(i - 2, k - 2) + 1);
            }
            at(i, k) = best;
        }
    }
    return std::min(at(a.size(), b.size()), limit + 1);
}

std::string grouped(std::uint64_t number)
{
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) {
            text += ' ';
        }
        text += digits[i];
    }
    return text;
}

std::string formatNumber(float value)
{
    return fmt::format("{}", value);
}

std::string fileName(const std::string& path)
{
    const std::filesystem::path whole(path);
    const std::string name = whole.filename().string();
    if (name.empty() || name == ".") {
        return whole.parent_path().filename().string();
    }
    const bool isStoreRoot = name.size() == path.size() && name.find(':') != std::string::npos; // "STORE:name"
    return isStoreRoot ? name.substr(name.find(':') + 1) : name;
}

std::string nameWithoutSuffix(const std::string& path)
{
    std::string name = fileName(path);
    const auto drop = [&](std::string_view suffix) {
        if (name.size() > suffix.size() && lowered(name).ends_with(suffix)) {
            name.resize(name.size() - suffix.size());
        }
    };
    for (const char* packed : {".gz", ".bz2", ".xz", ".zst", ".zip", ".7z", ".tgz", ".tar"}) {
        drop(packed);
    }
    for (const char* suffix : {".csv", ".tsv", ".tab", ".txt", ".npy", ".npz", ".arff", ".svm", ".libsvm", ".jsonl", ".ndjson", ".db",
                               ".sqlite", ".sqlite3", ".ctf", ".png", ".jpg", ".jpeg", ".dat", ".data"}) {
        drop(suffix);
    }
    drop(".ctf");
    return name;
}

} // namespace ty::engine
