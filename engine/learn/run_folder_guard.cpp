#include "engine/learn/run_folder_guard.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "engine/base/files.h"

namespace ty::engine {

namespace {

constexpr std::initializer_list<const char*> kExtensible{"epochs", "patience"};

Result<RunSpec> resumedSpec(const RunRequest& request)
{
    TY_TRY(RunSpec spec, RunSpec::load(request.folder.specFile()));
    const RunSpec asWritten = spec;
    for (const char* name : kExtensible) {
        if (request.spec.settings.contains(name)) {
            spec.settings[name] = request.spec.settings[name];
        }
    }
    spec.budgetMinutes = request.spec.budgetMinutes;
    TY_CHECK(spec.validate());
    if (spec.toJson() != asWritten.toJson()) {
        TY_CHECK(spec.save(request.folder.specFile()));
    }
    return spec;
}

/// What of another run lies in the folder; empty when it is free.
std::string findOtherRun(const RunRequest& request)
{
    const RunFolder& folder = request.folder;
    for (const std::string& path : {folder.checkpointFolder(), folder.modelFolder(), folder.evaluationFolder()}) {
        if (pathExists(path)) {
            return path;
        }
    }
    if (pathExists(folder.specFile())) {
        const auto other = RunSpec::load(folder.specFile());
        if (!other || other.value().toJson() != request.spec.toJson()) {
            return folder.specFile();
        }
    }
    return {};
}

} // namespace

Result<RunSpec> claimRunFolder(const RunRequest& request)
{
    TY_CHECK(request.spec.validate());
    if (request.isResuming && pathExists(request.folder.specFile())) {
        return resumedSpec(request);
    }
    if (const std::string other = findOtherRun(request); !other.empty()) {
        return Error{
            ErrorKind::AlreadyExists,
            request.folder.root + ": holds another run (" + other + ")",
            "Choose another folder, or resume the run that is there."};
    }
    TY_CHECK(makeFolders(request.folder.root));
    if (!pathExists(request.folder.specFile())) {
        TY_CHECK(request.spec.save(request.folder.specFile()));
    }
    return request.spec;
}

Result<void> checkResumable(const RunSpec& asked, const RunFolder& folder)
{
    if (!pathExists(folder.specFile())) {
        return {};
    }
    TY_TRY(RunSpec written, RunSpec::load(folder.specFile()));
    RunSpec wanted = asked;
    wanted.name = written.name;
    wanted.budgetMinutes = written.budgetMinutes;
    for (const char* name : kExtensible) {
        wanted.settings.erase(name);
        written.settings.erase(name);
    }
    const Json before = written.toJson().flatten();
    const Json after = wanted.toJson().flatten();
    std::string differences;
    const auto add = [&differences](std::string key, const Json* mine, const Json* theirs) {
        std::replace(key.begin(), key.end(), '/', '.');
        differences += (differences.empty() ? "" : ", ") + key.substr(1) + " (" + (mine ? toJsonLine(*mine) : "not set")
            + " instead of " + (theirs ? toJsonLine(*theirs) : "not set") + ")";
    };
    for (const auto& [key, value] : after.items()) {
        const auto found = before.find(key);
        const Json mine = found == before.end() ? Json() : *found; // nothing and an empty group are the same
        if (mine != value) {
            add(key, &value, found == before.end() ? nullptr : &*found);
        }
    }
    for (const auto& [key, value] : before.items()) {
        if (!after.contains(key) && !value.is_null()) {
            add(key, nullptr, &value);
        }
    }
    if (differences.empty()) {
        return {};
    }
    return Error{
        ErrorKind::Usage, "a run that is resumed goes on as it began; it cannot take " + differences,
        "Leave that out. Only epochs, patience and minutes can change; for the rest begin a new run from this one's "
        "weights: --from " + folder.root};
}

} // namespace ty::engine
