#pragma once

#include <string>
#include <vector>

#include "engine/base/files.h"
#include "engine/base/folder_lock.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::engine {

/// Where a study of many fits is kept, so that it goes on after a crash with what it had: study.json says what is studied,
/// journal.jsonl holds a line a fit, result.json what came of it, folds.json the folds. One process at a time.
class StudyFolder {
public:
    /// Makes the folder, or goes on with the one that is there.
    /// @param study  what is studied. A folder that holds another study is refused.
    /// Errors: Conflict for another study, AlreadyExists for a begun one unless `isResuming`, Busy when another process works in it.
    static Result<StudyFolder> open(const std::string& root, const Json& study, bool isResuming);

    /// Lines of earlier processes, without a torn last one.
    const std::vector<Json>& earlier() const { return m_earlier; }
    /// On the disk when it returns.
    Result<void> append(const Json& fit);
    Result<void> writeResult(const Json& result) const { return writeJsonFile(m_root + "/result.json", result); }
    /// Whole or not at all, beside the others.
    Result<void> write(const std::string& name, const Json& json) const { return writeJsonFile(m_root + "/" + name, json); }
    std::string scratch() const { return m_root + "/scratch"; }
    const std::string& root() const { return m_root; }

private:
    std::string m_root;
    FolderLock m_lock;
    LineLog m_journal;
    std::vector<Json> m_earlier;
};

} // namespace ty::engine
