#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/data/content_hash.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/described_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/formats/audio_codec.h"
#include "engine/data/formats/image_codec.h"
#include "engine/data/formats/image_listing.h"
#include "engine/data/ordered_work.h"
#include "engine/data/prepare/prepare_pictures.h"
#include "engine/data/problems.h"
#include "engine/data/repairs.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 28;
constexpr std::size_t kFilesPerJob = 64;
constexpr int kLongestSameSizeSide =
    128; ///< larger pictures, all of one size, are scaled down to this
constexpr int kLongestMixedSide =
    64; ///< pictures of many sizes are brought to squares of at most this
constexpr int kShortestSide = 8;

/// One picture as found on disk.
struct Seen {
    ImageListing::Entry entry;
    ImageHeader header;
    std::uint64_t bytes = 0;
    std::string digest; ///< SHA-256 of the file
    std::string error;  ///< why it cannot be read; empty if it can
};

/// Beside the length that all recordings are brought to. Of those in stores it is known once they were read.
enum class RecordingLength : std::uint8_t { Unknown, Short, Long };

/// Seconds up to which a recording is not worth another part: lengths are known to a column.
double longestShort(const AudioForm& form)
{
    return form.seconds + kAudioStepSeconds / 2;
}

class ImageFolderDataset final : public Dataset {
  public:
    /// @param hashes   one an entry, or empty
    /// @param seconds  that recordings last, one an entry; empty: not known
    ImageFolderDataset(
        const DataFiles* files,
        DatasetInfo info,
        std::string root,
        std::vector<ImageListing::Entry> entries,
        std::vector<std::uint64_t> hashes,
        const std::vector<double>& seconds)
        : m_files(files)
        , m_info(std::move(info))
        , m_root(std::move(root))
        , m_entries(std::move(entries))
        , m_hashes(std::move(hashes))
        , m_lengths(m_entries.size())
    {
        const AudioForm form = audioFormOf(m_info);
        const bool isAnyPartMeant = m_info.format == "recordings" && form.part == AudioPart::Middle;
        for (std::size_t i = 0; i < m_lengths.size(); ++i) {
            const bool isKnownShort = i < seconds.size() && seconds[i] <= longestShort(form);
            m_lengths[i] = !isAnyPartMeant || isKnownShort ? RecordingLength::Short
                : i < seconds.size()                       ? RecordingLength::Long
                                                           : RecordingLength::Unknown;
        }
    }
    std::span<const std::uint64_t> sampleHashes() const override { return m_hashes; }

    const DatasetInfo& info() const override { return m_info; }
    SplitPart partOf(std::uint64_t sample) const override { return m_entries[sample].part; }
    std::string sampleId(std::uint64_t sample) const override { return m_entries[sample].path; }
    std::int32_t classOf(std::uint64_t sample) const override { return m_entries[sample].label; }
    double targetOf(std::uint64_t) const override
    {
        return std::numeric_limits<double>::quiet_NaN();
    }
    std::span<const float> numericColumn(std::size_t) const override { return {}; }
    std::span<const std::int32_t> categoryColumn(std::size_t) const override { return {}; }
    std::string cellText(std::uint64_t, std::size_t) const override { return {}; }

    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override
    {
        TY_TRY(const auto file, readDataFile(m_files, placeOf(sample), kMostFileBytes));
        return decode(sample, file, audioFormOf(m_info), chw);
    }

    bool hasOtherParts(std::uint64_t sample) const override { return m_lengths[sample] != RecordingLength::Short; }

    Result<void> readPart(std::uint64_t sample, double place, std::span<std::uint8_t> chw) const override
    {
        TY_TRY(const auto file, readDataFile(m_files, placeOf(sample), kMostFileBytes));
        AudioForm form = audioFormOf(m_info);
        form.place = place;
        if (m_lengths[sample] == RecordingLength::Unknown) {
            const auto header = inspectImage(file);
            const bool isLonger = header && header.value().width * kAudioStepSeconds > longestShort(form);
            m_lengths[sample] = isLonger ? RecordingLength::Long : RecordingLength::Short;
        }
        return decode(sample, file, form, chw);
    }

    Result<std::string> readOriginal(std::uint64_t sample) const override
    {
        return readDataFile(m_files, placeOf(sample), kMostFileBytes);
    }

    void expect(std::span<const std::uint32_t> samples) const override
    {
        if (m_files == nullptr) {
            return;
        }
        std::vector<std::string> paths;
        paths.reserve(samples.size());
        for (const std::uint32_t sample : samples) {
            paths.push_back(placeOf(sample));
        }
        m_files->expect(std::move(paths));
    }

