#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "app/runner/run_text.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"
#include "engine/train/fit_control.h"

namespace ty::runner {

enum class EventForm { JsonLines, Text };

/// Numbers a run's events, keeps them in events.jsonl and log.txt of its folder, and tells them on standard output.
///
/// The file comes first: what a reader of the output has seen is in the file. The files are opened at "started", when
/// the run folder is known to be ours. A resumed run goes on numbering above every number the earlier process can have
/// told, and first tells the epochs whose checkpoint was written just before a kill and whose event was not.
/// Used on the training thread.
class RunJournal : public engine::FitSink {
public:
    RunJournal(RunFolder folder, EventForm form);

    Result<void> emitEvent(const std::string& type, Json fields) override;

    bool hasStarted() const { return m_hasStarted; } ///< the folder was taken
    bool hasPlan() const { return m_hasPlan; }       ///< data and settings were found good

private:
    Result<void> open();
    Result<void> emitForgottenEpochs();
    Result<void> keep(const RunEvent& event, const std::string& line);
    void tell(const RunEvent& event, const std::string& line);

    RunFolder m_folder;
    EventForm m_form;
    std::optional<LineLog> m_events;
    std::optional<LineLog> m_log;
    RunText m_text;
    std::uint64_t m_seq = 0;
    std::set<std::int64_t> m_toldEpochs; ///< by the processes before this one
    std::string m_toldFingerprint;       ///< of the data, likewise
    bool m_isResumed = false;
    double m_lastSync = -1;
    bool m_hasStarted = false;
    bool m_hasPlan = false;
    bool m_isOutputGone = false;
};

} // namespace ty::runner
