#include "engine/data/near_duplicates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "engine/base/parallel_ranges.h"
#include "engine/data/content_hash.h"
#include "engine/data/formats/formats.h"
#include "engine/data/image_resize.h"
#include "engine/data/problems.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr int kMostBitsApart = 3; ///< of 64; then one of four bands of 16 bits is the same
constexpr int kBands = 4;
constexpr int kSmallSide = 16;
constexpr std::size_t kSmallPixels = static_cast<std::size_t>(kSmallSide) * kSmallSide;
constexpr double kFlatDeviation = 2;    ///< in 0..255; below that a picture shows nothing
constexpr double kMostDifference = 0.04; ///< mean of the pixels', in the contrast of the picture, with ...
constexpr double kLeastDifference = 0.75; ///< ... what rounding and compression do anyway, in 0..255

using SmallPicture = std::array<std::uint8_t, kSmallPixels>;

struct SeenPicture {
    std::uint64_t hash = 0;
    double deviation = 0; ///< 0: not compared
    double contrast = 0;  ///< mean distance of the pixels from their mean, which a few strokes on a plain ground do not drive up
    SmallPicture small{};
};

/// Sets of samples that have been joined.
class Sets {
public:
    explicit Sets(std::size_t count) : m_parents(count) { std::iota(m_parents.begin(), m_parents.end(), 0U); }
    std::uint32_t rootOf(std::uint32_t one)
    {
        while (m_parents[one] != one) {
            m_parents[one] = m_parents[m_parents[one]];
            one = m_parents[one];
        }
        return one;
    }
    void join(std::uint32_t a, std::uint32_t b)
    {
        const auto [low, high] = std::minmax({rootOf(a), rootOf(b)}); // a list: copies, not references to what is gone
        m_parents[high] = low;
    }
    NearDuplicates groups()
    {
        std::map<std::uint32_t, std::vector<std::uint32_t>> byRoot;
        for (std::uint32_t i = 0; i < m_parents.size(); ++i) {
            if (rootOf(i) != i) {
                auto& group = byRoot[rootOf(i)];
                group.insert(group.end(), group.empty() ? std::initializer_list<std::uint32_t>{rootOf(i), i} : std::initializer_list<std::uint32_t>{i});
            }
        }
        NearDuplicates found;
        for (auto& [root, group] : byRoot) {
            found.groups.push_back(std::move(group));
        }
        return found;
    }

private:
    std::vector<std::uint32_t> m_parents;
};

SeenPicture lookAtPicture(const Pixels& pixels)
{
    SeenPicture seen;
    resizeInto(pixels, {1, kSmallSide, kSmallSide}, seen.small);
    double sum = 0;
    double squares = 0;
    for (const std::uint8_t pixel : seen.small) {
        sum += pixel;
        squares += static_cast<double>(pixel) * pixel;
    }
    const double mean = sum / kSmallPixels;
    seen.deviation = std::sqrt(std::max(0.0, squares / kSmallPixels - mean * mean));
    double distance = 0;
    for (const std::uint8_t pixel : seen.small) {
        distance += std::abs(pixel - mean);
    }
    seen.contrast = distance / kSmallPixels;
    // Whether each pixel is brighter than its left neighbour: what a change of size or brightness leaves alone.
    std::array<std::uint8_t, 72> nine{};
    resizeInto(pixels, {1, 8, 9}, nine);
    for (std::size_t row = 0; row < 8; ++row) {
        for (std::size_t column = 0; column < 8; ++column) {
            const bool isBrighter = nine[row * 9 + column + 1] > nine[row * 9 + column];
            seen.hash = (seen.hash << 1) | (isBrighter ? 1U : 0U);
        }
    }
    return seen;
}

bool areAlike(const SeenPicture& a, const SeenPicture& b)
{
    const double most = kLeastDifference + kMostDifference * std::min(a.contrast, b.contrast);
    const auto limit = static_cast<std::uint32_t>(most * kSmallPixels);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < kSmallPixels; ++i) {
        sum += static_cast<std::uint32_t>(std::abs(int{a.small[i]} - int{b.small[i]}));
    }
    return sum <= limit;
}

