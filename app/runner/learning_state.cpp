#include "app/runner/learning_state.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/base/files.h"

namespace ty::runner {

LearningState::LearningState(std::string file, Json question, std::chrono::duration<double> interval)
    : m_file(std::move(file)), m_question(std::move(question)), m_interval(interval)
{
}

Result<std::optional<Json>> LearningState::read() const
{
    if (m_file.empty() || !pathExists(m_file)) {
        return std::optional<Json>{};
    }
    TY_TRY(const Json kept, readJsonFile(m_file));
    TY_TRY(const Json question, jsonField<Json>(kept, "question", m_file));
    if (question != m_question) {
        return Error{
            ErrorKind::AlreadyExists, m_file + ": is of other data or settings",
            "Ask as it was asked before to go on, name another file, or delete this one."};
    }
    TY_TRY(Json state, jsonField<Json>(kept, "state", m_file));
    return std::optional(std::move(state));
}

Result<void> LearningState::offer(const std::function<Json()>& state)
{
    const auto now = std::chrono::steady_clock::now();
    if (m_file.empty() || now - m_written < m_interval) {
        return {};
    }
    m_written = now;
    return writeJsonFile(m_file, {{"question", m_question}, {"state", state()}});
}

void LearningState::remove() const
{
    if (!m_file.empty()) {
        (void)removeTree(m_file); // one that stays tells what was asked, and is taken for nothing else
    }
}

template<typename T>
Result<std::vector<T>> listField(const Json& object, const std::string& key, const std::string& what)
{
    TY_TRY(const Json list, jsonField<Json>(object, key, what));
    const auto isNumber = [](const Json& one) { return one.is_number(); };
    if (!list.is_array() || !std::all_of(list.begin(), list.end(), isNumber)) {
        return Error{ErrorKind::InvalidInput, what + ": \"" + key + "\" is no list of numbers", {}};
    }
    return list.get<std::vector<T>>();
}

template Result<std::vector<double>> listField(const Json&, const std::string&, const std::string&);
template Result<std::vector<std::uint64_t>> listField(const Json&, const std::string&, const std::string&);

} // namespace ty::runner
