#include "engine/learn/run_folder_guard.h"

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

} // namespace ty::engine
