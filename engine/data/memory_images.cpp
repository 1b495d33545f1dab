#include "engine/data/memory_images.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "engine/data/content_hash.h"
#include "engine/data/image_resize.h"
#include "engine/data/prepare/prepare_pictures.h"
#include "engine/data/problems.h"
#include "engine/data/repairs.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

class MemoryImageDataset final : public Dataset {
  public:
    MemoryImageDataset(DatasetInfo info, MemoryImages images)
        : m_info(std::move(info))
        , m_images(std::move(images))
    {
    }

    void setProblems(std::vector<Problem> problems) { m_info.problems = std::move(problems); }
    void setHashes(std::vector<std::uint64_t> hashes) { m_hashes = std::move(hashes); }

    std::span<const std::uint64_t> sampleHashes() const override { return m_hashes; }
    const DatasetInfo& info() const override { return m_info; }
    SplitPart partOf(std::uint64_t sample) const override
    {
        return m_images.parts.empty() ? SplitPart::Training : m_images.parts[sample];
    }
    std::string sampleId(std::uint64_t sample) const override
    {
        const auto file = static_cast<std::size_t>(
            std::upper_bound(m_images.fileEnds.begin(), m_images.fileEnds.end(), sample) -
            m_images.fileEnds.begin());
        const std::uint64_t first = file == 0 ? 0 : m_images.fileEnds[file - 1];
        return m_images.files.size() > 1
                   ? fmt::format("{} image {}", m_images.files[file], sample - first)
                   : fmt::format("image {}", sample);
    }
    std::int32_t classOf(std::uint64_t sample) const override
    {
        return m_images.labels.empty() ? -1 : m_images.labels[sample];
    }
    double targetOf(std::uint64_t sample) const override
    {
        return m_images.targets.empty() ? std::numeric_limits<double>::quiet_NaN()
                                        : m_images.targets[sample];
    }
    std::span<const float> numericColumn(std::size_t) const override { return {}; }
    std::span<const std::int32_t> categoryColumn(std::size_t) const override { return {}; }
    std::string cellText(std::uint64_t, std::size_t) const override { return {}; }

    bool isReadQuickly() const override { return m_images.shape == m_info.imageShape; }
    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override
    {
        const auto& shape = m_images.shape;
        const std::size_t size = static_cast<std::size_t>(shape[0]) *
                                 static_cast<std::size_t>(shape[1]) *
                                 static_cast<std::size_t>(shape[2]);
        const auto begin = m_images.pixels.begin() + static_cast<std::ptrdiff_t>(sample * size);
        if (shape == m_info.imageShape) {
            std::copy(begin, begin + static_cast<std::ptrdiff_t>(size), chw.begin());
        } else {
            const Pixels source{
                shape[0], shape[1], shape[2], {begin, begin + static_cast<std::ptrdiff_t>(size)}};
            resizeInto(source, m_info.imageShape, chw);
        }
        return {};
    }

  private:
    DatasetInfo m_info;
    MemoryImages m_images;
    std::vector<std::uint64_t> m_hashes;
};

/// Turns label numbers into class indices and fills info.classes.
void nameClasses(DatasetInfo& info, MemoryImages& images, const OpenOptions& options)
{
    std::set<std::int32_t> numbers(images.labels.begin(), images.labels.end());
    numbers.erase(-1);
    const auto nameOf = [&](std::int32_t number) {
        const auto index = static_cast<std::size_t>(number);
        return index < images.classNames.size() ? images.classNames[index] : std::to_string(number);
    };
    if (options.like != nullptr) {
        info.classes = options.like->classes;
        for (ClassInfo& entry : info.classes) {
            entry.samples = 0;
        }
    } else if (!images.classNames.empty()) {
        for (const std::string& name : images.classNames) {
            info.classes.push_back({name, 0});
        }
    } else {
        // A number that is skipped is a class without samples: the labels 0..9 with no 7 still mean
        // ten classes.
        const bool isDense = !numbers.empty() && *numbers.begin() >= 0 && *numbers.begin() <= 1 &&
                             *numbers.rbegin() < 2 * static_cast<std::int32_t>(numbers.size()) + 2;
        if (isDense) {
            for (std::int32_t number = *numbers.begin(); number <= *numbers.rbegin(); ++number) {
                info.classes.push_back({nameOf(number), 0});
            }
        } else {
            for (const std::int32_t number : numbers) {
                info.classes.push_back({nameOf(number), 0});
            }
        }
    }
    std::unordered_map<std::string, std::int32_t> indexOf;
    for (std::size_t i = 0; i < info.classes.size(); ++i) {
        indexOf.emplace(info.classes[i].name, static_cast<std::int32_t>(i));
    }
    std::unordered_map<std::int32_t, std::int32_t> classOfNumber;
    std::vector<std::string> unknown;
    for (const std::int32_t number : numbers) {
        const auto found = indexOf.find(
            options.like != nullptr ? classNameLike(*options.like, nameOf(number)) : nameOf(number));
        classOfNumber[number] = found == indexOf.end() ? -1 : found->second;
        if (found == indexOf.end()) {
            unknown.push_back(nameOf(number));
        }
    }
    std::uint64_t unlabelled = 0;
    for (std::int32_t& label : images.labels) {
        label = label < 0 ? -1 : classOfNumber[label];
        if (label >= 0) {
            ++info.classes[static_cast<std::size_t>(label)].samples;
        } else {
            ++unlabelled;
        }
    }
    if (unlabelled > 0) {
        info.problems.push_back(
            {ProblemSeverity::Warning,
             "missing-values",
             fmt::format("{} without a label that is known", counted(unlabelled, "images")),
             "They are not used for training.",
             unlabelled,
             std::move(unknown)});
    }
}

} // namespace

