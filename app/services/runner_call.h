#pragma once

#include <functional>
#include <string>
#include <vector>

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>

#include "cloud/secrets/secret.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

class QProcess;

namespace ty::app {

class StoreService;

/// A question to trainyard-run that is answered by one JSON object, in its own process. GUI thread only.
class RunnerCall : public QObject {
    Q_OBJECT
public:
    using Answer = std::function<void(Result<Json>)>;

    explicit RunnerCall(QString program, QObject* parent = nullptr);
    /// Ends what is still being asked.
    ~RunnerCall() override;

    /// `then` on the GUI thread, with the answer or the runner's words; not called when another ask() or cancel() came first.
    /// @param arguments  with "--json"
    /// @param told  each JSON object that the runner writes on its other stream meanwhile; may be empty
    using Told = std::function<void(const Json&)>;
    /// @param grants  what opens the stores of its data (StoreService::grant); empty: none is needed
    void ask(const QStringList& arguments, Answer then, Told told = {}, const cloud::Secret& grants = {});
    /// As ask(), of data that may lie in stores: what opens those is fetched first.
    /// @param places  of the data, as in run.json: paths and addresses; empty ones do not count
    void askOfStores(
        const QStringList& arguments, StoreService& stores, const std::vector<std::string>& places, Answer then, Told told = {});
    void cancel();
    /// A command on its standard input, for those that take some: "finish", "pause", "resume".
    void command(const QString& name);
    bool isAsking() const { return m_process != nullptr || m_isFetching; }

private:
    void readTold(const Told& told);

    QString m_program;
    QByteArray m_words; ///< of the other stream, as far as they are no objects that were told
    QProcess* m_process = nullptr;
    int m_turn = 0; ///< counts what was asked or cancelled
    bool m_isFetching = false; ///< what opens the stores
};

} // namespace ty::app
