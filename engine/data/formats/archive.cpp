#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "engine/data/archive_reader.h"
#include "engine/data/byte_reader.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/formats/image_codec.h"
#include "engine/data/text_values.h"
#include "engine/data/unpack.h"

namespace ty::engine {

namespace {

constexpr std::size_t kArchiveHead = 512; ///< bytes by which an archive is known, tar the latest

/// What an archive holds under the archive's own name.
class ArchivedDataset final : public Dataset {
public:
    ArchivedDataset(std::unique_ptr<Dataset> inside, DatasetInfo info)
        : m_inside(std::move(inside))
        , m_info(std::move(info))
    {
    }

    const DatasetInfo& info() const override { return m_info; }
    SplitPart partOf(std::uint64_t sample) const override { return m_inside->partOf(sample); }
    std::string sampleId(std::uint64_t sample) const override { return m_inside->sampleId(sample); }
    std::int32_t classOf(std::uint64_t sample) const override { return m_inside->classOf(sample); }
    double targetOf(std::uint64_t sample) const override { return m_inside->targetOf(sample); }
    std::span<const float> numericColumn(std::size_t column) const override { return m_inside->numericColumn(column); }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override { return m_inside->categoryColumn(column); }
    std::string cellText(std::uint64_t sample, std::size_t column) const override { return m_inside->cellText(sample, column); }
    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override { return m_inside->readImage(sample, chw); }
    bool hasOtherParts(std::uint64_t sample) const override { return m_inside->hasOtherParts(sample); }
    Result<void> readPart(std::uint64_t sample, double place, std::span<std::uint8_t> chw) const override { return m_inside->readPart(sample, place, chw); }
    bool isReadQuickly() const override { return m_inside->isReadQuickly(); }
    Result<std::string> readOriginal(std::uint64_t sample) const override { return m_inside->readOriginal(sample); }
    void expect(std::span<const std::uint32_t> samples) const override { m_inside->expect(samples); }
    std::span<const std::uint64_t> sampleHashes() const override { return m_inside->sampleHashes(); }
    Result<std::unique_ptr<Dataset>> preparedAnew(const StepsFit& fit) const override;

private:
    std::unique_ptr<Dataset> m_inside;
    DatasetInfo m_info;
};

/// Many archives hold one folder with everything in it. A folder of pictures alone is a class, not everything.
std::string innermost(std::string folder)
{
    for (;;) {
        const auto entries = listFolder(nullptr, folder);
        if (!entries || entries->size() != 1 || !entries->front().isFolder) {
            return folder;
        }
        std::string below = folder + "/" + entries->front().name;
        const auto inside = listFolder(nullptr, below);
        const bool hasMore = inside && std::any_of(inside->begin(), inside->end(), [&](const DataEntry& entry) {
            return entry.isFolder || !looksLikeImage(readHead(below + "/" + entry.name, 16).valueOr({}));
        });
        if (!hasMore) {
            return folder;
        }
        folder = std::move(below);
    }
}

/// What the folder of an archive holds that is worth opening. An archive may lie in another one, but not deeper: some hold themselves.
Result<std::string> contentOf(const std::string& archive, const std::string& folder)
{
    std::string content = innermost(folder);
    TY_TRY(const auto entries, listFolder(nullptr, content));
    const bool isAnyArchive = std::any_of(entries.begin(), entries.end(), [&content](const DataEntry& entry) {
        const std::string file = content + "/" + entry.name;
        return entry.isFile && looksLikeArchive(readHead(file, kArchiveHead).valueOr({})) && !looksLikeNpz(file, nullptr).valueOr(false);
    });
    if (isAnyArchive && isUnpacked(archive)) {
        return Error{
            ErrorKind::InvalidInput, fileName(archive) + " lies in an archive and holds another one", "Unpack them, and give the file that is meant."};
    }
    return content;
}

void nameAfter(DatasetInfo& info, const std::string& path, std::uint64_t bytes)
{
    info.path = path;
    info.name = nameWithoutSuffix(path);
    info.bytes = bytes;
}

Result<std::unique_ptr<Dataset>> ArchivedDataset::preparedAnew(const StepsFit& fit) const
{
    TY_TRY(auto inside, m_inside->preparedAnew(fit));
    if (!inside) {
        return inside;
    }
    DatasetInfo info = inside->info();
    nameAfter(info, m_info.path, m_info.bytes);
    return std::unique_ptr<Dataset>(std::make_unique<ArchivedDataset>(std::move(inside), std::move(info)));
}

} // namespace

Result<std::unique_ptr<Dataset>> openArchive(const std::string& path, const OpenOptions& given)
{
    TY_TRY(const std::string folder, unpackedFolder(path, given));
    TY_TRY(const auto packed, openDataFile(given.files, path));
    TY_TRY(const std::string content, contentOf(path, folder));
    OpenOptions options = given;
    options.files = nullptr;
    auto inside = openDataset(content, options);
    if (!inside) {
        return std::move(inside).error().withContext(fileName(path));
    }
    DatasetInfo info = (*inside)->info();
    nameAfter(info, path, packed->bytes());
    return std::unique_ptr<Dataset>(std::make_unique<ArchivedDataset>(std::move(inside).value(), std::move(info)));
}

Result<Preview> previewArchive(const std::string& path, const OpenOptions& given)
{
    TY_TRY(const std::string folder, unpackedFolder(path, given));
    TY_TRY(const auto packed, openDataFile(given.files, path));
    TY_TRY(const std::string content, contentOf(path, folder));
    OpenOptions options = given;
    options.files = nullptr;
    auto preview = previewDataset(content, options);
    if (!preview) {
        return std::move(preview).error().withContext(fileName(path));
    }
    nameAfter(preview->info, path, packed->bytes());
    return preview;
}

} // namespace ty::engine
