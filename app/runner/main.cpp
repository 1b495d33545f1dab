#include <climits>
#include <cstdlib>
#include <string>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/runner/command_line.h"

namespace {

/// The OpenMP runtime reads its environment while the program is loaded, so that only a new start can change it. By
/// default its threads burn milliseconds of processor time waiting for each other, which on a busy machine slows
/// training down ten times; a short spin costs nothing on an idle one.
void startAgainWithShortSpins(char** argv)
{
    if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) {
        return;
    }
    char self[PATH_MAX] = {};
    const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0 && setenv("GOMP_SPINCOUNT", "2000", 1) == 0) {
        execv(self, argv); // comes back only if it could not be started; then the spins stay long
    }
}

/// The allocator reserves 64 MiB of addresses for each thread, used or not, which a limit on addresses (ulimit -v) counts:
/// with such a limit all threads share one reserve.
void shareReserveIfAddressesAreLimited()
{
#ifdef __GLIBC__
    rlimit limit{};
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        mallopt(M_ARENA_MAX, 1);
    }
#endif
}

} // namespace

int main(int argc, char** argv)
{
    shareReserveIfAddressesAreLimited();
    const std::string command = argc > 1 ? argv[1] : "";
    if (command == "train" || command == "evaluate" || command == "predict") {
        startAgainWithShortSpins(argv);
    }
    return ty::runner::runCommandLine(argc, argv);
}
