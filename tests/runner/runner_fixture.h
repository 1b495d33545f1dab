#pragma once

#include <string>
#include <vector>

#include <sys/resource.h>

#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QtMath>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"

namespace ty {

/// What AddressSanitizer notes down takes terabytes of addresses, so that no program of it can begin under a limit on memory.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAreMemoryLimitsPossible = false;
#else
inline constexpr bool kAreMemoryLimitsPossible = true;
#endif
inline constexpr const char* kNoMemoryLimits = "AddressSanitizer needs more addresses than a limit leaves";

struct Ended {
    int code = -1;
    bool isCrashed = false;
    QByteArray out;
    QByteArray err;

    Json json() const { return parseJson(out.toStdString(), "output").valueOr(Json()); }
};

/// A folder for one test, and real runner processes.
class RunnerFixture {
public:
    RunnerFixture()
    {
        m_environment = QProcessEnvironment::systemEnvironment();
        m_environment.insert(QStringLiteral("TRAINYARD_HOME"), path("home"));
        m_environment.insert(
            QStringLiteral("TRAINYARD_SAMPLES"), QStringLiteral(TRAINYARD_SOURCE_DIR "/resources/samples"));
        m_environment.insert(QStringLiteral("NO_COLOR"), QStringLiteral("1"));
    }

    QString path(const QString& name) const { return m_folder.filePath(name); }
    std::string file(const std::string& name) const { return path(QString::fromStdString(name)).toStdString(); }
    QString write(const QString& name, const std::string& content) const
    {
        const std::string target = path(name).toStdString();
        (void)makeFolders(target.substr(0, target.rfind('/')));
        (void)writeFileAtomically(target, content);
        return path(name);
    }
    static QString program() { return QStringLiteral(TRAINYARD_BIN_DIR "/trainyard-run"); }

    void prepare(QProcess& process, rlim_t largestFile = RLIM_INFINITY) const
    {
        process.setProcessEnvironment(m_environment);
        process.setWorkingDirectory(m_folder.path());
        process.setChildProcessModifier([largestFile, addresses = m_addresses, data = m_data] {
            const rlimit file{largestFile, largestFile};
            setrlimit(RLIMIT_FSIZE, &file);
            const rlimit memory{addresses, addresses};
            setrlimit(RLIMIT_AS, &memory);
            if (data != RLIM_INFINITY) {
                const rlimit stack{kThreadStack, kThreadStack}; // stacks count, and there is one for each core
                setrlimit(RLIMIT_STACK, &stack);
            }
            const rlimit own{data, data};
            setrlimit(RLIMIT_DATA, &own);
        });
    }
    void setVariable(const char* name, const QString& value) { m_environment.insert(QString::fromLatin1(name), value); }
    /// Of all processes that are started from now on, as ulimit -d does: no limit on files that are mapped.
    void limitData(rlim_t bytes) { m_data = bytes; }
    /// The same for all addresses, as ulimit -v does.
    void limitMemory(rlim_t bytes) { m_addresses = bytes; }
    Ended run(const QStringList& arguments, const QByteArray& input = {}, rlim_t largestFile = RLIM_INFINITY) const
    {
        return runProgram(program(), arguments, input, largestFile);
    }
    Ended runProgram(
        const QString& name, const QStringList& arguments, const QByteArray& input = {},
        rlim_t largestFile = RLIM_INFINITY) const
    {
        QProcess process;
        prepare(process, largestFile);
        process.start(name, arguments);
        process.write(input);
        process.closeWriteChannel();
        Ended ended;
        constexpr int kLongest = 120000;
        if (!process.waitForFinished(kLongest)) {
            process.kill();
            process.waitForFinished();
        }
        ended.isCrashed = process.exitStatus() != QProcess::NormalExit;
        ended.code = ended.isCrashed ? -1 : process.exitCode();
        ended.out = process.readAllStandardOutput();
        ended.err = process.readAllStandardError();
        return ended;
    }

    /// Two clouds of points that a small network tells apart at once.
    QString cloudsCsv(int rows = 120) const
    {
        std::string text = "x,y,label\n";
        for (int i = 0; i < rows; ++i) {
            const double angle = i * 0.7;
            const double centre = i % 2 == 0 ? -1 : 1;
            text += std::to_string(centre + 0.4 * qCos(angle)) + "," + std::to_string(centre + 0.4 * qSin(1.3 * angle))
                + "," + (i % 2 == 0 ? "left" : "right") + "\n";
        }
        return write(QStringLiteral("clouds.csv"), text);
    }

    /// The events in a run's folder, complete lines only.
    static std::vector<RunEvent> events(const std::string& folder)
    {
        std::vector<RunEvent> list;
        const std::string text = readFile(RunFolder{folder}.eventsFile()).valueOr({});
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
            if (auto event = RunEvent::fromLine(text.substr(begin, end - begin)); event) {
                list.push_back(std::move(event).value());
            }
        }
        return list;
    }
    static std::vector<RunEvent> ofType(const std::vector<RunEvent>& all, const std::string& type)
    {
        std::vector<RunEvent> list;
        for (const RunEvent& event : all) {
            if (event.type == type) {
                list.push_back(event);
            }
        }
        return list;
    }

private:
    QTemporaryDir m_folder;
    QProcessEnvironment m_environment;
    static constexpr rlim_t kThreadStack = rlim_t{1} << 20;
    rlim_t m_addresses = RLIM_INFINITY;
    rlim_t m_data = RLIM_INFINITY;
};

} // namespace ty
