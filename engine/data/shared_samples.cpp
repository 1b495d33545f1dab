#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/data/content_hash.h"
#include "engine/data/dataset.h"
#include "engine/data/formats/formats.h"
#include "engine/data/problems.h"

namespace ty::engine {

namespace {

constexpr std::size_t kStopEvery = 1024;

std::uint64_t hashOf(std::string_view text)
{
    return quickHash({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

template <typename T> std::uint64_t mixed(std::uint64_t hash, T value)
{
    return quickHash({reinterpret_cast<const std::uint8_t*>(&value), sizeof value}, hash);
}

/// Mixes one column's cells into the hashes of the rows; categories by their names, whose codes may
/// differ.
void mixColumn(const Dataset& dataset, std::size_t column, std::vector<std::uint64_t>& hashes)
{
    const auto numbers = dataset.numericColumn(column);
    for (std::size_t row = 0; row < numbers.size(); ++row) {
        hashes[row] = mixed(hashes[row], numbers[row] == 0 ? 0.0F : numbers[row]);
    }
    const auto codes = dataset.categoryColumn(column);
    std::vector<std::uint64_t> names;
    for (const std::string& category : dataset.info().columns[column].categories) {
        names.push_back(hashOf(category));
    }
    for (std::size_t row = 0; row < codes.size(); ++row) {
        hashes[row] = mixed(
            hashes[row],
            codes[row] < 0 ? std::uint64_t{0} : names[static_cast<std::size_t>(codes[row])]);
    }
}

std::vector<std::uint64_t> hashRows(const Dataset& dataset, const std::vector<std::string>& columns)
{
    std::vector<std::uint64_t> hashes(dataset.size(), 0);
    const auto& known = dataset.info().columns;
    for (const std::string& name : columns) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const ColumnInfo& column) {
            return column.name == name;
        });
        if (found != known.end()) {
            mixColumn(dataset, static_cast<std::size_t>(found - known.begin()), hashes);
        }
    }
    return hashes;
}

Result<std::vector<std::uint64_t>> hashImages(const Dataset& dataset, const std::stop_token& stop)
{
    const auto& shape = dataset.info().imageShape;
    std::vector<std::uint8_t> pixels(
        static_cast<std::size_t>(shape[0]) * static_cast<std::size_t>(shape[1]) *
        static_cast<std::size_t>(shape[2]));
    std::vector<std::uint64_t> hashes;
    hashes.reserve(dataset.size());
    for (std::uint64_t i = 0; i < dataset.size(); ++i) {
        if (i % kStopEvery == 0 && stop.stop_requested()) {
            return cancelledError();
        }
        // A picture that cannot be read now is equal to none.
        hashes.push_back(
            dataset.readImage(i, pixels) ? quickHash(pixels)
                                         : mixed(reinterpret_cast<std::uintptr_t>(&dataset), i));
    }
    return hashes;
}

/// Hashes of the samples of two datasets that can be compared; both empty if these cannot.
struct Hashes {
    std::vector<std::uint64_t> known;
    std::vector<std::uint64_t> asked;
};

Result<Hashes>
hashBoth(const Dataset& training, const Dataset& other, const std::stop_token& stop)
{
    const bool areImages = training.info().kind == DataKind::Image;
    Hashes hashes;
    if (training.info().kind != other.info().kind ||
        (areImages && training.info().imageShape != other.info().imageShape)) {
        return hashes;
    }
    if (areImages) {
        TY_TRY(hashes.known, hashImages(training, stop));
        TY_TRY(hashes.asked, hashImages(other, stop));
        return hashes;
    }
    std::vector<std::string> columns;
    for (const ColumnInfo& column : training.info().columns) {
        if (column.role == ColumnRole::Feature) {
            columns.push_back(column.name);
        }
    }
    hashes.known = hashRows(training, columns);
    hashes.asked = hashRows(other, columns);
    return hashes;
}

} // namespace

Result<std::vector<std::uint32_t>>
samplesSharedWith(const Dataset& training, const Dataset& other, std::stop_token stop)
{
    TY_TRY(const Hashes hashes, hashBoth(training, other, stop));
    const std::unordered_set<std::uint64_t> asked(hashes.asked.begin(), hashes.asked.end());
    std::vector<std::uint32_t> shared;
    for (std::size_t i = 0; i < hashes.known.size(); ++i) {
        if (asked.contains(hashes.known[i])) {
            shared.push_back(static_cast<std::uint32_t>(i));
        }
    }
    return shared;
}

Result<std::optional<Problem>>
findSharedSamples(const Dataset& training, const Dataset& other, std::stop_token stop)
{
    const bool areImages = training.info().kind == DataKind::Image;
    TY_TRY(const Hashes hashes, hashBoth(training, other, stop));
    const auto& known = hashes.known;
    const auto& asked = hashes.asked;
    std::unordered_map<std::uint64_t, std::uint64_t> sampleOf;
    for (std::uint64_t i = 0; i < known.size(); ++i) {
        sampleOf.emplace(known[i], i);
    }
    Problem problem;
    for (std::uint64_t i = 0; i < asked.size(); ++i) {
        const auto found = sampleOf.find(asked[i]);
        if (found == sampleOf.end()) {
            continue;
        }
        ++problem.count;
        if (problem.places.size() < kMostProblemPlaces) {
            problem.places.push_back(fmt::format(
                "{} {} = {} {}",
                other.info().name,
                other.sampleId(i),
                training.info().name,
                training.sampleId(found->second)));
        }
    }
    if (problem.count == 0) {
        return std::optional<Problem>();
    }
    problem.severity = ProblemSeverity::Warning;
    problem.kind = "split-duplicates";
    problem.message = fmt::format(
        "{} of {} also in {}, for example {}",
        counted(problem.count, areImages ? "images" : "rows"),
        other.info().name + (problem.count == 1 ? " is" : " are"),
        training.info().name,
        problem.places.front());
    problem.advice = "Remove them from one of the two, or results will look too good.";
    return std::optional<Problem>(std::move(problem));
}

} // namespace ty::engine