  private:
    std::string placeOf(std::uint64_t sample) const { return (fs::path(m_root) / m_entries[sample].path).string(); }

    Result<void> decode(std::uint64_t sample, std::string_view file, const AudioForm& form, std::span<std::uint8_t> chw) const
    {
        auto pixels = decodeImage(file, {m_info.imageShape[1], m_info.imageShape[2]}, form);
        if (!pixels) {
            return std::move(pixels).error().withContext(m_entries[sample].path);
        }
        resizeInto(pixels.value(), m_info.imageShape, chw);
        return {};
    }

    const DataFiles* m_files;
    DatasetInfo m_info;
    std::string m_root;
    std::vector<ImageListing::Entry> m_entries;
    std::vector<std::uint64_t> m_hashes;
    mutable std::vector<std::atomic<RecordingLength>> m_lengths; ///< beside what all are cut to
};

void look(const DataFiles* files, const std::string& root, Seen& seen)
{
    const auto file = readDataFile(files, (fs::path(root) / seen.entry.path).string(), kMostFileBytes);
    if (!file) {
        seen.error = file.error().message;
        return;
    }
    seen.bytes = file.value().size();
    seen.digest = ContentHash::of(file.value());
    const auto header = inspectImage(file.value());
    if (header) {
        seen.header = header.value();
    } else {
        seen.error = header.error().message;
    }
}

Result<std::vector<Seen>> lookAtAll(
    const std::string& root, std::vector<ImageListing::Entry> entries, const OpenOptions& options)
{
    using Job = std::vector<Seen>;
    OrderedWork<Job> work([&](Job& job) {
        for (Seen& seen : job) {
            if (!options.stop.stop_requested()) {
                look(options.files, root, seen);
            }
        }
    });
    std::vector<Seen> all;
    all.reserve(entries.size());
    std::size_t next = 0;
    while (next < entries.size() || !work.isEmpty()) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        if (next < entries.size() && !work.isFull()) {
            Job job;
            for (std::size_t i = 0; i < kFilesPerJob && next < entries.size(); ++i, ++next) {
                Seen seen;
                seen.entry = std::move(entries[next]);
                job.push_back(std::move(seen));
            }
            work.push(std::move(job));
            continue;
        }
        for (Seen& seen : work.takeFront()) {
            all.push_back(std::move(seen));
        }
        if (options.progress) {
            options.progress(
                static_cast<double>(all.size()) / static_cast<double>(entries.size()),
                "looking at image " + grouped(all.size()));
        }
    }
    return all;
}

/// What the samples are called in messages.
const char* wordOf(const DatasetInfo& info)
{
    return info.format == "recordings" ? "recordings" : "images";
}

/// Drops pictures that cannot be read, and says which.
void setUnreadableAside(std::vector<Seen>& all, DatasetInfo& info)
{
    std::vector<std::string> places;
    std::uint64_t count = 0;
    for (const Seen& seen : all) {
        if (!seen.error.empty()) {
            ++count;
            if (places.size() < kMostProblemPlaces) {
                places.push_back(seen.entry.path + ": " + seen.error);
            }
        }
    }
    if (count > 0) {
        info.problems.push_back(
            {ProblemSeverity::Warning,
             "unreadable",
             fmt::format(
                 "{} cannot be read, for example {}", counted(count, wordOf(info)), places.front()),
             "They are left out. Replace or remove them.",
             count,
             places});
        std::erase_if(all, [](const Seen& seen) { return !seen.error.empty(); });
    }
}

int roundedToEight(double side)
{
    return std::max(kShortestSide, static_cast<int>(std::lround(side / 8)) * 8);
}

/// Pictures of one size keep it unless they are large; pictures of several sizes become squares.
void chooseShape(const std::vector<Seen>& all, const OpenOptions& options, DatasetInfo& info)
{
    const bool isColour =
        std::any_of(all.begin(), all.end(), [](const Seen& seen) { return seen.header.isColour; });
    info.imageShape[0] = isColour ? 3 : 1;
    const ImageHeader first = all.front().header;
    info.areImagesSameSize = std::all_of(all.begin(), all.end(), [&](const Seen& seen) {
        return seen.header.width == first.width && seen.header.height == first.height;
    });
    if (options.imageShape[0] > 0) {
        info.imageShape = options.imageShape;
        return;
    }
    if (info.areImagesSameSize) {
        const int longest = std::max(first.width, first.height);
        const double scale = longest > kLongestSameSizeSide
                                 ? static_cast<double>(kLongestSameSizeSide) / longest
                                 : 1.0;
        info.imageShape[1] = std::max(1, static_cast<int>(std::lround(first.height * scale)));
        info.imageShape[2] = std::max(1, static_cast<int>(std::lround(first.width * scale)));
        return;
    }
    std::vector<double> sides;
    sides.reserve(all.size());
    for (const Seen& seen : all) {
        sides.push_back(std::sqrt(static_cast<double>(seen.header.width) * seen.header.height));
    }
    const auto middle = sides.begin() + static_cast<std::ptrdiff_t>(sides.size() / 2);
    std::nth_element(sides.begin(), middle, sides.end());
    const int side = std::min(kLongestMixedSide, roundedToEight(*middle));
    info.imageShape[1] = side;
    info.imageShape[2] = side;
}

