// A folder for each class.
#include <filesystem>
#include <unordered_set>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/data/exports/export_writers.h"
#include "engine/data/formats/image_codec.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

std::string folderName(const std::string& name)
{
    std::string folder;
    for (const char c : name) {
        folder += c == '/' || c == '\\' || c == '\0' ? '_' : c;
    }
    return folder.empty() || folder.front() == '.' ? "_" + folder : folder;
}

/// A name that no other file of the export has.
std::string freeName(std::unordered_set<std::string>& taken, const std::string& folder, const std::string& file)
{
    std::string name = folder + "/" + file;
    for (int number = 2; !taken.insert(name).second; ++number) {
        name = fmt::format("{}/{}-{}", folder, number, file);
    }
    return name;
}

} // namespace

Result<void> writeClassFolders(ExportJob& job)
{
    const DatasetInfo& info = job.dataset.info();
    const auto [channels, height, width] = info.imageShape;
    Pixels pixels{channels, height, width, {}};
    pixels.bytes.resize(static_cast<std::size_t>(channels) * static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
    std::unordered_set<std::string> taken;
    std::uint64_t unlabelled = 0;
    std::uint64_t drawn = 0;
    for (const ExportPart& part : job.parts) {
        for (const std::uint64_t sample : part.samples) {
            TY_CHECK(job.step());
            const std::int32_t index = job.dataset.classOf(sample);
            if (index < 0) {
                ++unlabelled;
                continue;
            }
            const std::string folder = (part.name.empty() ? "" : part.name + "/") +
                                       folderName(info.classes[static_cast<std::size_t>(index)].name);
            TY_CHECK(makeFolders(job.folder + "/" + folder));
            TY_TRY(std::string bytes, job.dataset.readOriginal(sample));
            std::string file = fs::path(job.dataset.sampleId(sample)).filename().string();
            if (bytes.empty()) {
                TY_CHECK(job.dataset.readImage(sample, pixels.bytes));
                TY_TRY(bytes, encodePng(pixels));
                file = fmt::format("{:06}.png", ++drawn);
            }
            const std::string name = freeName(taken, folder, file);
            TY_TRY(auto written, ExportFile::create(job.folder + "/" + name));
            TY_CHECK(written.write(bytes));
            TY_CHECK(written.finish());
            job.done.files.push_back(name);
        }
    }
    if (unlabelled > 0) {
        job.done.notes.push_back(fmt::format("{} images without a label are left out", grouped(unlabelled)));
    }
    return {};
}

} // namespace ty::engine
