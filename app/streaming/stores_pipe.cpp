#include "app/streaming/stores_pipe.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace ty::streaming {

Result<int> storesPipe(const cloud::Secret& grants)
{
    const std::string& text = grants.reveal();
    std::array<int, 2> ends = {-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return errnoError(errno, "cannot make", "a pipe");
    }
    fcntl(ends[1], F_SETFL, O_NONBLOCK); // it is far less than what a pipe holds; a full one must not stop us
    const ssize_t put = write(ends[1], text.data(), text.size());
    close(ends[1]);
    if (put != static_cast<ssize_t>(text.size())) {
        close(ends[0]);
        return Error{ErrorKind::Io, "what opens the stores could not be handed over", {}};
    }
    return ends[0];
}

} // namespace ty::streaming
