#include "engine/data/repairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/data/column_statistics.h"
#include "engine/data/problems.h"
#include "engine/data/table_problems.h"

namespace ty::engine {

namespace {

constexpr std::int32_t kNoClass = -1;

/// Another dataset with samples left out and classes named anew. Columns that change are copied.
class RepairedDataset final : public Dataset {
  public:
    /// @param kept      samples of `source` that stay, ascending
    /// @param newClass  of each class of `source`; kNoClass if it is none any more
    RepairedDataset(
        std::unique_ptr<Dataset> source,
        DataRepairs repairs,
        DatasetInfo info,
        std::vector<std::uint32_t> kept,
        std::vector<std::int32_t> newClass)
        : m_source(std::move(source))
        , m_repairs(std::move(repairs))
        , m_info(std::move(info))
        , m_kept(std::move(kept))
        , m_newClass(std::move(newClass))
    {
        const bool areAllKept = m_kept.size() == m_source->size();
        const bool areClassesNew = m_newClass.size() != m_info.classes.size();
        m_columns.resize(m_source->info().columns.size());
        const LargePlace place = placeFor(m_columns.size() * m_kept.size() * sizeof(float));
        m_isReadQuickly = m_source->isReadQuickly() && (areAllKept || place == LargePlace::Memory);
        for (std::size_t c = 0; c < m_columns.size(); ++c) {
            const bool isTarget = m_source->info().columns[c].role == ColumnRole::Target;
            m_columns[c].isCopied = !areAllKept || (isTarget && areClassesNew);
            if (m_columns[c].isCopied) {
                copyColumn(c, isTarget, place);
            }
        }
        const auto hashes = m_source->sampleHashes();
        for (const std::uint32_t sample : hashes.empty() ? std::vector<std::uint32_t>() : m_kept) {
            m_hashes.push_back(hashes[sample]);
        }
    }

    const DatasetInfo& info() const override { return m_info; }
    DatasetInfo& info() { return m_info; }
    SplitPart partOf(std::uint64_t sample) const override
    {
        return m_source->partOf(m_kept[sample]);
    }
    std::string sampleId(std::uint64_t sample) const override
    {
        return m_source->sampleId(m_kept[sample]);
    }
    std::int32_t classOf(std::uint64_t sample) const override
    {
        return renamed(m_source->classOf(m_kept[sample]));
    }
    double targetOf(std::uint64_t sample) const override
    {
        return m_source->targetOf(m_kept[sample]);
    }
    std::span<const float> numericColumn(std::size_t column) const override
    {
        return m_columns[column].isCopied ? m_columns[column].numbers
                                          : m_source->numericColumn(column);
    }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override
    {
        return m_columns[column].isCopied ? m_columns[column].codes
                                          : m_source->categoryColumn(column);
    }
    std::string cellText(std::uint64_t sample, std::size_t column) const override
    {
        return m_source->cellText(m_kept[sample], column);
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
    Result<std::unique_ptr<Dataset>> preparedAnew(const StepsFit& fit) const override;
    std::span<const std::uint64_t> sampleHashes() const override { return m_hashes; }

  private:
    struct Column {
        bool isCopied = false;
        LargeVector<float> numbers;
        LargeVector<std::int32_t> codes;
    };

    std::int32_t renamed(std::int32_t index) const
    {
        return index < 0 || m_newClass.empty() ? index : m_newClass[static_cast<std::size_t>(index)];
    }

    void copyColumn(std::size_t index, bool isTarget, LargePlace place)
    {
        Column& column = m_columns[index];
        const auto numbers = m_source->numericColumn(index);
        const auto codes = m_source->categoryColumn(index);
        column.numbers = LargeVector<float>(LargeAllocator<float>(place));
        column.numbers.reserve(numbers.empty() ? 0 : m_kept.size());
        column.codes = LargeVector<std::int32_t>(LargeAllocator<std::int32_t>(place));
        column.codes.reserve(codes.empty() ? 0 : m_kept.size());
        for (const std::uint32_t sample : numbers.empty() ? std::vector<std::uint32_t>() : m_kept) {
            column.numbers.push_back(numbers[sample]);
        }
        for (const std::uint32_t sample : codes.empty() ? std::vector<std::uint32_t>() : m_kept) {
            column.codes.push_back(isTarget ? renamed(codes[sample]) : codes[sample]);
        }
    }

    std::unique_ptr<Dataset> m_source;
    DataRepairs m_repairs;
    DatasetInfo m_info;
    std::vector<std::uint32_t> m_kept;
    std::vector<std::int32_t> m_newClass;
    std::vector<Column> m_columns;
    bool m_isReadQuickly = false;
    std::vector<std::uint64_t> m_hashes;
};

/// Marks rows in which one of the columns has no value.
void dropMissing(const Dataset& dataset, const DataRepairs& repairs, std::vector<bool>& isDropped)
{
    const auto& columns = dataset.info().columns;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto choice = repairs.missing.find(columns[c].name);
        if (choice == repairs.missing.end() || choice->second != MissingValues::DropRows ||
            columns[c].missing == 0) {
            continue;
        }
        const auto numbers = dataset.numericColumn(c);
        const auto codes = dataset.categoryColumn(c);
        for (std::uint64_t row = 0; row < dataset.size(); ++row) {
            isDropped[row] = isDropped[row] || (!numbers.empty() ? std::isnan(numbers[row])
                                                : !codes.empty() ? codes[row] < 0
                                                                 : dataset.cellText(row, c).empty());
        }
    }
}

/// Marks training samples that another part holds too.
void dropShared(const Dataset& dataset, std::vector<bool>& isDropped)
{
    const auto hashes = dataset.sampleHashes();
    std::unordered_set<std::uint64_t> others;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (dataset.partOf(i) != SplitPart::Training) {
            others.insert(hashes[i]);
        }
    }
    for (std::size_t i = 0; i < hashes.size() && !others.empty(); ++i) {
        if (dataset.partOf(i) == SplitPart::Training && others.contains(hashes[i])) {
            isDropped[i] = true;
        }
    }
}

/// Marks samples that an earlier one of the same part equals.
void dropRepeated(const Dataset& dataset, std::vector<bool>& isDropped)
{
    const auto hashes = dataset.sampleHashes();
    std::array<std::unordered_set<std::uint64_t>, 3> seen;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (!isDropped[i] && !seen[static_cast<std::size_t>(dataset.partOf(i))].insert(hashes[i]).second) {
            isDropped[i] = true;
        }
    }
}

