#include "engine/data/sample_fixes.h"

#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/problems.h"

namespace ty::engine {

namespace {

/// Another dataset with some samples left out and some of another class. Columns that change are copied.
class FixedDataset final : public Dataset {
public:
    /// @param kept    samples of `source` that stay, ascending
    /// @param labels  class of each kept sample; empty unless the task is classification
    FixedDataset(
        std::unique_ptr<Dataset> source, SampleFixes fixes, DatasetInfo info, std::vector<std::uint32_t> kept, std::vector<std::int32_t> labels)
        : m_source(std::move(source))
        , m_fixes(std::move(fixes))
        , m_info(std::move(info))
        , m_kept(std::move(kept))
        , m_labels(std::move(labels))
        , m_columns(m_info.columns.size())
    {
        const LargePlace place = placeFor(m_columns.size() * m_kept.size() * sizeof(float));
        m_isReadQuickly = m_source->isReadQuickly() && place == LargePlace::Memory;
        for (std::size_t c = 0; c < m_columns.size(); ++c) {
            m_columns[c].numbers = LargeVector<float>(LargeAllocator<float>(place));
            m_columns[c].codes = LargeVector<std::int32_t>(LargeAllocator<std::int32_t>(place));
            const auto numbers = m_source->numericColumn(c);
            const auto codes = m_source->categoryColumn(c);
            const bool isLabel = m_info.columns[c].role == ColumnRole::Target && !m_labels.empty();
            for (std::size_t i = 0; i < m_kept.size(); ++i) {
                if (!numbers.empty()) {
                    m_columns[c].numbers.push_back(numbers[m_kept[i]]);
                }
                if (!codes.empty()) {
                    m_columns[c].codes.push_back(isLabel ? m_labels[i] : codes[m_kept[i]]);
                }
            }
        }
        const auto hashes = m_source->sampleHashes();
        for (std::size_t i = 0; i < m_kept.size() && !hashes.empty(); ++i) {
            m_hashes.push_back(hashes[m_kept[i]]);
        }
    }

    const DatasetInfo& info() const override { return m_info; }
    SplitPart partOf(std::uint64_t sample) const override { return m_source->partOf(m_kept[sample]); }
    std::string sampleId(std::uint64_t sample) const override { return m_source->sampleId(m_kept[sample]); }
    std::int32_t classOf(std::uint64_t sample) const override
    {
        return m_labels.empty() ? m_source->classOf(m_kept[sample]) : m_labels[sample];
    }
    double targetOf(std::uint64_t sample) const override { return m_source->targetOf(m_kept[sample]); }
    std::span<const float> numericColumn(std::size_t column) const override { return m_columns[column].numbers; }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override { return m_columns[column].codes; }
    std::string cellText(std::uint64_t sample, std::size_t column) const override
    {
        const bool isLabel = m_info.columns[column].role == ColumnRole::Target && !m_labels.empty();
        return isLabel && m_labels[sample] >= 0 ? m_info.classes[static_cast<std::size_t>(m_labels[sample])].name
                                                : m_source->cellText(m_kept[sample], column);
    }
    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override
    {
        return m_source->readImage(m_kept[sample], chw);
    }
    bool hasOtherParts(std::uint64_t sample) const override { return m_source->hasOtherParts(m_kept[sample]); }
    Result<void> readPart(std::uint64_t sample, double place, std::span<std::uint8_t> chw) const override
    {
        return m_source->readPart(m_kept[sample], place, chw);
    }
    Result<std::string> readOriginal(std::uint64_t sample) const override { return m_source->readOriginal(m_kept[sample]); }
    void expect(std::span<const std::uint32_t> samples) const override { expectOf(*m_source, m_kept, samples); }
    bool isReadQuickly() const override { return m_isReadQuickly; }
    Result<std::unique_ptr<Dataset>> preparedAnew(const StepsFit& fit) const override
    {
        const auto training = placesIn(m_kept, fit.training);
        TY_TRY(auto source, m_source->preparedAnew({training, fit.found}));
        return source ? fixSamples(std::move(source), m_fixes, Vanished::Tell) : Result<std::unique_ptr<Dataset>>(std::move(source));
    }
    std::span<const std::uint64_t> sampleHashes() const override { return m_hashes; }

private:
    struct Column {
        LargeVector<float> numbers;
        LargeVector<std::int32_t> codes;
    };

