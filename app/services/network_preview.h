#pragma once

#include <functional>
#include <memory>

#include <QObject>
#include <QString>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

class QTemporaryFile;

namespace ty::app {

class RunnerCall;

/// What a run would compute: `trainyard-run train SPEC --print-network --json`, in its own process. GUI thread only.
class NetworkPreview : public QObject {
    Q_OBJECT
public:
    using Outcome = Result<Json>;

    explicit NetworkPreview(QString program, QObject* parent = nullptr);
    /// Ends what is still being asked.
    ~NetworkPreview() override;

    /// `then` on the GUI thread, with engine::describeRun()'s answer or the runner's words; not called when another
    /// ask() came first.
    void ask(const RunSpec& spec, std::function<void(Outcome)> then);

private:
    RunnerCall* m_call;
    std::unique_ptr<QTemporaryFile> m_file; ///< the run that is asked about
};

} // namespace ty::app
