#include "app/runner/run_journal.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/runner/messages.h"
#include "engine/train/checkpoint.h"

namespace ty::runner {

namespace {

/// A machine that loses power can forget the end of events.jsonl that a reader of our output has seen already. A
/// resumed run leaves room, so that no number ever means two events.
constexpr std::uint64_t kSeqRoom = 1'000'000;

double steadySeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Told {
    std::uint64_t lastSeq = 0;
    std::set<std::int64_t> epochs;
    std::string fingerprint; ///< of the data
};

/// What the processes before this one have told. Damaged lines are passed over.
Told readTold(const std::string& eventsFile)
{
    Told told;
    const std::string text = readFile(eventsFile).valueOr({});
    told.lastSeq = text.empty() ? 0 : 1; // whatever is there was numbered
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const std::string line = text.substr(begin, end - begin);
        // Steps are most of a long file; only their last number matters, and later lines have higher ones.
        const bool isLast = text.find('\n', end + 1) == std::string::npos;
        const bool isWanted = line.find("\"event\":\"epoch\"") != std::string::npos
            || line.find("\"event\":\"data\"") != std::string::npos;
        if (!isLast && !isWanted) {
            continue;
        }
        const auto event = RunEvent::fromLine(line);
        if (!event) {
            continue;
        }
        told.lastSeq = std::max(told.lastSeq, event.value().seq);
        if (event.value().type == "epoch") {
            told.epochs.insert(event.value().fields.value("epoch", std::int64_t{0}));
        } else if (event.value().type == "data") {
            told.fingerprint = event.value().fields.value("fingerprint", std::string());
        }
    }
    return told;
}

bool isMilestone(const std::string& type)
{
    return type == "started" || type == "finished" || type == "failed" || type == "state";
}

} // namespace

RunJournal::RunJournal(RunFolder folder, EventForm form)
    : m_folder(std::move(folder))
    , m_form(form)
{
}

Result<void> RunJournal::open()
{
    Told told = readTold(m_folder.eventsFile());
    m_seq = told.lastSeq == 0 ? 0 : (told.lastSeq / kSeqRoom + 1) * kSeqRoom;
    m_toldEpochs = std::move(told.epochs);
    m_toldFingerprint = std::move(told.fingerprint);
    TY_TRY(m_events, LineLog::open(m_folder.eventsFile()));
    TY_TRY(m_log, LineLog::open(m_folder.logFile()));
    m_hasStarted = true;
    return {};
}

Result<void> RunJournal::emitEvent(const std::string& type, Json fields)
{
    if (type == "started" && !m_hasStarted) {
        TY_CHECK(open());
    }
    m_hasPlan = m_hasPlan || type == "plan";
    const bool isResumed = type == "started" && fields.contains("resumedFrom");
    m_isResumed = m_isResumed || isResumed;
    const bool areOtherData = type == "data" && m_isResumed && !m_toldFingerprint.empty()
        && fields.value("fingerprint", m_toldFingerprint) != m_toldFingerprint;
    RunEvent event;
    event.seq = ++m_seq;
    event.time = utcNow();
    event.type = type;
    event.fields = std::move(fields);
    const std::string line = event.toLine();
    Result<void> kept = m_hasStarted ? keep(event, line) : Result<void>();
    tell(event, line);
    if (kept && areOtherData) {
        m_toldFingerprint.clear();
        return emitEvent(
            "warning",
            {{"text", "the data are not those that this run was begun with: their content has changed"},
             {"advice", "Put the data back as they were, or train anew."}});
    }
    return kept && isResumed ? emitForgottenEpochs() : kept;
}

Result<void> RunJournal::emitForgottenEpochs()
{
    // The trainer writes an epoch's checkpoint first and then reports it; a kill in between loses the report, not the
    // epoch: the checkpoint holds the history of all.
    TY_TRY(const auto newest, engine::CheckpointStore(m_folder.checkpointFolder()).newest());
    if (!newest) {
        return {};
    }
    const Json history = newest->checkpoint.state.value("history", Json::array());
    for (const Json& epoch : history) {
        if (!m_toldEpochs.contains(epoch.value("epoch", std::int64_t{0}))) {
            TY_CHECK(emitEvent("epoch", epoch));
        }
    }
    return {};
}

Result<void> RunJournal::keep(const RunEvent& event, const std::string& line)
{
    TY_CHECK(m_events->append(line));
    if (const std::string words = RunText::logLine(event); !words.empty()) {
        TY_CHECK(m_log->append(event.time + "  " + words));
    }
    // An epoch is worth a flush, but short epochs are not worth a flush each.
    constexpr double kSyncInterval = 1.0;
    const double now = steadySeconds();
    if (isMilestone(event.type) || (event.type == "epoch" && now - m_lastSync > kSyncInterval)) {
        m_lastSync = now;
        TY_CHECK(m_events->sync());
    }
    return {};
}

void RunJournal::tell(const RunEvent& event, const std::string& line)
{
    if (m_isOutputGone) {
        return;
    }
    const std::string words = m_form == EventForm::JsonLines ? line + "\n" : m_text.show(event);
    if (!words.empty() && !printText(words)) {
        m_isOutputGone = true; // nobody listens any more; the run goes on
    }
}

} // namespace ty::runner
