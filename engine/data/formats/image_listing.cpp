#include "engine/data/formats/image_listing.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "engine/data/data_files.h"
#include "engine/data/formats/described_files.h"
#include "engine/data/formats/described_listing.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 16;

bool isSkippedName(const std::string& name)
{
    const std::string text = lowered(name);
    return name.empty() || name.front() == '.' || text == "__macosx" || text == "thumbs.db" ||
           text == "desktop.ini" || text == "@eadir";
}

struct Names {
    std::vector<std::string> folders;
    std::vector<DataEntry> files;
};

Result<Names> namesIn(const DataFiles* source, const fs::path& folder)
{
    Names names;
    TY_TRY(auto entries, listFolder(source, folder.string()));
    for (DataEntry& entry : entries) {
        if (isSkippedName(entry.name) || entry.isLink) {
            continue;
        }
        if (entry.isFolder) {
            names.folders.push_back(std::move(entry.name));
        } else if (entry.isFile) {
            names.files.push_back(std::move(entry));
        }
    }
    std::sort(names.folders.begin(), names.folders.end(), naturallyLess);
    std::sort(names.files.begin(), names.files.end(), [](const DataEntry& a, const DataEntry& b) {
        return naturallyLess(a.name, b.name);
    });
    return names;
}

class Lister {
  public:
    Lister(fs::path root, const OpenOptions& options)
        : m_root(std::move(root))
        , m_options(options)
    {
    }

    Result<ImageListing> run()
    {
        TY_TRY(const auto top, namesIn(m_options.files, m_root));
        const bool hasTraining =
            std::any_of(top.folders.begin(), top.folders.end(), [](const std::string& name) {
                return partOfName(name) == SplitPart::Training;
            });
        if (hasTraining) {
            for (const std::string& name : top.folders) {
                if (const auto part = partOfName(name)) {
                    TY_CHECK(takeClasses(name, *part));
                }
            }
        } else {
            TY_CHECK(takeClasses("", SplitPart::Training));
        }
        finishClasses();
        return std::move(m_listing);
    }

  private:
    Result<void> takeClasses(const std::string& folder, SplitPart part)
    {
        TY_TRY(const auto names, namesIn(m_options.files, m_root / folder));
        const std::string prefix = folder.empty() ? "" : folder + "/";
        for (const std::string& name : names.folders) {
            m_classes.try_emplace(name, 0);
            TY_CHECK(takeImages(prefix + name, name, part, 0));
        }
        for (const DataEntry& file : names.files) {
            if (isSampleName(file.name)) {
                m_found.push_back({prefix + file.name, std::nullopt, part, file.bytes, file.version});
            } else {
                ++m_listing.skipped;
            }
        }
        return {};
    }

    Result<void>
    takeImages(const std::string& folder, const std::string& className, SplitPart part, int depth)
    {
        if (m_options.stop.stop_requested()) {
            return cancelledError();
        }
        TY_TRY(const auto names, namesIn(m_options.files, m_root / folder));
        for (const DataEntry& file : names.files) {
            if (isSampleName(file.name)) {
                m_found.push_back({folder + "/" + file.name, className, part, file.bytes, file.version});
                ++m_classes[className];
            } else {
                ++m_listing.skipped;
            }
        }
        for (const std::string& name : names.folders) {
            if (depth < kDeepest) {
                TY_CHECK(takeImages(folder + "/" + name, className, part, depth + 1));
            }
        }
        return {};
    }

    void finishClasses()
    {
        for (const auto& [name, count] : m_classes) {
            m_listing.classes.push_back(name);
        }
        std::sort(m_listing.classes.begin(), m_listing.classes.end(), naturallyLess);
        std::map<std::string, std::int32_t> indexOf;
        for (std::size_t i = 0; i < m_listing.classes.size(); ++i) {
            indexOf[m_listing.classes[i]] = static_cast<std::int32_t>(i);
        }
        for (Found& found : m_found) {
            m_listing.entries.push_back(
                {std::move(found.path),
                 found.className ? indexOf[*found.className] : -1,
                 found.part,
                 found.bytes,
                 std::move(found.version)});
        }
        std::sort(
            m_listing.entries.begin(), m_listing.entries.end(), [](const auto& a, const auto& b) {
                if (std::tie(a.part, a.label) != std::tie(b.part, b.label)) {
                    return std::tie(a.part, a.label) < std::tie(b.part, b.label);
                }
                return naturallyLess(a.path, b.path);
            });
    }

    struct Found {
        std::string path;
        std::optional<std::string> className;
        SplitPart part;
        std::uint64_t bytes;
        std::string version;
    };

    fs::path m_root;
    const OpenOptions& m_options;
    std::map<std::string, std::uint64_t> m_classes;
    std::vector<Found> m_found;
    ImageListing m_listing;
};

bool holdsImage(const DataFiles* source, const fs::path& folder, int depth)
{
    const auto names = namesIn(source, folder);
    if (!names) {
        return false;
    }
    if (std::any_of(names.value().files.begin(), names.value().files.end(), [](const DataEntry& file) {
            return isSampleName(file.name);
        })) {
        return true;
    }
    return depth > 0 &&
           std::any_of(
               names.value().folders.begin(),
               names.value().folders.end(),
               [&](const std::string& name) { return holdsImage(source, folder / name, depth - 1); });
}

} // namespace

Result<ImageListing> listImages(const std::string& folder, const OpenOptions& options)
{
    for (const auto list : {listCoco, listVoc, listYolo, listKaldi}) {
        TY_TRY(auto described, list(folder, options));
        if (described) {
            return std::move(*described);
        }
    }
    TY_TRY(auto listing, Lister(folder, options).run());
    // Folders by their names go before a table: it may say something else about the pictures.
    if (listing.classes.size() < 2) {
        TY_TRY(auto described, listManifest(folder, options));
        if (described) {
            return std::move(*described);
        }
    }
    return listing;
}

bool looksLikeImageFolder(const std::string& folder, const DataFiles* files)
{
    const std::filesystem::path root(folder);
    return holdsImage(files, folder, 3)
        || (isDataFile(files, (root / "wav.scp").string()) && isDataFile(files, (root / "text").string()));
}

} // namespace ty::engine
