#include "app/services/spec_service.h"

#include <filesystem>
#include <regex>

#include "engine/base/files.h"
#include "engine/specs/value_reader.h"

namespace ty::app {

using namespace engine::specs;

namespace {

/// "line 3, column 7: what" as place and words; the window shows the place by itself.
struct PlacedMessage {
    int line = 0;
    int column = 0;
    QString words;
};

PlacedMessage placed(const std::string& message)
{
    static const std::regex kPlace(R"(^line (\d+), column (\d+): )");
    std::smatch match;
    if (!std::regex_search(message, match, kPlace)) {
        return {0, 0, QString::fromStdString(message)};
    }
    return {std::stoi(match[1]), std::stoi(match[2]), QString::fromStdString(match.suffix().str())};
}

} // namespace

SpecService::SpecService(QObject* parent) : QObject(parent)
{
    m_pool.setMaxThreadCount(1); // a stale one ends at once
    m_files.setMaxThreadCount(1);
}

SpecService::~SpecService()
{
    m_stale.request_stop();
    m_staleExamples.request_stop();
    m_stop.request_stop();
    m_pool.waitForDone();
    m_files.waitForDone(); // what is being saved is saved
}

template<typename Then>
void SpecService::post(Then then)
{
    QMetaObject::invokeMethod(this, std::move(then), Qt::QueuedConnection);
}

void SpecService::failFile(const Error& error)
{
    post([this, error] { emit fileFailed(QString::fromStdString(error.message), QString::fromStdString(error.advice)); });
}

void SpecService::list(const QString& folder)
{
    m_files.start([this, folder] { post([this, entries = specEntries(folder)] { emit listed(entries); }); });
}

void SpecService::open(const SpecEntry& entry)
{
    m_files.start([this, entry] {
        auto text = readSpec(entry.file);
        if (!text) {
            failFile(text.error());
            return;
        }
        post([this, entry, text = std::move(text).value()] { emit opened(entry, text); });
    });
}

void SpecService::save(const QString& file, const QString& folder, const QString& name, const QString& text)
{
    m_files.start([this, file, folder, name, text] {
        const auto target = file.isEmpty() ? freeSpecFile(folder, name) : file;
        if (const auto written = saveSpec(target, text); !written) {
            failFile(written.error());
            return;
        }
        post([this, target] { emit saved(target); });
    });
}

void SpecService::explore(const QString& text, const QString& name)
{
    m_stale.request_stop();
    m_staleExamples.request_stop();
    m_stop.request_stop();
    m_stale = {};
    m_stop = {};
    m_isBusy = true;
    m_pool.start([this, text = text.toStdString(), name = name.toStdString(), stale = m_stale.get_token(), stop = m_stop.get_token()] {
        readAndExplore(text, name, stale, stop);
    });
}

void SpecService::readAndExplore(
    const std::string& text, const std::string& name, const std::stop_token& stale, const std::stop_token& stop)
{
    auto machine = readMachine(text, name);
    Result<StateSpace> space = Error{};
    if (machine && !stale.stop_requested()) {
        const auto tell = [this, stale](StateIndex found, StateIndex open) {
            post([this, stale, found, open] {
                if (!stale.stop_requested()) {
                    emit progressed(found, open);
                }
            });
        };
        space = engine::specs::explore(*machine, {}, tell, stop);
    }
    if (!machine || !space) {
        const auto& error = machine ? space.error() : machine.error();
        post([this, stale, at = placed(error.message), advice = QString::fromStdString(error.advice)] {
            if (!stale.stop_requested()) {
                m_isBusy = false;
                emit faultFound(at.line, at.column, at.words, advice);
            }
        });
        return;
    }
    ExploredSpec spec;
    spec.findings = std::make_shared<const Findings>(findingsOf(*machine, *space));
    spec.machine = std::make_shared<const Machine>(std::move(machine).value());
    spec.space = std::make_shared<const StateSpace>(std::move(space).value());
    post([this, stale, spec] {
        if (!stale.stop_requested()) {
            m_isBusy = false;
            emit explored(spec);
        }
    });
}

void SpecService::stop()
{
    m_stop.request_stop();
}

void SpecService::makeExamples(const ExploredSpec& spec, const ExampleSettings& settings)
{
    m_staleExamples.request_stop(); // the settings change with each key
    m_staleExamples = {};
    m_pool.start([this, spec, settings, stale = m_staleExamples.get_token()] {
        if (stale.stop_requested()) {
            return;
        }
        auto table = TransitionTable::make(*spec.machine, *spec.space, settings);
        if (!table) {
            post([this, stale, error = table.error()] {
                if (!stale.stop_requested()) {
                    emit examplesFailed(QString::fromStdString(error.message), QString::fromStdString(error.advice));
                }
            });
            return;
        }
        const SpecExamples examples{spec, std::make_shared<const TransitionTable>(std::move(table).value())};
        post([this, stale, examples] {
            if (!stale.stop_requested()) {
                emit examplesMade(examples);
            }
        });
    });
}

void SpecService::judge(const SpecExamples& examples, const SpecTransition& transition)
{
    m_pool.start([this, examples, transition, question = ++m_question, stale = m_stale.get_token()] {
        const auto tell = [this, question, stale](auto report) {
            post([this, question, stale, report] {
                if (question == m_question && !stale.stop_requested()) {
                    report();
                }
            });
        };
        const auto& machine = *examples.spec.machine;
        const auto before = readState(machine, transition.before);
        const auto after = readState(machine, transition.after);
        if (!before || !after) {
            const auto side = before ? SpecTransition::Side::After : SpecTransition::Side::Before;
            tell([this, side, words = placed((before ? after : before).error().message).words] { emit judgeFailed(side, words); });
            return;
        }
        SpecJudgement judgement;
        judgement.verdict = checkTransition(machine, transition.operation, before->data(), after->data());
        const auto cells = examples.table->cells(transition.operation, before->data(), after->data());
        for (std::size_t column = 0; column < cells.size(); ++column) {
            judgement.row[examples.table->columnNames()[column]] = cells[column];
        }
        tell([this, judgement] { emit judged(judgement); });
    });
}

void SpecService::writeExamples(const SpecExamples& examples, const QString& folder)
{
    m_files.start([this, examples, folder = folder.toStdString()] {
        const auto write = [&]() -> Result<std::pair<std::string, std::string>> {
            const auto training = (std::filesystem::path(folder) / "train.csv").string();
            const auto test = (std::filesystem::path(folder) / "test.csv").string();
            const auto& table = *examples.table;
            TY_CHECK(makeFolders(folder));
            TY_CHECK(table.writeCsv(training, 0, table.trainingCount()));
            if (table.trainingCount() == table.examples().size()) {
                return std::pair{training, std::string()};
            }
            TY_CHECK(table.writeCsv(test, table.trainingCount(), table.examples().size()));
            return std::pair{training, test};
        };
        auto written = write();
        post([this, written = std::move(written)] {
            if (written) {
                emit examplesWritten(QString::fromStdString(written->first), QString::fromStdString(written->second));
            } else {
                emit examplesFailed(
                    QString::fromStdString(written.error().message), QString::fromStdString(written.error().advice));
            }
        });
    });
}

} // namespace ty::app