bool isClassProblem(const std::string& kind)
{
    return kind == "imbalance" || kind == "label-typo" || kind == "empty-class" ||
           kind == "single-class";
}

bool isDuplicateProblem(const std::string& kind)
{
    return kind == "duplicates" || kind == "split-duplicates";
}

bool isDealtWith(const Problem& problem, const DataRepairs& repairs)
{
    const auto isMerged = [&](const std::string& name) {
        return repairs.mergedClasses.contains(name);
    };
    if (problem.kind == "label-typo") {
        return std::any_of(problem.names.begin(), problem.names.end(), isMerged);
    }
    if (problem.kind == "missing-values" || problem.kind == "bad-values") {
        return !problem.names.empty() && repairs.missing.contains(problem.names.front());
    }
    return (problem.kind == "unreadable" && repairs.areUnreadableLeftOut) ||
           (problem.kind == "empty-class" && repairs.areEmptyClassesLeftOut) ||
           (problem.kind == "duplicates" && repairs.areDuplicatesLeftOut) ||
           (problem.kind == "split-duplicates" && repairs.areSharedLeftOut) ||
           (problem.kind == "imbalance" && repairs.areClassesWeighed);
}

/// Merges classes by name and drops those that are empty, if the person wants that.
std::vector<std::int32_t>
mapClasses(const Dataset& dataset, const std::vector<std::uint32_t>& kept, const DataRepairs& repairs, DatasetInfo& info)
{
    const std::vector<ClassInfo> before = std::exchange(info.classes, {});
    std::vector<std::uint64_t> counts(before.size());
    for (const std::uint32_t sample : kept) {
        if (const std::int32_t index = dataset.classOf(sample); index >= 0) {
            ++counts[static_cast<std::size_t>(index)];
        }
    }
    std::map<std::string, std::uint64_t> countOf;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const std::string name = repairs.classNameFor(before[i].name);
        countOf[name] += counts[i];
        if (name != before[i].name) {
            info.mergedClasses[before[i].name] = name;
        }
    }
    std::map<std::string, std::int32_t> indexOf;
    std::vector<std::int32_t> newClass;
    for (const ClassInfo& entry : before) {
        const std::string name = repairs.classNameFor(entry.name);
        const std::uint64_t count = countOf[name];
        if (count == 0 && repairs.areEmptyClassesLeftOut) {
            newClass.push_back(kNoClass);
            continue;
        }
        const auto [at, isNew] = indexOf.emplace(name, static_cast<std::int32_t>(info.classes.size()));
        if (isNew) {
            info.classes.push_back({name, count});
        }
        newClass.push_back(at->second);
    }
    return newClass;
}

/// What the columns hold now that rows are left out.
void describeColumns(const Dataset& dataset, DatasetInfo& info)
{
    for (std::size_t c = 0; c < info.columns.size(); ++c) {
        ColumnInfo& column = info.columns[c];
        const auto numbers = dataset.numericColumn(c);
        const auto codes = dataset.categoryColumn(c);
        if (column.role == ColumnRole::Target && info.task == Task::Classification) {
            column.categories.clear();
            for (const ClassInfo& entry : info.classes) {
                column.categories.push_back(entry.name);
            }
            column.distinct = column.categories.size();
        }
        if (!codes.empty()) {
            std::vector<std::uint64_t> counts(column.categories.size());
            column.missing = 0;
            for (const std::int32_t code : codes) {
                ++(code < 0 ? column.missing : counts[static_cast<std::size_t>(code)]);
            }
            column.distribution = distributionOf(column.categories, counts);
        }
        if (numbers.empty()) {
            continue;
        }
        NumberStatistics seen;
        seen.add(numbers);
        column.missing = seen.missing;
        column.distribution = distributionOf(seen);
        if (column.type != ColumnType::Numeric || seen.present == 0) {
            continue;
        }
        column.mean = seen.mean;
        column.deviation = seen.deviation();
        column.minimum = std::max<double>(column.minimum, seen.minimum);
        column.maximum = std::min<double>(column.maximum, seen.maximum);
    }
}