double secondsOf(const Seen& seen)
{
    return seen.header.width * kAudioStepSeconds; // a column each
}

/// What nine of ten recordings last at most, to the nearest twentieth of a second.
double usualSecondsOf(const std::vector<Seen>& all)
{
    constexpr double kStep = 0.05;
    std::vector<double> lengths;
    for (const Seen& seen : all) {
        lengths.push_back(secondsOf(seen));
    }
    if (lengths.empty()) {
        return 1;
    }
    const auto place = lengths.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(lengths.size() - 1) + 0.5);
    std::nth_element(lengths.begin(), place, lengths.end());
    return std::max(kStep, kStep * std::round(*place / kStep));
}

/// Recordings of several lengths are brought to one.
void tellLengths(const std::vector<Seen>& all, DatasetInfo& info)
{
    constexpr double kWorthTelling = 1.25; // times; breath before a word differs as much
    const auto [shortest, longest] = std::minmax_element(all.begin(), all.end(), [](const Seen& a, const Seen& b) {
        return a.header.width < b.header.width;
    });
    if (longest->header.width < kWorthTelling * shortest->header.width) {
        return;
    }
    std::vector<double> lengths;
    for (const Seen& seen : all) {
        lengths.push_back(secondsOf(seen));
    }
    const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
    std::nth_element(lengths.begin(), middle, lengths.end());
    const std::string spread = fmt::format(
        "the recordings last {:.2f} to {:.2f} s, half of them less than {:.2f} s; ", secondsOf(*shortest), secondsOf(*longest), *middle);
    const std::vector<std::string> places{shortest->entry.path, longest->entry.path};
    const AudioForm form = audioFormOf(info);
    if (form.part == AudioPart::All) {
        info.problems.push_back(
            {longest->header.width > 4 * shortest->header.width ? ProblemSeverity::Warning : ProblemSeverity::Note, "lengths",
             spread + fmt::format("each is drawn out or squeezed to {} columns", info.imageShape[2]),
             "So a long recording is heard faster than a short one. The step \"crop\" brings them to one length without that.", all.size(), places});
        return;
    }
    const auto cut = static_cast<std::uint64_t>(
        std::count_if(lengths.begin(), lengths.end(), [&](double seconds) { return seconds > form.seconds + kAudioStepSeconds; }));
    const bool areMany = 8 * cut > lengths.size();
    info.problems.push_back(
        {areMany ? ProblemSeverity::Warning : ProblemSeverity::Note, "lengths",
         spread + (cut == 0 ? fmt::format("shorter ones get silence up to {:g} s", form.seconds)
                            : fmt::format("{} cut to {:g} s, shorter ones get silence", counted(cut, "recordings") + (cut == 1 ? " is" : " are"), form.seconds)),
         "Another length, and which part is heard, can be chosen by the step \"crop\" of the preparation.", all.size(), places});
}

/// By path, so that the order of folders on a disk does not matter.
std::string fingerprintOf(const std::vector<Seen>& all)
{
    std::vector<const Seen*> order;
    for (const Seen& seen : all) {
        order.push_back(&seen);
    }
    std::sort(order.begin(), order.end(), [](const Seen* a, const Seen* b) {
        return a->entry.path < b->entry.path;
    });
    ContentHash hash;
    for (const Seen* seen : order) {
        hash.addField(seen->entry.path);
        hash.addField(seen->digest);
    }
    return hash.finish();
}

