#include "engine/learn/class_weights.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ty::engine {

namespace {

constexpr double kSmallestWeight = 1e-6; // sums of weights of a batch must stay far from the smallest number
constexpr double kLargestWeight = 1e6;
constexpr std::size_t kNamesShown = 10;

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Behind the quote that ends the name which begins with one at `begin`; two quotes are one of the name's own.
std::size_t endOfQuoted(std::string_view text, std::size_t begin)
{
    std::size_t at = text.find('"', begin + 1);
    while (at != std::string_view::npos && at + 1 < text.size() && text[at + 1] == '"') {
        at = text.find('"', at + 2);
    }
    return at == std::string_view::npos ? text.size() : at + 1;
}

/// The pieces between commas, but not those in a name that begins with a quote. Empty ones are left out.
std::vector<std::string_view> piecesOf(std::string_view text)
{
    std::vector<std::string_view> pieces;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t first = std::min(text.find_first_not_of(" \t", begin), text.size());
        const std::size_t behindName = first < text.size() && text[first] == '"' ? endOfQuoted(text, first) : first;
        const std::size_t end = std::min(text.find(',', behindName), text.size());
        if (const auto piece = trimmed(text.substr(begin, end - begin)); !piece.empty()) {
            pieces.push_back(piece);
        }
        begin = end + 1;
    }
    return pieces;
}

std::string withoutQuotes(std::string_view name)
{
    if (name.size() < 2 || name.front() != '"' || name.back() != '"') {
        return std::string(name);
    }
    std::string bare;
    for (std::size_t i = 1; i + 1 < name.size(); ++i) {
        bare += name[i];
        i += name[i] == '"' && name[i + 1] == '"' && i + 2 < name.size() ? 1 : 0;
    }
    return bare;
}

/// As a list has to have it.
std::string inQuotesIfNeeded(const std::string& name)
{
    const bool isPlain = name.find(',') == std::string::npos && !name.starts_with('"') && name == trimmed(name) && !name.empty();
    if (isPlain) {
        return name;
    }
    std::string quoted = "\"";
    for (const char letter : name) {
        quoted += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    return quoted + "\"";
}

struct NamedWeight {
    std::string_view name; ///< as it is written
    double weight;
};

/// "name: weight"; names may hold colons.
std::optional<NamedWeight> namedWeightOf(std::string_view piece)
{
    const auto colon = piece.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    NamedWeight named{trimmed(piece.substr(0, colon)), 0};
    if (named.name.empty()) {
        return std::nullopt;
    }
    const std::string_view number = trimmed(piece.substr(colon + 1));
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), named.weight);
    const bool isNumber = failure == std::errc{} && end == number.data() + number.size();
    return isNumber ? std::optional(named) : std::nullopt;
}

std::string shownNames(const std::vector<std::string>& classes)
{
    std::vector<std::string> shown(classes.begin(), classes.begin() + static_cast<std::ptrdiff_t>(std::min(classes.size(), kNamesShown)));
    std::transform(shown.begin(), shown.end(), shown.begin(), inQuotesIfNeeded);
    return fmt::format(
        "{}{}",
        fmt::join(shown, ", "),
        classes.size() > kNamesShown ? fmt::format(" and {} more", classes.size() - kNamesShown) : "");
}

} // namespace

std::vector<float> balancedClassWeights(const std::vector<std::uint64_t>& classSamples)
{
    double total = 0;
    double present = 0;
    for (const std::uint64_t n : classSamples) {
        total += static_cast<double>(n);
        present += n > 0 ? 1 : 0;
    }
    std::vector<float> weights;
    for (const std::uint64_t n : classSamples) {
        weights.push_back(n > 0 ? static_cast<float>(total / (present * static_cast<double>(n))) : 0.0F);
    }
    return weights;
}

Result<std::vector<float>> listedClassWeights(const std::string& text, const std::vector<std::string>& classes)
{
    const auto wrong = [&](const std::string& message) {
        const std::string example = classes.empty() ? "name" : inQuotesIfNeeded(classes.front());
        return Error{
            ErrorKind::InvalidInput,
            "classWeightList: " + message,
            fmt::format("Write for example {}: 2; classes that are not named count once.", example)};
    };
    const auto pieces = piecesOf(text);
    if (pieces.empty()) {
        return wrong("no class is named, although classWeights is list");
    }
    std::vector<float> weights(classes.size(), 1.0F);
    std::vector<bool> isNamed(classes.size(), false);
    for (const std::string_view piece : pieces) {
        const auto named = namedWeightOf(piece);
        if (!named) {
            return wrong(fmt::format("\"{}\" is not a class, a colon and its weight", piece));
        }
        auto found = std::find(classes.begin(), classes.end(), named->name); // quotes may be the name's own
        if (found == classes.end()) {
            found = std::find(classes.begin(), classes.end(), withoutQuotes(named->name));
        }
        if (found == classes.end()) {
            return wrong(fmt::format("the data has no class \"{}\"; its classes are {}", withoutQuotes(named->name), shownNames(classes)));
        }
        if (!(named->weight >= kSmallestWeight && named->weight <= kLargestWeight)) {
            return wrong(fmt::format("the weight of \"{}\" must lie between a millionth and a million", named->name));
        }
        const auto at = static_cast<std::size_t>(found - classes.begin());
        if (isNamed[at]) {
            return wrong(fmt::format("\"{}\" is named twice", named->name));
        }
        isNamed[at] = true;
        weights[at] = static_cast<float>(named->weight);
    }
    return weights;
}

} // namespace ty::engine