/// Looks at the pictures of one dataset after another.
/// @param places  one for each picture of all
Result<void> lookAtPictures(
    const std::vector<const Dataset*>& datasets, std::vector<SeenPicture>& places, const DataProgress& progress, const std::stop_token& stop)
{
    std::mutex telling;
    std::uint64_t done = 0;
    std::size_t base = 0;
    for (const Dataset* dataset : datasets) {
        const auto& shape = dataset->info().imageShape;
        TY_CHECK(parallelRanges(
            dataset->size(), static_cast<int>(std::thread::hardware_concurrency()), [&](std::size_t first, std::size_t last) -> Result<void> {
                Pixels pixels{shape[0], shape[1], shape[2], {}};
                pixels.bytes.resize(static_cast<std::size_t>(shape[0]) * static_cast<std::size_t>(shape[1]) * static_cast<std::size_t>(shape[2]));
                for (std::size_t i = first; i < last; ++i) {
                    if (stop.stop_requested()) {
                        return cancelledError();
                    }
                    if (dataset->readImage(i, pixels.bytes)) { // one that cannot be read is another problem
                        places[base + i] = lookAtPicture(pixels);
                    }
                    if ((i & 1023U) == 1023U && progress) {
                        const std::lock_guard lock(telling);
                        done += 1024;
                        progress(0.8 * static_cast<double>(done) / static_cast<double>(places.size()), "looking for pictures that are alike");
                    }
                }
                return {};
            }));
        base += dataset->size();
    }
    return {};
}

std::uint64_t sizeOfAll(const std::vector<const Dataset*>& datasets)
{
    std::uint64_t size = 0;
    for (const Dataset* dataset : datasets) {
        size += dataset->size();
    }
    return size;
}

Result<NearDuplicates> alikePictures(const std::vector<const Dataset*>& datasets, const DataProgress& progress, const std::stop_token& stop)
{
    std::vector<SeenPicture> seen(sizeOfAll(datasets));
    TY_CHECK(lookAtPictures(datasets, seen, progress, stop));
    Sets sets(seen.size());
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < seen.size(); ++i) {
        if (seen[i].deviation >= kFlatDeviation) {
            order.push_back(i);
        }
    }
    for (int band = 0; band < kBands; ++band) {
        const auto keyOf = [&](std::uint32_t i) { return seen[i].hash >> (16 * band) & 0xffffU; };
        std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return std::pair(keyOf(a), a) < std::pair(keyOf(b), b);
        });
        for (std::size_t first = 0; first < order.size(); ++first) {
            if (stop.stop_requested()) {
                return cancelledError();
            }
            const SeenPicture& one = seen[order[first]];
            for (std::size_t next = first + 1; next < order.size() && keyOf(order[next]) == keyOf(order[first]); ++next) {
                const SeenPicture& other = seen[order[next]];
                if (std::popcount(one.hash ^ other.hash) <= kMostBitsApart && sets.rootOf(order[first]) != sets.rootOf(order[next]) &&
                    areAlike(one, other)) {
                    sets.join(order[first], order[next]);
                }
            }
        }
        if (progress) {
            progress(0.8 + 0.05 * (band + 1), "comparing pictures");
        }
    }
    return sets.groups();
}

/// Four digits: 5.1 and 5.10001 are the same, 5.1 and 5.2 are not.
float toFourDigits(float value)
{
    if (value == 0 || !std::isfinite(value)) {
        return std::isfinite(value) ? 0.0F : value;
    }
    const double scale = std::pow(10.0, 3 - std::floor(std::log10(std::abs(static_cast<double>(value)))));
    return static_cast<float>(std::round(static_cast<double>(value) * scale) / scale);
}

