#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include <QObject>
#include <QString>
#include <QThreadPool>

#include "app/models/spec_library.h"
#include "engine/specs/findings.h"
#include "engine/specs/machine.h"
#include "engine/specs/state_space.h"
#include "engine/specs/transition_check.h"
#include "engine/specs/transition_table.h"

namespace ty::app {

/// A machine and what was found of it. Shared, never changed.
struct ExploredSpec {
    std::shared_ptr<const engine::specs::Machine> machine;
    std::shared_ptr<const engine::specs::StateSpace> space;
    std::shared_ptr<const engine::specs::Findings> findings;
};

/// The examples of a machine's transitions; keeps alive what the table refers to.
struct SpecExamples {
    ExploredSpec spec;
    std::shared_ptr<const engine::specs::TransitionTable> table;
};

/// A transition as a person types it.
struct SpecTransition {
    enum class Side { Before, After };

    std::string before; ///< as stateWords() writes states
    std::uint32_t operation = 0;
    std::string after;
};

/// What the machine says of it, and its row as a model that was trained on the examples takes it.
struct SpecJudgement {
    engine::specs::TransitionVerdict verdict;
    std::map<std::string, std::string> row; ///< by column
};

/// Lists, reads, explores and tabulates machines on threads of its own. GUI thread only; a newer text makes the older stale.
class SpecService : public QObject {
    Q_OBJECT
public:
    explicit SpecService(QObject* parent = nullptr);
    ~SpecService() override;

    /// The machines of the starter project and those in `folder`: listed().
    void list(const QString& folder);
    /// One of opened(), fileFailed().
    void open(const SpecEntry& entry);
    /// Saves under that name, or under a free one like it in `folder` where `file` is empty. One of saved(), fileFailed().
    void save(const QString& file, const QString& folder, const QString& name, const QString& text);
    /// One of faultFound(), explored(). Ends what runs.
    void explore(const QString& text, const QString& name);
    /// Ends the exploration; what was found so far is reported.
    void stop();
    bool isBusy() const { return m_isBusy; }
    /// One of examplesMade(), examplesFailed().
    void makeExamples(const ExploredSpec& spec, const engine::specs::ExampleSettings& settings);
    /// Writes train.csv and test.csv into the folder; one of examplesWritten(), examplesFailed().
    void writeExamples(const SpecExamples& examples, const QString& folder);

    /// One of judged(), judgeFailed(); of what was asked before, nothing more is heard.
    void judge(const SpecExamples& examples, const SpecTransition& transition);

signals:
    void listed(const std::vector<ty::app::SpecEntry>& entries);
    void opened(const ty::app::SpecEntry& entry, const QString& text);
    void saved(const QString& file);
    void fileFailed(const QString& message, const QString& advice);
    void progressed(quint32 found, quint32 open);
    /// The text is wrong at a place; line 0: nowhere in particular.
    void faultFound(int line, int column, const QString& message, const QString& advice);
    void explored(const ty::app::ExploredSpec& spec);
    void examplesMade(const ty::app::SpecExamples& examples);
    void examplesWritten(const QString& training, const QString& test);
    void examplesFailed(const QString& message, const QString& advice);
    void judged(const ty::app::SpecJudgement& judgement);
    /// A state is not written as the machine's states are.
    void judgeFailed(ty::app::SpecTransition::Side side, const QString& message);

private:
    void readAndExplore(const std::string& text, const std::string& name, const std::stop_token& stale, const std::stop_token& stop);
    void failFile(const Error& error);
    template<typename Then>
    void post(Then then);

    QThreadPool m_pool;  ///< explores, in order
    QThreadPool m_files; ///< must not wait for an exploration; in order, so that a text is read as it was saved
    std::stop_source m_stale; ///< a newer text came
    std::stop_source m_staleExamples; ///< that, or other settings
    std::stop_source m_stop;  ///< the person has seen enough
    quint64 m_question = 0;   ///< the newest judge()
    bool m_isBusy = false;
};

} // namespace ty::app