    std::unique_ptr<Dataset> m_source;
    SampleFixes m_fixes;
    DatasetInfo m_info;
    std::vector<std::uint32_t> m_kept;
    std::vector<std::int32_t> m_labels;
    std::vector<Column> m_columns;
    bool m_isReadQuickly = false;
    std::vector<std::uint64_t> m_hashes;
};

Result<std::int32_t> classIndex(const DatasetInfo& info, const std::string& name)
{
    for (std::size_t i = 0; i < info.classes.size(); ++i) {
        if (info.classes[i].name == name) {
            return static_cast<std::int32_t>(i);
        }
    }
    return Error{
        ErrorKind::InvalidInput, info.path + ": a sample is to be of the class \"" + name + "\", which the data does not have",
        "Choose one of its classes."};
}

Problem vanishedProblem(const std::set<std::string>& missing, bool isAnyLeftOut)
{
    Problem problem;
    problem.kind = "vanished-corrections";
    problem.count = missing.size();
    problem.message = fmt::format(
        "{} of the corrected samples {} not there{}, for example {}", missing.size(), missing.size() == 1 ? "is" : "are",
        isAnyLeftOut ? ", or left out" : " any more", *missing.begin());
    problem.advice = isAnyLeftOut ? "If a step or a repair leaves them out, nothing need be done; else correct the samples again."
                                  : "The data has changed: correct the samples again.";
    for (const std::string& id : missing) {
        if (problem.places.size() < kMostProblemPlaces) {
            problem.places.push_back(id);
        }
    }
    problem.names.assign(missing.begin(), missing.end());
    return problem;
}

} // namespace

Result<std::unique_ptr<Dataset>> fixSamples(std::unique_ptr<Dataset> dataset, const SampleFixes& fixes, Vanished vanished)
{
    if (fixes.isEmpty()) {
        return dataset;
    }
    DatasetInfo info = dataset->info();
    const bool isClassification = info.task == Task::Classification;
    if (!fixes.labels.empty() && !isClassification) {
        return Error{ErrorKind::InvalidInput, info.path + ": samples with a number to predict have no class to correct", {}};
    }
    std::vector<std::uint32_t> kept;
    std::vector<std::int32_t> labels;
    std::set<std::string> missing = fixes.excluded;
    for (const auto& [id, label] : fixes.labels) {
        missing.insert(id);
    }
    info.givenSplit = {};
    for (ClassInfo& one : info.classes) {
        one.samples = 0;
    }
    for (std::uint64_t i = 0; i < dataset->size(); ++i) {
        const std::string id = dataset->sampleId(i);
        missing.erase(id);
        if (fixes.excluded.contains(id)) {
            continue;
        }
        kept.push_back(static_cast<std::uint32_t>(i));
        ++info.givenSplit[static_cast<std::size_t>(dataset->partOf(i))];
        if (!isClassification) {
            continue;
        }
        std::int32_t label = dataset->classOf(i);
        if (const auto fix = fixes.labels.find(id); fix != fixes.labels.end()) {
            TY_TRY(label, classIndex(info, fix->second));
        }
        labels.push_back(label);
        if (label >= 0) {
            ++info.classes[static_cast<std::size_t>(label)].samples;
        }
    }
    if (!missing.empty()) {
        Problem problem = vanishedProblem(missing, info.leftOut > 0);
        if (vanished == Vanished::Refuse && info.leftOut == 0) {
            return Error{ErrorKind::Conflict, info.path + ": " + problem.message, problem.advice};
        }
        info.problems.push_back(std::move(problem));
    }
    if (kept.empty()) {
        return Error{ErrorKind::InvalidInput, info.path + ": every sample is left out", "Leave fewer out."};
    }
    std::vector<std::string> names;
    std::vector<std::uint64_t> counts;
    for (const ClassInfo& one : info.classes) {
        names.push_back(one.name);
        counts.push_back(one.samples);
    }
    for (ColumnInfo& column : info.columns) {
        if (isClassification && column.role == ColumnRole::Target) {
            column.distribution = distributionOf(names, counts);
        }
    }
    info.leftOut += info.samples - kept.size();
    info.samples = kept.size();
    return std::unique_ptr<Dataset>(
        std::make_unique<FixedDataset>(std::move(dataset), fixes, std::move(info), std::move(kept), std::move(labels)));
}

} // namespace ty::engine
