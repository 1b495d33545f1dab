#include "app/models/duplicate_samples.h"

#include <cstdint>
#include <string>
#include <unordered_map>

#include "engine/data/dataset.h"

namespace ty::app {

namespace {

/// What the model sees of a sample; empty if it cannot be read.
std::string contentOf(const engine::Dataset& dataset, quint64 sample)
{
    const auto& info = dataset.info();
    if (info.kind == engine::DataKind::Image) {
        const auto& shape = info.imageShape;
        std::vector<std::uint8_t> pixels(
            static_cast<std::size_t>(shape[0]) * static_cast<std::size_t>(shape[1]) * static_cast<std::size_t>(shape[2]));
        return dataset.readImage(sample, pixels) ? std::string(pixels.begin(), pixels.end()) : std::string();
    }
    std::string content;
    for (std::size_t c = 0; c < info.columns.size(); ++c) {
        if (info.columns[c].role == engine::ColumnRole::Feature) {
            content += dataset.cellText(sample, c) + '\n';
        }
    }
    return content;
}

} // namespace

std::vector<int> findDuplicates(const engine::Dataset& dataset, const std::vector<quint64>& samples)
{
    std::vector<int> first(samples.size(), -1);
    std::unordered_map<std::size_t, int> seen; // hashes alone: contents of 20,000 pictures need not stay in memory
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::string content = samples[i] < dataset.size() ? contentOf(dataset, samples[i]) : std::string();
        if (content.empty()) {
            continue;
        }
        const auto [found, isNew] = seen.emplace(std::hash<std::string>()(content), static_cast<int>(i));
        if (!isNew) {
            first[i] = found->second;
            first[static_cast<std::size_t>(found->second)] = found->second;
        }
    }
    return first;
}

} // namespace ty::app
