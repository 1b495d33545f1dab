#include "engine/data/problems.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

void addImbalance(DatasetInfo& info, const std::string& what)
{
    const auto [least, most] = std::minmax_element(
        info.classes.begin(), info.classes.end(), [](const ClassInfo& a, const ClassInfo& b) {
            return a.samples < b.samples;
        });
    if (least->samples == 0 || most->samples <= 10 * least->samples) {
        return;
    }
    const double ratio = static_cast<double>(most->samples) / static_cast<double>(least->samples);
    info.problems.push_back(
        {ProblemSeverity::Warning,
         "imbalance",
         fmt::format(
             "class \"{}\" has {}, class \"{}\" only {}: {:.0f} to 1",
             most->name,
             counted(most->samples, what),
             least->name,
             grouped(least->samples),
             ratio),
         "Look at balanced accuracy rather than accuracy, or collect more of the rare classes.",
         least->samples,
         {least->name},
         {least->name}});
}

std::string normalised(const std::string& name)
{
    std::string result;
    for (const char c : lowered(trimmed(name))) {
        if (c != ' ' && c != '_' && c != '-' && c != '.') {
            result += c;
        }
    }
    return result;
}

/// "Setosa" beside "setosa" always; "setosaa" beside "setosa" if it is rare. Numbers and very short
/// names are no words.
bool isLikelyTypo(const ClassInfo& rare, const ClassInfo& usual)
{
    if (rare.samples == 0 || usual.samples < rare.samples || rare.name == usual.name) {
        return false;
    }
    const std::string a = normalised(rare.name);
    const std::string b = normalised(usual.name);
    if (a == b) {
        return !a.empty();
    }
    double value = 0;
    const bool isRare = rare.samples * 20 <= usual.samples;
    const bool hasDigits = a.find_first_of("0123456789") != std::string::npos ||
                           b.find_first_of("0123456789") != std::string::npos;
    return isRare && !hasDigits && !parseNumber(a, value) && std::min(a.size(), b.size()) >= 4 &&
           editDistance(a, b, 1) == 1;
}

void addTypos(DatasetInfo& info, const std::string& what)
{
    if (info.classes.size() > 500) {
        return; // quadratic, and so many classes hardly come from typing
    }
    for (std::size_t i = 0; i < info.classes.size(); ++i) {
        for (std::size_t k = 0; k < info.classes.size(); ++k) {
            const ClassInfo& rare = info.classes[i];
            const ClassInfo& usual = info.classes[k];
            const bool isEqualPairSeenTwice = rare.samples == usual.samples && i > k;
            if (i == k || isEqualPairSeenTwice || !isLikelyTypo(rare, usual)) {
                continue;
            }
            info.problems.push_back(
                {ProblemSeverity::Warning,
                 "label-typo",
                 fmt::format(
                     "class \"{}\" ({}) looks like \"{}\" written differently",
                     rare.name,
                     counted(rare.samples, what),
                     usual.name),
                 "Rename it in the data if they are the same class.",
                 rare.samples,
                 {rare.name},
                 {rare.name, usual.name}});
            break;
        }
    }
}

} // namespace

std::string counted(std::uint64_t number, const std::string& plural)
{
    const bool isOne = number == 1;
    return grouped(number) + " " +
           (isOne && plural.ends_with('s') ? plural.substr(0, plural.size() - 1) : plural);
}

