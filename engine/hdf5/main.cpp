// trainyard-hdf5: what trainyard and trainyard-run read HDF5 files through, because a library that meets a hostile file may break,
// and then only this process does.
//
//   trainyard-hdf5 list FILE         {"arrays": [{"name", "shape", "kind", "refusal"}]}
//   trainyard-hdf5 read FILE NAME    the numbers: bytes for kind "u", else float32 as this computer has them
//
// What is wrong is said on standard error as {"error": {"kind", "message", "advice"}}; exit code 1.

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/hdf5/hdf5_file.h"

namespace {

using namespace ty;

/// No other program is started, and memory is bounded; whoever asked is gone: so are we.
void confine()
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_NPROC, &none);
#if !defined(__SANITIZE_ADDRESS__)
    const rlimit memory{2ULL << 30, 2ULL << 30};
    setrlimit(RLIMIT_AS, &memory);
#endif
}

Result<void> writeOut(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written <= 0) {
            return Error{ErrorKind::Io, "nobody listens any more", {}};
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> list(const std::string& path)
{
    TY_TRY(const auto file, hdf5::File::open(path));
    TY_TRY(const auto arrays, file.arrays());
    Json json{{"arrays", Json::array()}};
    for (const auto& one : arrays) {
        json["arrays"].push_back({{"name", one.name}, {"shape", one.shape}, {"kind", std::string(1, one.kind)}, {"refusal", one.refusal}});
    }
    return writeOut(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<void> read(const std::string& path, const std::string& name)
{
    TY_TRY(const auto file, hdf5::File::open(path));
    return file.read(name, writeOut);
}

} // namespace

int main(int argc, char** argv)
{
    confine();
    const std::string command = argc > 1 ? argv[1] : "";
    const auto done = command == "list" && argc == 3 ? list(argv[2])
        : command == "read" && argc == 4             ? read(argv[2], argv[3])
                                                     : Result<void>(Error{ErrorKind::Usage, "trainyard-hdf5 list FILE | read FILE NAME", {}});
    if (done) {
        return 0;
    }
    const Json said{{"error", {{"kind", errorKindName(done.error().kind)}, {"message", done.error().message}, {"advice", done.error().advice}}}};
    std::fprintf(stderr, "%s\n", said.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
    return 1;
}