/// Mixes a column into the hashes of its rows, as far as rows are told apart.
Result<void> mixRoughly(
    const Dataset& dataset, std::size_t column, std::size_t place, std::span<std::uint64_t> hashes, const std::stop_token& stop)
{
    const auto numbers = dataset.numericColumn(column);
    for (std::uint64_t row = 0; row < dataset.size(); ++row) {
        if ((row & 0xffffU) == 0 && stop.stop_requested()) {
            return cancelledError();
        }
        if (!numbers.empty()) {
            const float value = std::isnan(numbers[row]) ? std::numeric_limits<float>::quiet_NaN() : toFourDigits(numbers[row]);
            hashes[row] = quickHash({reinterpret_cast<const std::uint8_t*>(&value), sizeof(value)}, hashes[row] + place);
        } else {
            const std::string text = lowered(trimmed(dataset.cellText(row, column)));
            hashes[row] = quickHash({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, hashes[row] + place);
        }
    }
    return {};
}

/// By the features of the first dataset, which the others have by the same names.
Result<NearDuplicates> alikeRows(const std::vector<const Dataset*>& datasets, const std::stop_token& stop)
{
    const auto& columns = datasets.front()->info().columns;
    std::vector<std::uint64_t> hashes(sizeOfAll(datasets), 0);
    std::size_t base = 0;
    for (const Dataset* dataset : datasets) {
        const auto& theirs = dataset->info().columns;
        const auto rows = std::span(hashes).subspan(base, dataset->size());
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const auto found = std::find_if(theirs.begin(), theirs.end(), [&](const ColumnInfo& one) { return one.name == columns[c].name; });
            if (columns[c].role == ColumnRole::Feature && found != theirs.end()) {
                TY_CHECK(mixRoughly(*dataset, static_cast<std::size_t>(found - theirs.begin()), c, rows, stop));
            }
        }
        base += dataset->size();
    }
    std::vector<std::uint32_t> order(hashes.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return std::pair(hashes[a], a) < std::pair(hashes[b], b); });
    Sets sets(hashes.size());
    for (std::size_t i = 1; i < order.size(); ++i) {
        if (hashes[order[i]] == hashes[order[i - 1]]) {
            sets.join(order[i], order[i - 1]);
        }
    }
    return sets.groups();
}

/// Of the groups that training and held-out data share, the samples of the one side.
std::vector<std::uint32_t> samplesOnBothSides(const std::vector<std::vector<std::uint32_t>>& groups, const Dataset& dataset, bool areForTraining)
{
    const auto isForTraining = [&](std::uint32_t sample) { return dataset.partOf(sample) == SplitPart::Training; };
    std::vector<std::uint32_t> samples;
    for (const auto& group : groups) {
        const auto training = std::count_if(group.begin(), group.end(), isForTraining);
        if (training == 0 || training == static_cast<std::ptrdiff_t>(group.size())) {
            continue;
        }
        std::copy_if(group.begin(), group.end(), std::back_inserter(samples), [&](std::uint32_t sample) {
            return isForTraining(sample) == areForTraining;
        });
    }
    std::sort(samples.begin(), samples.end());
    return samples;
}

std::vector<std::string> idsOf(const Dataset& dataset, const std::vector<std::uint32_t>& samples)
{
    std::vector<std::string> ids;
    for (const std::uint32_t sample : samples) {
        ids.push_back(dataset.sampleId(sample));
    }
    return ids;
}

} // namespace

std::uint64_t NearDuplicates::groupsAcrossParts(const Dataset& dataset) const
{
    return static_cast<std::uint64_t>(std::count_if(groups.begin(), groups.end(), [&](const auto& group) {
        return std::any_of(group.begin(), group.end(), [&](std::uint32_t sample) {
            return dataset.partOf(sample) != dataset.partOf(group.front());
        });
    }));
}

std::vector<std::uint32_t> NearDuplicates::trainingSamplesShared(const Dataset& dataset) const
{
    return samplesOnBothSides(groups, dataset, true);
}

std::vector<std::uint32_t> NearDuplicates::heldOutSamplesShared(const Dataset& dataset) const
{
    return samplesOnBothSides(groups, dataset, false);
}

std::vector<std::uint32_t> NearDuplicates::copies() const
{
    std::vector<std::uint32_t> samples;
    for (const auto& group : groups) {
        samples.insert(samples.end(), group.begin() + 1, group.end());
    }
    std::sort(samples.begin(), samples.end());
    return samples;
}