/// The classes of the folder, or those of the model, whose indices the entries then get.
void setClasses(
    DatasetInfo& info,
    const std::vector<std::string>& names,
    std::vector<ImageListing::Entry>& entries,
    const OpenOptions& options)
{
    std::vector<std::int32_t> index(names.size());
    std::vector<std::string> unknown;
    if (options.like == nullptr) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            info.classes.push_back({names[i], 0});
            index[i] = static_cast<std::int32_t>(i);
        }
    } else {
        std::map<std::string, std::int32_t> known;
        for (const ClassInfo& entry : options.like->classes) {
            known.emplace(entry.name, static_cast<std::int32_t>(info.classes.size()));
            info.classes.push_back({entry.name, 0});
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto found = known.find(classNameLike(*options.like, names[i]));
            index[i] = found == known.end() ? -1 : found->second;
            if (found == known.end()) {
                unknown.push_back(names[i]);
            }
        }
    }
    for (ImageListing::Entry& entry : entries) {
        entry.label = entry.label < 0 ? -1 : index[static_cast<std::size_t>(entry.label)];
        if (entry.label >= 0) {
            ++info.classes[static_cast<std::size_t>(entry.label)].samples;
        }
        ++info.givenSplit[static_cast<std::size_t>(entry.part)];
    }
    if (!unknown.empty()) {
        const std::uint64_t count = unknown.size();
        const std::string first = unknown.front();
        unknown.resize(std::min(unknown.size(), kMostProblemPlaces));
        info.problems.push_back(
            {ProblemSeverity::Warning,
             "bad-values",
             fmt::format(
                 "{} unknown to the model, \"{}\" among them",
                 counted(count, "folders") + (count == 1 ? " is" : " are"),
                 first),
             "Their images count as unlabelled.",
             count,
             unknown});
    }
}

/// What can be said from the names alone.
Result<ImageListing> listFor(const std::string& path, const OpenOptions& options, std::string& root)
{
    if (options.like != nullptr && options.like->kind != DataKind::Image) {
        return Error{
            ErrorKind::InvalidInput,
            fileName(path) + " holds images, but the model was trained on a table",
            {}};
    }
    if (!isDataFolder(options.files, path)) {
        if (options.like == nullptr) {
            return Error{
                ErrorKind::InvalidInput,
                fileName(path) + " is a single image",
                "Give the folder that holds one folder of images for each class."};
        }
        root = fs::path(path).parent_path().string();
        ImageListing listing;
        ImageListing::Entry entry;
        entry.path = fs::path(path).filename().string();
        entry.label = -1;
        listing.entries.push_back(std::move(entry));
        return listing;
    }
    root = path;
    TY_TRY(auto listing, listImages(path, options));
    if (options.like == nullptr) {
        std::erase_if(
            listing.entries, [](const ImageListing::Entry& entry) { return entry.label < 0; });
    }
    if (listing.entries.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            fileName(path) + " has no PNG or JPEG images in class folders, and no recordings",
            "Put the images of each class into a folder with the name of the class."};
    }
    if (listing.entries.size() >= std::numeric_limits<std::uint32_t>::max()) {
        return Error{ErrorKind::Unsupported, fileName(path) + " has too many images", {}};
    }
    return listing;
}

DatasetInfo beginInfo(const std::string& path, const ImageListing& listing, const OpenOptions& options)
{
    DatasetInfo info;
    info.path = path;
    info.name = nameWithoutSuffix(path);
    info.format = !listing.entries.empty() && isRecordingName(listing.entries.front().path) ? "recordings" : "image-folder";
    info.kind = DataKind::Image;
    info.task = Task::Classification;
    info.target = "label";
    if (options.like != nullptr) {
        info.imageShape = options.like->imageShape;
    }
    return info;
}

} // namespace

namespace {

/// Every so many pictures, for what can be said before all have been read.
std::vector<ImageListing::Entry> someOf(const std::vector<ImageListing::Entry>& entries, std::size_t& step)
{
    constexpr std::size_t kLookedAt = 50;
    step = std::max<std::size_t>(1, entries.size() / kLookedAt);
    std::vector<ImageListing::Entry> some;
    for (std::size_t i = 0; i < entries.size(); i += step) {
        some.push_back(entries[i]);
    }
    return some;
}

/// By path, size and version as the store tells them: the pictures themselves are far away.
std::string fingerprintOf(const std::vector<ImageListing::Entry>& entries)
{
    std::vector<const ImageListing::Entry*> order;
    for (const auto& entry : entries) {
        order.push_back(&entry);
    }
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->path < b->path; });
    ContentHash hash;
    for (const auto* entry : order) {
        hash.addField(entry->path);
        hash.addField(std::to_string(entry->bytes));
        hash.addField(entry->version);
    }
    return hash.finish();
}

