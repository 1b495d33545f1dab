#include "engine/base/result.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace ty {

namespace {

constexpr std::array<const char*, 16> kKindNames{
    "invalid-input", "usage",       "not-found", "already-exists", "permission", "disk-full",
    "io",            "out-of-memory", "unsupported", "cancelled",   "conflict",   "busy",
    "not-signed-in", "quota",       "network",   "internal"};

ErrorKind kindOfErrno(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return ErrorKind::NotFound;
    case EEXIST:
        return ErrorKind::AlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorKind::Permission;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ErrorKind::DiskFull;
    case ENOMEM:
        return ErrorKind::OutOfMemory;
    case EBUSY:
        return ErrorKind::Busy;
    default:
        return ErrorKind::Io;
    }
}

std::string adviceFor(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::DiskFull:
        return "Free some disk space or choose another folder.";
    case ErrorKind::Permission:
        return "Choose a folder that you may write to, or change its permissions.";
    default:
        return {};
    }
}

} // namespace

const char* errorKindName(ErrorKind kind)
{
    return kKindNames.at(static_cast<std::size_t>(kind));
}

ErrorKind errorKindFromName(const std::string& name)
{
    for (std::size_t i = 0; i < kKindNames.size(); ++i) {
        if (name == kKindNames[i]) {
            return static_cast<ErrorKind>(i);
        }
    }
    return ErrorKind::Internal;
}

int exitCode(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Usage:
        return 2;
    case ErrorKind::NotSignedIn:
        return 3;
    case ErrorKind::Quota:
        return 4;
    case ErrorKind::Cancelled:
        return 5;
    default:
        return 1;
    }
}

Error Error::withContext(const std::string& context) &&
{
    message = context + ": " + message;
    return std::move(*this);
}

Error errnoError(int number, const std::string& action, const std::string& path)
{
    const ErrorKind kind = kindOfErrno(number);
    return Error{kind, action + " " + path + ": " + std::strerror(number), adviceFor(kind)};
}

} // namespace ty
