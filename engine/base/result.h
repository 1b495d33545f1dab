#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace ty {

/// What kind of failure an Error is; callers retry, translate to exit codes and choose buttons by it.
enum class ErrorKind : std::uint8_t {
    InvalidInput, ///< the data, file or setting given is wrong; the message names the place
    Usage,        ///< the command line is wrong
    NotFound,
    AlreadyExists,
    Permission,
    DiskFull,
    Io,
    OutOfMemory,
    Unsupported,
    Cancelled,
    Conflict, ///< somebody else changed it first
    Busy,
    NotSignedIn,
    Quota,
    Network,
    Internal, ///< a defect of ours
};

/// The kind's stable name, as written in events and JSON ("invalid-input").
const char* errorKindName(ErrorKind kind);
/// Inverse of errorKindName; Internal for unknown names.
ErrorKind errorKindFromName(const std::string& name);
/// The process exit code for a failure: 1 failed, 2 usage, 3 not signed in, 4 quota, 5 cancelled.
int exitCode(ErrorKind kind);

/// Why something failed. The message is for the person at the screen and holds no secret.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string message; ///< what happened and where: "iris.csv line 7: 4 fields, expected 5"
    std::string advice;  ///< what the person can do about it; may be empty

    /// The same error with "context: " before its message. Each layer adds its context once.
    Error withContext(const std::string& context) &&;
};

/// An Error from errno, for example `errnoError(errno, "cannot write", path)`; the kind follows the number.
Error errnoError(int number, const std::string& action, const std::string& path);

/// A value or an Error. Functions that can fail for reasons outside the program return it.
template<typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return m_state.index() == 0; }
    bool isOk() const { return m_state.index() == 0; }

    T& value() &
    {
        assert(isOk());
        return *std::get_if<0>(&m_state);
    }
    const T& value() const&
    {
        assert(isOk());
        return *std::get_if<0>(&m_state);
    }
    T&& value() &&
    {
        assert(isOk());
        return std::move(*std::get_if<0>(&m_state));
    }
    T valueOr(T fallback) && { return isOk() ? std::move(*this).value() : std::move(fallback); }

    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const&
    {
        assert(!isOk());
        return *std::get_if<1>(&m_state);
    }
    Error&& error() &&
    {
        assert(!isOk());
        return std::move(*std::get_if<1>(&m_state));
    }

private:
    std::variant<T, Error> m_state;
};

template<>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)), m_ok(false) {}

    explicit operator bool() const { return m_ok; }
    bool isOk() const { return m_ok; }
    const Error& error() const&
    {
        assert(!m_ok);
        return m_error;
    }
    Error&& error() &&
    {
        assert(!m_ok);
        return std::move(m_error);
    }

private:
    Error m_error;
    bool m_ok = true;
};

} // namespace ty

#define TY_JOIN_INNER(a, b) a##b
#define TY_JOIN(a, b) TY_JOIN_INNER(a, b)

/// `TY_TRY(auto shape, outputShape(x));` declares shape, or returns the Error from the enclosing function.
#define TY_TRY(declaration, expression) TY_TRY_IMPL(TY_JOIN(tyResult, __COUNTER__), declaration, expression)
#define TY_TRY_IMPL(name, declaration, expression)                                                 \
    auto name = (expression);                                                                      \
    if (!name) {                                                                                   \
        return std::move(name).error();                                                            \
    }                                                                                              \
    declaration = std::move(name).value()

/// `TY_CHECK(writeAll(file));` returns the Error of a Result<void> (or ignores a value).
#define TY_CHECK(expression)                                                                       \
    do {                                                                                           \
        if (auto tyChecked = (expression); !tyChecked) {                                           \
            return std::move(tyChecked).error();                                                   \
        }                                                                                          \
    } while (false)
