#include "app/catalog/run_note.h"

#include "engine/base/files.h"
#include "engine/base/json.h"

namespace ty::catalog {

Result<RunNote> RunNote::load(const std::string& runFolder)
{
    const std::string file = runFolder + "/" + kFileName;
    RunNote note;
    if (!pathExists(file)) {
        return note;
    }
    TY_TRY(const Json json, readJsonFile(file));
    TY_TRY(note.name, jsonFieldOr<std::string>(json, "name", {}, file));
    TY_TRY(note.project, jsonFieldOr<std::string>(json, "project", {}, file));
    TY_TRY(note.created, jsonFieldOr<std::string>(json, "created", {}, file));
    TY_TRY(note.isStarred, jsonFieldOr<bool>(json, "starred", false, file));
    TY_TRY(note.notes, jsonFieldOr<std::string>(json, "notes", {}, file));
    TY_TRY(note.deleted, jsonFieldOr<std::string>(json, "deleted", {}, file));
    TY_TRY(const Json tags, jsonFieldOr<Json>(json, "tags", Json::array(), file));
    for (const Json& tag : tags) {
        if (tag.is_string()) {
            note.tags.push_back(tag.get<std::string>());
        }
    }
    return note;
}

Result<void> RunNote::save(const std::string& runFolder) const
{
    Json json{
        {"name", name},
        {"project", project},
        {"created", created},
        {"starred", isStarred},
        {"tags", tags},
        {"notes", notes}};
    if (!deleted.empty()) {
        json["deleted"] = deleted;
    }
    return writeJsonFile(runFolder + "/" + kFileName, json);
}

} // namespace ty::catalog
