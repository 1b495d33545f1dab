#include "app/services/run_watcher.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QFile>
#include <QTimer>

namespace ty::app {

namespace {

constexpr int kPollMilliseconds = 40;
constexpr std::size_t kReadBytes = 1 << 18; // a long history comes in pieces, so that the window stays fluid
constexpr std::size_t kLongestLine = 1 << 24;
constexpr qint64 kLastWordsBytes = 4096;

/// That process, and not another one that was given its number later.
bool isRunnerAlive(qint64 pid, const QString& folder)
{
    if (kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) {
        return false;
    }
    QFile commandLine(QStringLiteral("/proc/%1/cmdline").arg(pid));
    if (!commandLine.open(QIODevice::ReadOnly)) {
        return false;
    }
    return commandLine.readAll().split('\0').contains(folder.toUtf8());
}

QString endOfFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    file.seek(std::max<qint64>(0, file.size() - kLastWordsBytes));
    return QString::fromUtf8(file.readAll()).trimmed();
}

} // namespace

LineFollower::~LineFollower()
{
    if (m_file >= 0) {
        close(m_file);
    }
}

std::vector<std::string> LineFollower::next()
{
    std::vector<std::string> lines;
    if (m_file < 0) {
        m_file = open(QFile::encodeName(m_path).constData(), O_RDONLY | O_CLOEXEC);
        if (m_file < 0) {
            return lines; // not begun yet
        }
    }
    std::string bytes;
    std::size_t newline = std::string::npos;
    // A line longer than one read is taken in more reads; no line is longer than kLongestLine.
    while (newline == std::string::npos && bytes.size() < kLongestLine) {
        const std::size_t have = bytes.size();
        bytes.resize(have + kReadBytes);
        const ssize_t count = pread(m_file, bytes.data() + have, kReadBytes, m_offset + static_cast<off_t>(have));
        bytes.resize(have + static_cast<std::size_t>(std::max<ssize_t>(0, count)));
        if (count <= 0) {
            break;
        }
        newline = bytes.rfind('\n');
    }
    if (newline == std::string::npos) {
        return lines;
    }
    m_offset += static_cast<std::int64_t>(newline) + 1;
    std::size_t begin = 0;
    while (begin <= newline) {
        const std::size_t end = bytes.find('\n', begin);
        if (end > begin) {
            lines.push_back(bytes.substr(begin, end - begin));
        }
        begin = end + 1;
    }
    return lines;
}

struct RunWatcher::Watched {
    Watched(QString runFolder, qint64 runnerPid)
        : folder(std::move(runFolder))
        , pid(runnerPid)
        , events(QString::fromStdString(RunFolder{folder.toStdString()}.eventsFile()))
    {
    }

    QString folder;
    qint64 pid;
    LineFollower events;
    std::vector<std::string> commands; ///< that wait to be written
    int tries = 0;                     ///< of the first of them
    int polls = 0;
};

RunWatcher::RunWatcher(QObject* parent)
    : QObject(parent)
    , m_timer(new QTimer(this))
{
    m_timer->setInterval(kPollMilliseconds);
    connect(m_timer, &QTimer::timeout, this, &RunWatcher::poll);
}

RunWatcher::~RunWatcher() = default;

QString RunWatcher::commandFile(const QString& folder)
{
    return folder + QStringLiteral("/.commands");
}

QString RunWatcher::wordsFile(const QString& folder)
{
    return folder + QStringLiteral("/runner.txt");
}

Result<void> RunWatcher::ensureCommandFile(const QString& folder)
{
    const QByteArray path = QFile::encodeName(commandFile(folder));
    if (mkfifo(path.constData(), 0600) == 0) {
        return {};
    }
    struct stat status = {};
    if (errno == EEXIST && lstat(path.constData(), &status) == 0 && S_ISFIFO(status.st_mode)) {
        return {};
    }
    return errnoError(errno, "cannot make the command pipe", path.toStdString());
}

void RunWatcher::watch(qint64 runId, const QString& folder, qint64 pid)
{
    m_watched[runId] = std::make_unique<Watched>(folder, pid);
    m_timer->start();
    poll();
}

void RunWatcher::announceEnd(qint64 runId)
{
    if (m_watched.contains(runId)) {
        end(runId);
    }
}

void RunWatcher::send(qint64 runId, const std::string& line)
{
    const auto found = m_watched.find(runId);
    if (found == m_watched.end()) {
        emit sendFailed(runId, tr("The run has already ended."));
        return;
    }
    found->second->commands.push_back(line);
    deliver(runId, *found->second);
}

void RunWatcher::deliver(qint64 runId, Watched& watched)
{
    constexpr int kTries = 75; // three seconds: a runner that has just been started listens by then
    const QByteArray path = QFile::encodeName(commandFile(watched.folder));
    while (!watched.commands.empty()) {
        // A FIFO without a reader refuses a non-blocking writer.
        const int pipe = open(path.constData(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        const std::string text = watched.commands.front() + '\n';
        const bool isSent = pipe >= 0 && write(pipe, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        const int reason = errno;
        if (pipe >= 0) {
            close(pipe);
        }
        if (!isSent && ++watched.tries < kTries) {
            return; // again at the next poll
        }
        if (!isSent) {
            // A runner that was started by hand reads no FIFO; a stop reaches it as a signal.
            const bool isStop = text.find("\"stop\"") != std::string::npos;
            if (!isStop || watched.pid <= 0 || kill(static_cast<pid_t>(watched.pid), SIGTERM) != 0) {
                emit sendFailed(
                    runId,
                    tr("The run does not listen to this window: %1.").arg(QString::fromLocal8Bit(strerror(reason))));
            }
        }
        watched.tries = 0;
        watched.commands.erase(watched.commands.begin());
    }
}

void RunWatcher::poll()
{
    constexpr int kPollsBetweenLifeSigns = 12; // about half a second
    std::vector<qint64> ended;
    for (auto& [runId, watched] : m_watched) {
        read(runId, *watched);
        deliver(runId, *watched);
        if (watched->pid > 0 && ++watched->polls % kPollsBetweenLifeSigns == 0
            && !isRunnerAlive(watched->pid, watched->folder)) {
            ended.push_back(runId);
        }
    }
    for (const qint64 runId : ended) {
        end(runId);
    }
    if (m_watched.empty()) {
        m_timer->stop();
    }
}

void RunWatcher::read(qint64 runId, Watched& watched)
{
    while (true) {
        const std::vector<std::string> lines = watched.events.next();
        if (lines.empty()) {
            return;
        }
        std::vector<RunEvent> events;
        events.reserve(lines.size());
        for (const std::string& line : lines) {
            if (auto event = RunEvent::fromLine(line)) {
                events.push_back(std::move(event).value());
            }
        }
        emit eventsRead(runId, events);
    }
}

void RunWatcher::end(qint64 runId)
{
    const auto found = m_watched.find(runId);
    read(runId, *found->second);
    const QString words = endOfFile(wordsFile(found->second->folder));
    m_watched.erase(found);
    emit gone(runId, words);
}

} // namespace ty::app
