#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string_view>
#include <utility>

namespace ty::fuzz {

namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;

/// Texts that readers tend to trip over.
constexpr std::array<std::string_view, 24> kTexts{
    "-1", "0", "255", "65536", "4294967295", "4294967296", "9223372036854775807", "18446744073709551616", "1e308", "1e400",
    "nan", "inf", "null", "true", "[]", "{}", "\"\"", "\"", "\r\n", ",,,,", std::string_view("\0\0\0\0", 4),
    "\xff\xff\xff\xff", "\xef\xbb\xbf", "\xc3\x28"};

std::size_t place(const std::string& input, Random& random)
{
    return input.empty() ? 0 : static_cast<std::size_t>(random.below(input.size()));
}

void replaceNumber(std::string& input, Random& random)
{
    const auto begin = std::find_if(
        input.begin() + static_cast<std::ptrdiff_t>(place(input, random)), input.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    const auto end = std::find_if(begin, input.end(), [](unsigned char c) { return std::isdigit(c) == 0; });
    input.replace(begin, end, kTexts[random.below(12)]);
}

} // namespace

Mutator::Mutator(std::vector<std::string> seeds) : m_seeds(std::move(seeds)) {}

std::string Mutator::next(Random& random) const
{
    std::string input = m_seeds[random.below(m_seeds.size())];
    const auto changes = 1 + random.below(4);
    for (std::uint64_t i = 0; i < changes; ++i) {
        input = mutateOnce(std::move(input), random);
    }
    input.resize(std::min(input.size(), kMaxBytes));
    return input;
}

std::string Mutator::mutateOnce(std::string input, Random& random) const
{
    const auto at = place(input, random);
    const auto length = static_cast<std::size_t>(random.below(std::min<std::size_t>(input.size() - at, 64) + 1));
    switch (random.below(9)) {
    case 0: // one bit
        if (!input.empty()) {
            input[at] = static_cast<char>(input[at] ^ static_cast<char>(1U << random.below(8)));
        }
        break;
    case 1: // one byte
        if (!input.empty()) {
            input[at] = static_cast<char>(random.below(256));
        }
        break;
    case 2: // a hole
        input.erase(at, length);
        break;
    case 3: // the end is torn off
        input.resize(at);
        break;
    case 4: // a part twice
        input.insert(at, input.substr(at, length));
        break;
    case 5: // an awkward text in between
        input.insert(at, kTexts[random.below(kTexts.size())]);
        break;
    case 6: // an awkward number in place of another
        replaceNumber(input, random);
        break;
    case 7: // four bytes at their limit
        for (std::size_t i = at; i < std::min(at + 4, input.size()); ++i) {
            input[i] = static_cast<char>(random.below(2) == 0 ? 0xff : 0x00);
        }
        break;
    default: { // the end of another seed
        const auto& other = m_seeds[random.below(m_seeds.size())];
        input = input.substr(0, at) + other.substr(place(other, random));
        break;
    }
    }
    return input;
}

} // namespace ty::fuzz