std::uint64_t MemoryImages::samples() const
{
    const auto size = static_cast<std::uint64_t>(shape[0]) * static_cast<std::uint64_t>(shape[1]) *
                      static_cast<std::uint64_t>(shape[2]);
    return size == 0 ? 0 : pixels.size() / size;
}

Result<std::unique_ptr<Dataset>> makeImageDataset(MemoryImages images, const OpenOptions& options)
{
    const std::uint64_t samples = images.samples();
    const std::string file = fileName(images.path);
    if (samples == 0) {
        return Error{ErrorKind::InvalidInput, file + " holds no images", {}};
    }
    if (options.like != nullptr && options.like->kind != DataKind::Image) {
        return Error{
            ErrorKind::InvalidInput,
            file + " holds images, but the model was trained on a table",
            {}};
    }
    const auto wanted = taskFromName(options.task);
    const Task task = options.like != nullptr  ? options.like->task
                      : images.targets.empty() ? Task::Classification
                                               : Task::Regression;
    if (options.like == nullptr && (!options.task.empty() && (!wanted || *wanted != task))) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{}: {} is not possible, the labels are for {}",
                file,
                options.task,
                taskName(task)),
            {}};
    }
    if (options.like == nullptr && images.labels.empty() && images.targets.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            file + " has images but no labels",
            "Put the labels file beside it."};
    }
    DatasetInfo info;
    info.path = images.path;
    info.name = nameWithoutSuffix(images.path);
    info.format = images.format;
    info.kind = DataKind::Image;
    info.task = task;
    info.samples = samples;
    info.bytes = images.bytes;
    info.target = "label";
    info.imageShape = options.like != nullptr ? options.like->imageShape
        : options.imageShape[0] > 0           ? options.imageShape
                                              : images.shape;
    TY_CHECK(preparePictures(info, options, images.shape[0], 0));
    info.fingerprint = images.fingerprint;
    info.problems = std::move(images.problems);
    info.givenSplit = {samples, 0, 0};
    if (!images.parts.empty()) {
        info.givenSplit = {};
        for (const SplitPart part : images.parts) {
            ++info.givenSplit[static_cast<std::size_t>(part)];
        }
    }
    if (task == Task::Classification) {
        nameClasses(info, images, options);
    }
    if (options.like == nullptr) {
        addClassProblems(info, "images");
    }
    std::vector<std::uint64_t> hashes;
    if (options.areDuplicatesSought) {
        const std::size_t size = images.pixels.size() / samples;
        hashes.reserve(samples);
        for (std::uint64_t i = 0; i < samples; ++i) {
            hashes.push_back(quickHash({images.pixels.data() + i * size, size}));
        }
    }
    auto dataset = std::make_unique<MemoryImageDataset>(info, std::move(images));
    if (!hashes.empty()) {
        addDuplicateProblems(
            info,
            hashes,
            [&](std::uint64_t i) { return dataset->partOf(i); },
            [&](std::uint64_t i) { return dataset->sampleId(i); },
            "images");
        dataset->setProblems(std::move(info.problems));
        dataset->setHashes(std::move(hashes));
    }
    return std::unique_ptr<Dataset>(std::move(dataset));
}

} // namespace ty::engine
