#include "app/models/corrected_samples.h"

#include "engine/data/dataset.h"

namespace ty::app {

bool CorrectedSamples::isLeftOut(std::uint32_t sample) const
{
    const auto found = classes.find(sample);
    return found != classes.end() && found->second == kLeftOut;
}

std::int32_t CorrectedSamples::classOf(const engine::Dataset& dataset, std::uint32_t sample) const
{
    const auto found = classes.empty() ? classes.end() : classes.find(sample);
    return found == classes.end() || found->second == kLeftOut ? dataset.classOf(sample) : found->second;
}

SamplePlaces placesOf(const engine::Dataset& dataset, const SampleFixes& fixes)
{
    SamplePlaces places;
    if (fixes.isEmpty()) {
        return places;
    }
    for (std::uint64_t i = 0; i < dataset.size(); ++i) {
        std::string id = dataset.sampleId(i);
        if (fixes.labels.contains(id) || fixes.excluded.contains(id)) {
            places.emplace(std::move(id), static_cast<std::uint32_t>(i));
        }
    }
    return places;
}

CorrectedSamples correctedSamples(const engine::DatasetInfo& info, const SampleFixes& fixes, const SamplePlaces& places)
{
    CorrectedSamples corrected;
    const auto take = [&](const std::string& id, std::int32_t index) {
        if (const auto place = places.find(id); place != places.end()) {
            corrected.classes[place->second] = index;
        } else {
            corrected.vanished.push_back(id);
        }
    };
    std::unordered_map<std::string, std::int32_t> indexOf;
    for (std::size_t i = 0; i < info.classes.size(); ++i) {
        indexOf.emplace(info.classes[i].name, static_cast<std::int32_t>(i));
    }
    for (const auto& [id, label] : fixes.labels) {
        const auto index = indexOf.find(label);
        take(id, index == indexOf.end() ? -1 : index->second);
    }
    for (const std::string& id : fixes.excluded) {
        take(id, CorrectedSamples::kLeftOut);
    }
    return corrected;
}

std::vector<std::uint32_t> shownSamples(
    const engine::Dataset& dataset, const CorrectedSamples& corrected, int classIndex, bool areCorrectedAlone)
{
    std::vector<std::uint32_t> samples;
    const auto count = static_cast<std::uint32_t>(dataset.size());
    samples.reserve(classIndex < 0 && !areCorrectedAlone ? count : 0);
    for (std::uint32_t sample = 0; sample < count; ++sample) {
        if ((classIndex < 0 || corrected.classOf(dataset, sample) == classIndex) && (!areCorrectedAlone || corrected.contains(sample))) {
            samples.push_back(sample);
        }
    }
    return samples;
}

std::vector<std::uint64_t> classCounts(const engine::Dataset& dataset, const CorrectedSamples& corrected)
{
    std::vector<std::uint64_t> counts;
    for (const engine::ClassInfo& one : dataset.info().classes) {
        counts.push_back(one.samples);
    }
    for (const auto& [sample, now] : corrected.classes) {
        const std::int32_t before = dataset.classOf(sample);
        if (before >= 0 && counts[static_cast<std::size_t>(before)] > 0) {
            --counts[static_cast<std::size_t>(before)];
        }
        if (now >= 0) {
            ++counts[static_cast<std::size_t>(now)];
        }
    }
    return counts;
}

} // namespace ty::app
