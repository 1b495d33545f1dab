#include "engine/validation/study_control.h"

namespace ty::engine {

StudyControl::StudyControl(FitControl& person, std::optional<Clock::time_point> deadline)
    : m_person(person), m_deadline(deadline)
{
}

std::optional<RunCommand> StudyControl::nextCommand(bool isBlocking)
{
    if (isStopRequested()) {
        return RunCommand{"stop", Json::object()};
    }
    while (auto command = m_person.nextCommand(isBlocking)) {
        if (command->name == "finish") {
            m_isFinishing = true;
            if (!isBlocking) {
                continue; // the fit itself goes on to its end
            }
            return RunCommand{"resume", Json::object()}; // it waits in a pause
        }
        m_isStopped = m_isStopped || command->name == "stop";
        return command;
    }
    m_isStopped = m_isStopped || isBlocking; // nobody will ever say more
    return std::nullopt;
}

bool StudyControl::isStopRequested() const
{
    return m_isStopped || m_isFitGivenUp || m_person.isStopRequested() || isOutOfTime();
}

bool StudyControl::mayBegin()
{
    m_isFitGivenUp = false;
    m_isLate = m_isLate || isOutOfTime();
    while (!m_isStopped && !m_isLate) {
        const auto command = m_person.nextCommand(false);
        if (!command) {
            break;
        }
        m_isFinishing = m_isFinishing || command->name == "finish";
        m_isStopped = m_isStopped || command->name == "stop";
        for (bool isPaused = command->name == "pause"; isPaused && !m_isStopped;) {
            const auto next = m_person.nextCommand(true);
            m_isStopped = m_isStopped || !next || next->name == "stop";
            m_isFinishing = m_isFinishing || (next && next->name == "finish");
            isPaused = next && next->name != "resume" && next->name != "finish";
        }
    }
    m_isStopped = m_isStopped || m_person.isStopRequested();
    return !m_isStopped && !m_isFinishing && !m_isLate;
}

const char* StudyControl::outcome() const
{
    return m_isStopped || m_person.isStopRequested() ? "stopped"
        : m_isFinishing                              ? "finished-now"
        : m_isLate                                   ? "out-of-time"
                                                     : "completed";
}

} // namespace ty::engine
