#pragma once

#include <functional>

#include <QObject>
#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/result.h"

class QProcess;

namespace ty::app {

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
    void ask(const QStringList& arguments, Answer then);
    void cancel();
    bool isAsking() const { return m_process != nullptr; }

private:
    QString m_program;
    QProcess* m_process = nullptr;
};

} // namespace ty::app
