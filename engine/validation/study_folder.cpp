#include "engine/validation/study_folder.h"

#include <sstream>
#include <utility>

namespace ty::engine {

namespace {

constexpr std::uint64_t kMostJournalBytes = std::uint64_t{1} << 30;

/// Whole lines that are objects; a line that a crash tore is left out, its fit is made again.
Result<std::vector<Json>> readJournal(const std::string& file)
{
    std::vector<Json> lines;
    if (!pathExists(file)) {
        return lines;
    }
    TY_TRY(const std::string text, readFile(file, kMostJournalBytes));
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line) && !stream.eof();) {
        auto json = parseJson(line, file);
        if (json && json.value().is_object()) {
            lines.push_back(std::move(json).value());
        }
    }
    return lines;
}

} // namespace

Result<StudyFolder> StudyFolder::open(const std::string& root, const Json& study, bool isResuming)
{
    StudyFolder folder;
    folder.m_root = root;
    TY_CHECK(makeFolders(root));
    TY_TRY(folder.m_lock, FolderLock::acquire(root + "/.lock"));
    const std::string file = root + "/study.json";
    if (pathExists(file)) {
        TY_TRY(const Json there, readJsonFile(file));
        if (toJsonLine(there) != toJsonLine(study)) {
            return Error{
                ErrorKind::Conflict, root + ": another study is kept here, with other data, learners, settings or folds",
                "Choose another folder, or ask for the same study again."};
        }
        if (!isResuming) {
            return Error{ErrorKind::AlreadyExists, root + ": this study has been begun", "Go on with it by --resume, or choose another folder."};
        }
    } else {
        TY_CHECK(writeJsonFile(file, study));
    }
    TY_TRY(folder.m_earlier, readJournal(root + "/journal.jsonl"));
    TY_TRY(folder.m_journal, LineLog::open(root + "/journal.jsonl"));
    (void)removeTree(folder.scratch()); // of a process that was killed
    return folder;
}

Result<void> StudyFolder::append(const Json& fit)
{
    TY_CHECK(m_journal.append(toJsonLine(fit)));
    return m_journal.sync();
}

} // namespace ty::engine
