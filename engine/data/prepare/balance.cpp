#include "engine/data/prepare/balance.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/base/random.h"

namespace ty::engine {

namespace {

/// The first `count` of `samples` after they were shuffled.
void chooseSome(std::vector<std::uint32_t>& samples, std::size_t count, Random& random)
{
    for (std::size_t i = 0; i < count && i + 1 < samples.size(); ++i) {
        std::swap(samples[i], samples[i + static_cast<std::size_t>(random.below(samples.size() - i))]);
    }
    samples.resize(count);
}

} // namespace

void balanceClasses(const Dataset& dataset, const PrepareStep& step, std::vector<std::uint32_t>& samples)
{
    std::map<std::int32_t, std::vector<std::uint32_t>> byClass;
    for (const std::uint32_t sample : samples) {
        byClass[dataset.classOf(sample)].push_back(sample);
    }
    byClass.erase(-1); // nothing is learned from them
    if (byClass.empty()) {
        return;
    }
    std::size_t least = samples.size();
    std::size_t most = 0;
    for (const auto& [label, members] : byClass) {
        least = std::min(least, members.size());
        most = std::max(most, members.size());
    }
    samples.clear();
    for (auto& [label, members] : byClass) {
        Random random(step.seed, static_cast<std::uint64_t>(label));
        if (step.method == "undersample") {
            chooseSome(members, least, random);
        } else {
            for (std::size_t whole = most / members.size(); whole > 1; --whole) {
                samples.insert(samples.end(), members.begin(), members.end());
            }
            std::vector<std::uint32_t> rest = members;
            chooseSome(rest, most % members.size(), random);
            samples.insert(samples.end(), rest.begin(), rest.end());
        }
        samples.insert(samples.end(), members.begin(), members.end());
    }
    std::sort(samples.begin(), samples.end());
}

} // namespace ty::engine