/// OpenOptions::isOutlineEnough, and pictures in a store
Result<std::unique_ptr<Dataset>> openOutline(const std::string& path, const OpenOptions& options)
{
    std::string root;
    TY_TRY(auto listing, listFor(path, options, root));
    std::size_t step = 1;
    const auto chosen = someOf(listing.entries, step);
    if (options.files != nullptr) {
        std::vector<std::string> paths;
        for (const auto& entry : chosen) {
            paths.push_back((fs::path(root) / entry.path).string());
        }
        options.files->expect(std::move(paths));
    }
    TY_TRY(auto some, lookAtAll(root, chosen, options));
    DatasetInfo info = beginInfo(path, listing, options);
    setUnreadableAside(some, info);
    if (some.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            fileName(path) + ": no image can be read; " + info.problems.front().places.front(),
            {}};
    }
    info.problems.clear(); // a sample of them tells too little
    if (options.like == nullptr) {
        chooseShape(some, options, info);
    }
    TY_CHECK(preparePictures(info, options, info.imageShape[0], usualSecondsOf(some)));
    info.samples = listing.entries.size();
    if (options.files != nullptr) {
        info.fingerprint = fingerprintOf(listing.entries);
        for (const auto& entry : listing.entries) {
            info.bytes += entry.bytes;
        }
    }
    setClasses(info, listing.classes, listing.entries, options);
    if (options.files != nullptr && options.like == nullptr) {
        addClassProblems(info, wordOf(info));
    }
    return std::unique_ptr<Dataset>(std::make_unique<ImageFolderDataset>(
        options.files, std::move(info), std::move(root), std::move(listing.entries), std::vector<std::uint64_t>(), std::vector<double>()));
}

} // namespace

Result<std::unique_ptr<Dataset>>
openImageFolder(const std::string& path, const OpenOptions& options)
{
    if (options.task == "regression") {
        return Error{
            ErrorKind::InvalidInput,
            fileName(path) + ": folders of images give classes, so regression is not possible",
            {}};
    }
    if (options.isOutlineEnough || options.files != nullptr) {
        return openOutline(path, options);
    }
    std::string root;
    TY_TRY(auto listing, listFor(path, options, root));
    DatasetInfo info = beginInfo(path, listing, options);
    TY_TRY(auto all, lookAtAll(root, std::move(listing.entries), options));
    setUnreadableAside(all, info);
    if (all.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            fileName(path) + ": no image can be read; " + info.problems.front().places.front(),
            {}};
    }
    info.samples = all.size();
    info.fingerprint = fingerprintOf(all);
    if (options.like == nullptr) {
        chooseShape(all, options, info);
    }
    TY_CHECK(preparePictures(info, options, info.imageShape[0], usualSecondsOf(all)));
    if (options.like == nullptr && info.format == "recordings") {
        tellLengths(all, info);
    }
    std::vector<ImageListing::Entry> entries;
    std::vector<std::uint64_t> hashes;
    std::vector<double> seconds;
    for (Seen& seen : all) {
        info.bytes += seen.bytes;
        seconds.push_back(secondsOf(seen));
        hashes.push_back(quickHash(
            {reinterpret_cast<const std::uint8_t*>(seen.digest.data()), seen.digest.size()}));
        entries.push_back(std::move(seen.entry));
    }
    setClasses(info, listing.classes, entries, options);
    if (options.like == nullptr) {
        addClassProblems(info, wordOf(info));
    }
    if (options.areDuplicatesSought) {
        addDuplicateProblems(
            info,
            hashes,
            [&](std::uint64_t i) { return entries[i].part; },
            [&](std::uint64_t i) { return entries[i].path; },
            wordOf(info));
    } else {
        hashes = {};
    }
    return std::unique_ptr<Dataset>(std::make_unique<ImageFolderDataset>(
        nullptr, std::move(info), std::move(root), std::move(entries), std::move(hashes), seconds));
}

Result<Preview> previewImageFolder(const std::string& path, const OpenOptions& options)
{
    std::string root;
    TY_TRY(auto listing, listFor(path, options, root));
    Preview preview;
    preview.info = beginInfo(path, listing, options);
    preview.info.samples = listing.entries.size();
    setClasses(preview.info, listing.classes, listing.entries, options);
    std::size_t step = 1;
    TY_TRY(auto all, lookAtAll(root, someOf(listing.entries, step), options));
    std::uint64_t bytes = 0;
    for (const Seen& seen : all) {
        bytes += seen.bytes;
    }
    preview.info.bytes = bytes * step;
    setUnreadableAside(all, preview.info);
    if (!all.empty() && options.like == nullptr) {
        chooseShape(all, options, preview.info);
    }
    TY_CHECK(preparePictures(preview.info, options, preview.info.imageShape[0], usualSecondsOf(all)));
    addClassProblems(preview.info, wordOf(preview.info));
    return preview;
}

} // namespace ty::engine