std::uint64_t NearDuplicates::groupsOfSeveralClasses(const Dataset& dataset) const
{
    return static_cast<std::uint64_t>(std::count_if(groups.begin(), groups.end(), [&](const auto& group) {
        std::set<std::int32_t> classes;
        for (const std::uint32_t sample : group) {
            classes.insert(dataset.classOf(sample));
        }
        classes.erase(-1);
        return classes.size() > 1;
    }));
}

Result<NearDuplicates> findNearDuplicates(const Dataset& dataset, const DataProgress& progress, std::stop_token stop)
{
    return dataset.info().kind == DataKind::Image ? alikePictures({&dataset}, progress, stop) : alikeRows({&dataset}, stop);
}

Result<std::optional<Problem>> findCopiesIn(
    const Dataset& other, const Dataset& dataset, const DataProgress& progress, std::stop_token stop)
{
    const bool areImages = dataset.info().kind == DataKind::Image;
    if (dataset.info().kind != other.info().kind) {
        return std::optional<Problem>();
    }
    const std::vector<const Dataset*> both{&dataset, &other};
    TY_TRY(const NearDuplicates found, areImages ? alikePictures(both, progress, stop) : alikeRows(both, stop));
    Problem problem;
    problem.kind = "near-duplicates";
    std::vector<std::uint32_t> mine;
    const auto size = static_cast<std::uint32_t>(dataset.size());
    for (const auto& group : found.groups) {
        const auto theirs = std::lower_bound(group.begin(), group.end(), size); // ascending: ours come first
        if (theirs == group.begin() || theirs == group.end()) {
            continue;
        }
        mine.insert(mine.end(), group.begin(), theirs);
        if (problem.places.size() < kMostProblemPlaces) {
            problem.places.push_back(dataset.sampleId(group.front()) + " = " + other.info().name + " " + other.sampleId(*theirs - size));
        }
    }
    if (mine.empty()) {
        return std::optional<Problem>();
    }
    std::sort(mine.begin(), mine.end());
    problem.count = mine.size();
    problem.message = fmt::format(
        "{} the same or nearly the same in {}, for example {}", counted(mine.size(), areImages ? "images" : "rows") + (mine.size() == 1 ? " is" : " are"),
        other.info().name, problem.places.front());
    problem.advice = "Leave them out of one of the two, or results will look too good.";
    problem.names = {other.info().path};
    problem.removals["other"] = idsOf(dataset, mine);
    return std::optional<Problem>(std::move(problem));
}

std::optional<Problem> nearDuplicateProblem(const Dataset& dataset, const NearDuplicates& found)
{
    if (found.groups.empty()) {
        return std::nullopt;
    }
    const bool areImages = dataset.info().kind == DataKind::Image;
    const std::string what = areImages ? "images" : "rows";
    const std::vector<std::uint32_t> copies = found.copies();
    const auto across = found.groupsAcrossParts(dataset);
    const auto shared = found.trainingSamplesShared(dataset);
    const auto several = found.groupsOfSeveralClasses(dataset);
    Problem problem;
    problem.removals["one"] = idsOf(dataset, copies);
    if (across > 0) {
        problem.removals["test"] = idsOf(dataset, shared);
        problem.removals["training"] = idsOf(dataset, found.heldOutSamplesShared(dataset));
    }
    problem.severity = across > 0 || several > 0 ? ProblemSeverity::Warning : ProblemSeverity::Note;
    problem.kind = "near-duplicates";
    problem.count = copies.size();
    problem.message = fmt::format("{} another, exactly or nearly", counted(copies.size(), what) + (copies.size() == 1 ? " repeats" : " repeat"));
    if (across > 0) {
        problem.message += fmt::format("; {} for training as good as stand in validation or test data", counted(shared.size(), what));
    }
    if (several > 0) {
        problem.message += fmt::format("; {} hold different classes", counted(several, "groups"));
    }
    problem.advice = across > 0 ? "Leave them out of training, or scores look better than the model is."
                                : "A split by chance puts copies on both sides, and scores look better than the model is.";
    for (const auto& group : found.groups) {
        if (problem.places.size() >= kMostProblemPlaces) {
            break;
        }
        problem.places.push_back(dataset.sampleId(group[0]) + " = " + dataset.sampleId(group[1]));
    }
    return problem;
}

} // namespace ty::engine