void addClassProblems(DatasetInfo& info, const std::string& what)
{
    if (info.task != Task::Classification || info.classes.empty()) {
        return;
    }
    std::vector<std::string> empty;
    std::uint64_t filled = 0;
    for (const ClassInfo& entry : info.classes) {
        if (entry.samples == 0) {
            empty.push_back(entry.name);
        } else {
            ++filled;
        }
    }
    if (!empty.empty()) {
        const std::uint64_t count = empty.size();
        const std::string first = empty.front();
        const std::vector<std::string> names = empty;
        empty.resize(std::min(empty.size(), kMostProblemPlaces));
        info.problems.push_back(
            {ProblemSeverity::Warning,
             "empty-class",
             count == 1
                 ? fmt::format("class \"{}\" has no {}", first, what)
                 : fmt::format("{} classes have no {}, \"{}\" among them", count, what, first),
             "Add samples, or remove the class.",
             count,
             empty,
             names});
    }
    if (filled == 1) {
        const auto only =
            std::find_if(info.classes.begin(), info.classes.end(), [](const ClassInfo& entry) {
                return entry.samples > 0;
            });
        info.problems.push_back(
            {ProblemSeverity::Error,
             "single-class",
             fmt::format(
                 "all {} belong to one class, \"{}\": there is nothing to tell apart",
                 counted(only->samples, what),
                 only->name),
             "Add another class, or choose another target.",
             only->samples,
             {only->name}});
    } else if (filled > 1) {
        std::vector<ClassInfo> present;
        std::copy_if(
            info.classes.begin(),
            info.classes.end(),
            std::back_inserter(present),
            [](const ClassInfo& entry) { return entry.samples > 0; });
        std::swap(info.classes, present);
        addImbalance(info, what);
        std::swap(info.classes, present);
        addTypos(info, what);
    }
}

void addDuplicateProblems(
    DatasetInfo& info,
    std::span<const std::uint64_t> hashes,
    const std::function<SplitPart(std::uint64_t)>& partOf,
    const std::function<std::string(std::uint64_t)>& placeOf,
    const std::string& what)
{
    LargeVector<std::uint64_t> repeated(
        hashes.begin(), hashes.end(), LargeAllocator<std::uint64_t>(placeFor(hashes.size_bytes())));
    std::sort(repeated.begin(), repeated.end());
    std::vector<std::uint64_t> twice;
    for (std::size_t i = 1; i < repeated.size(); ++i) {
        if (repeated[i] == repeated[i - 1] && (twice.empty() || twice.back() != repeated[i])) {
            twice.push_back(repeated[i]);
        }
    }
    if (twice.empty()) {
        return;
    }
    repeated = LargeVector<std::uint64_t>();
    std::vector<std::uint64_t> firstSeen(twice.size(), static_cast<std::uint64_t>(-1));
    std::array<std::vector<std::string>, 2> places; // within a part, across parts
    std::array<std::uint64_t, 2> counts = {};
    for (std::uint64_t sample = 0; sample < hashes.size(); ++sample) {
        const auto found = std::lower_bound(twice.begin(), twice.end(), hashes[sample]);
        if (found == twice.end() || *found != hashes[sample]) {
            continue;
        }
        std::uint64_t& first = firstSeen[static_cast<std::size_t>(found - twice.begin())];
        if (first == static_cast<std::uint64_t>(-1)) {
            first = sample;
            continue;
        }
        const std::size_t kind = partOf(sample) != partOf(first) ? 1 : 0;
        ++counts[kind];
        if (places[kind].size() < kMostProblemPlaces) {
            places[kind].push_back(placeOf(sample) + " = " + placeOf(first));
        }
    }
    if (counts[0] > 0) {
        const bool areMany = counts[0] * 20 > hashes.size();
        info.problems.push_back(
            {areMany ? ProblemSeverity::Warning : ProblemSeverity::Note,
             "duplicates",
             fmt::format(
                 "{} repeated exactly, for example {}",
                 counted(counts[0], what) + (counts[0] == 1 ? " is" : " are"),
                 places[0].front()),
             "Copies that fall into different parts of the split make results look too good.",
             counts[0],
             places[0]});
    }
    if (counts[1] > 0) {
        info.problems.push_back(
            {ProblemSeverity::Warning,
             "split-duplicates",
             fmt::format(
                 "{} also in another part of the split, for example {}",
                 counted(counts[1], what) + (counts[1] == 1 ? " is" : " are"),
                 places[1].front()),
             "Remove them from the training part, or test results will look too good.",
             counts[1],
             places[1]});
    }
}

} // namespace ty::engine