/// Sorts what was found in the data as it is into dealt with and open, and looks again at what the repairs change.
void judgeProblems(const RepairedDataset& dataset, const DataRepairs& repairs, DatasetInfo& info)
{
    std::vector<Problem> found = std::exchange(info.problems, {});
    const bool areHashed = !dataset.sampleHashes().empty();
    for (Problem& problem : found) {
        if (isDealtWith(problem, repairs)) {
            info.repaired.push_back(std::move(problem));
        } else if (!isClassProblem(problem.kind) && !(areHashed && isDuplicateProblem(problem.kind))) {
            info.problems.push_back(std::move(problem));
        }
    }
    const std::string what = info.kind == DataKind::Image ? "images" : "rows";
    for (Problem& problem : info.problems) {
        const auto column = std::find_if(info.columns.begin(), info.columns.end(), [&](const ColumnInfo& one) {
            return problem.kind == "missing-values" && !problem.names.empty() && one.name == problem.names.front();
        });
        if (column != info.columns.end() && column->missing != problem.count) {
            problem.count = column->missing;
            problem.message = missingMessage(column->name, column->missing, info.samples);
            problem.places.clear(); // they tell of rows that may be gone
        }
    }
    std::erase_if(info.problems, [](const Problem& problem) {
        return problem.kind == "missing-values" && problem.count == 0;
    });
    DatasetInfo again = info;
    again.problems.clear();
    addClassProblems(again, what);
    if (areHashed) {
        const auto hashes = dataset.sampleHashes();
        addDuplicateProblems(
            again,
            hashes,
            [&](std::uint64_t i) { return dataset.partOf(i); },
            [&](std::uint64_t i) { return dataset.sampleId(i); },
            what);
    }
    for (Problem& problem : again.problems) {
        if (!isDealtWith(problem, repairs)) {
            info.problems.push_back(std::move(problem));
            continue;
        }
        const bool isKnown = std::any_of(info.repaired.begin(), info.repaired.end(), [&](const Problem& one) {
            return one.kind == problem.kind && one.names == problem.names;
        });
        if (!isKnown && problem.kind == "imbalance") {
            std::erase_if(info.repaired, [](const Problem& one) { return one.kind == "imbalance"; });
            info.repaired.push_back(std::move(problem));
        }
    }
}

/// The dataset with these samples alone, its classes as the person wants them and its problems judged anew.
Result<std::unique_ptr<Dataset>> repairedSamples(
    std::unique_ptr<Dataset> dataset, const DataRepairs& repairs, std::vector<std::uint32_t> kept)
{
    DatasetInfo info = dataset->info();
    info.leftOut += info.samples - kept.size();
    info.samples = kept.size();
    info.givenSplit = {};
    for (const std::uint32_t sample : kept) {
        ++info.givenSplit[static_cast<std::size_t>(dataset->partOf(sample))];
    }
    std::vector<std::int32_t> newClass;
    if (info.task == Task::Classification) {
        newClass = mapClasses(*dataset, kept, repairs, info);
    }
    auto repaired = std::make_unique<RepairedDataset>(
        std::move(dataset), repairs, std::move(info), std::move(kept), std::move(newClass));
    describeColumns(*repaired, repaired->info());
    judgeProblems(*repaired, repairs, repaired->info());
    return std::unique_ptr<Dataset>(std::move(repaired));
}

Result<std::unique_ptr<Dataset>> RepairedDataset::preparedAnew(const StepsFit& fit) const
{
    const auto training = placesIn(m_kept, fit.training);
    TY_TRY(auto source, m_source->preparedAnew({training, fit.found}));
    return source ? repairedSamples(std::move(source), m_repairs, m_kept) : Result<std::unique_ptr<Dataset>>(std::move(source));
}

} // namespace

std::string classNameLike(const DatasetInfo& like, const std::string& name)
{
    const auto found = like.mergedClasses.find(name);
    return found == like.mergedClasses.end() ? name : found->second;
}

Result<std::unique_ptr<Dataset>>
repairDataset(std::unique_ptr<Dataset> dataset, const DataRepairs& repairs)
{
    std::vector<bool> isDropped(dataset->size(), false);
    dropMissing(*dataset, repairs, isDropped);
    if (repairs.areSharedLeftOut) {
        dropShared(*dataset, isDropped);
    }
    if (repairs.areDuplicatesLeftOut) {
        dropRepeated(*dataset, isDropped);
    }
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < isDropped.size(); ++i) {
        if (!isDropped[i]) {
            kept.push_back(static_cast<std::uint32_t>(i));
        }
    }
    if (kept.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            dataset->info().name + ": every sample is left out by what is to be done about its problems",
            "Fill in missing values instead of leaving the rows out."};
    }
    return repairedSamples(std::move(dataset), repairs, std::move(kept));
}

} // namespace ty::engine
