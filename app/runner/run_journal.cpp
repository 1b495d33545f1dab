#include "app/runner/run_journal.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/runner/messages.h"

namespace ty::runner {

namespace {

/// A machine that loses power can forget the end of events.jsonl that a reader of our output has seen already. A
/// resumed run leaves room, so that no number ever means two events.
constexpr std::uint64_t kSeqRoom = 1'000'000;

double steadySeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::uint64_t lastSeqOf(const std::string& eventsFile)
{
    const auto text = readFile(eventsFile);
    if (!text) {
        return 0;
    }
    const std::string& lines = text.value();
    std::uint64_t last = 0;
    std::size_t end = lines.size();
    // From the end: the first readable line has the highest number.
    while (last == 0 && end > 0) {
        const std::size_t newline = lines.rfind('\n', end - 1);
        const std::size_t begin = newline == std::string::npos ? 0 : newline + 1;
        if (const auto event = RunEvent::fromLine(lines.substr(begin, end - begin)); event) {
            last = event.value().seq;
        }
        end = newline == std::string::npos ? 0 : newline;
    }
    return last;
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
    const std::uint64_t last = lastSeqOf(m_folder.eventsFile());
    m_seq = last == 0 ? 0 : (last / kSeqRoom + 1) * kSeqRoom;
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
    RunEvent event;
    event.seq = ++m_seq;
    event.time = utcNow();
    event.type = type;
    event.fields = std::move(fields);
    const std::string line = event.toLine();
    Result<void> kept = m_hasStarted ? keep(event, line) : Result<void>();
    tell(event, line);
    return kept;
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
