#include "engine/data/sample_catalog.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <system_error>

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

std::string variable(const char* name, const char* fallback)
{
    const char* value =
        std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets variables while threads run
    return value != nullptr && *value != '\0' ? value : fallback;
}

} // namespace

std::string samplesFolder()
{
    std::vector<fs::path> candidates;
    const std::string wanted = variable("TRAINYARD_SAMPLES", "");
    if (!wanted.empty()) {
        candidates.emplace_back(wanted);
    }
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    if (!program.empty()) {
        candidates.push_back(program.parent_path().parent_path() / "share/trainyard/samples");
    }
    std::istringstream folders(variable("XDG_DATA_DIRS", "/usr/local/share:/usr/share"));
    for (std::string folder; std::getline(folders, folder, ':');) {
        candidates.push_back(fs::path(folder) / "trainyard/samples");
    }
    for (const fs::path& candidate : candidates) {
        if (fs::is_directory(candidate, ignored)) {
            return candidate.string();
        }
    }
    return {};
}

std::vector<SampleDataset> bundledSamples(const std::string& folder)
{
    struct Entry {
        const char* id;
        const char* file;
        const char* title;
        const char* sentence;
        const char* licence;
    };
    static constexpr std::array<Entry, 4> kEntries = {{
        {"digits",
         "digits",
         "Handwritten digits",
         "1,797 small pictures of the digits 0 to 9.",
         "CC BY 4.0 (UCI), BSD-3-Clause (scikit-learn)"},
        {"iris",
         "iris.csv",
         "Iris",
         "Four lengths of 150 flowers tell their species.",
         "BSD-3-Clause (scikit-learn)"},
        {"spirals",
         "spirals.csv",
         "Spirals",
         "600 points on three arms that no straight line divides.",
         "CC0 1.0"},
        {"tones",
         "tones.csv",
         "Tones",
         "800 synthesised notes, C4 to C5, as energy in 32 bands.",
         "CC0 1.0"},
    }};
    std::vector<SampleDataset> samples;
    for (const Entry& entry : kEntries) {
        const fs::path path = fs::path(folder) / entry.file;
        std::error_code ignored;
        if (!folder.empty() && fs::exists(path, ignored)) {
            samples.push_back(
                {entry.id, entry.title, entry.sentence, path.string(), entry.licence});
        }
    }
    return samples;
}

} // namespace ty::engine
