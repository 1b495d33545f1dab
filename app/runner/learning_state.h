#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::runner {

/// A file from which a command that was killed goes on: what it was asked, and how far it had come. Written whole or not at all;
/// removed when the command is done.
class LearningState {
public:
    /// @param file      empty: nothing is kept
    /// @param question  everything that the answer depends on
    /// @param interval  between two writes
    LearningState(std::string file, Json question, std::chrono::duration<double> interval);

    /// Where to go on; nothing: at the beginning. Errors: AlreadyExists when the file is of another question; InvalidInput.
    Result<std::optional<Json>> read() const;
    /// Writes what `state` gives if it is time.
    Result<void> offer(const std::function<Json()>& state);
    void remove() const;

private:
    std::string m_file;
    Json m_question;
    std::chrono::duration<double> m_interval;
    std::chrono::steady_clock::time_point m_written = std::chrono::steady_clock::now();
};

/// A list of numbers. Errors: InvalidInput for anything else.
/// @tparam T  double or std::uint64_t
template<typename T>
Result<std::vector<T>> listField(const Json& object, const std::string& key, const std::string& what);

} // namespace ty::runner
