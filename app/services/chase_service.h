#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include <QObject>
#include <QString>
#include <QTimer>

#include "app/catalog/paths.h"
#include "app/provisioning/account.h"
#include "cloud/chase/chase_plan.h"
#include "cloud/chase/chase_runner.h"
#include "cloud/secrets/secret_store.h"
#include "engine/base/result.h"

namespace ty::app {

class GpuChase;

/// One hunt for a GPU of the window. Lives on the GUI thread; reading and trying go on in threads of their own. What is under
/// way when the program ends stays in the journal, and resume() goes on with it.
class ChaseService : public QObject {
    Q_OBJECT
public:
    enum class Stage {
        Idle,    ///< nothing is known
        Reading, ///< offers, quotas and prices are being read; nothing is made
        Planned, ///< known what would be tried
        Running,
        Ended,
    };

    /// `secrets` outlives this.
    ChaseService(const catalog::Paths& paths, cloud::SecretStore& secrets, QObject* parent = nullptr);
    ~ChaseService() override;

    /// Reads what there is. Nothing is made.
    void plan(const cloud::ChaseRequest& request);
    /// Takes up the newest chase of the catalog and begins to run it.
    void resume();
    /// Begins what was planned. `allowedFrom`: the address blocks that may reach the machine that is kept.
    void start(const std::vector<std::string>& allowedFrom);
    void setPaused(bool isPaused);
    /// While running: no more attempts, those under way are taken back. While reading: no more reading.
    void stop();
    /// Deletes the machine that was kept.
    void removeKept();

    Stage stage() const { return m_stage; }
    /// What is being read: words and how far. Empty unless Reading.
    const QString& readingText() const { return m_reading; }
    const cloud::ChaseState& state() const { return m_state; }
    const cloud::ChasePreview& preview() const { return m_preview; }
    const cloud::ChaseRequest& request() const { return m_request; }
    const QStringList& problems() const { return m_problems; }
    int throttled() const { return m_throttled; }
    const std::optional<Error>& error() const { return m_error; }
    bool isBegun() const { return m_isBegun; }
    bool isRemovingKept() const { return m_isRemoving; }
    std::string csv() const;
    std::string script() const;

signals:
    void changed();
    /// The machine that was kept has gone, or could not be deleted.
    void keptRemoved(const QString& problem);

private:
    using Open = std::function<Result<std::unique_ptr<GpuChase>>(
        const std::vector<Account>& accounts, cloud::SecretStore& secrets, std::stop_token stop)>;
    void read(Open open, bool startsAtOnce);
    void onRead(std::shared_ptr<Result<std::unique_ptr<GpuChase>>> chase, bool startsAtOnce);
    void begin();
    void onEnded(Stage stage, const std::optional<Error>& error);
    void look();
    void post(std::function<void()> call);
    void endThread();

    catalog::Paths m_paths;
    cloud::SecretStore& m_secrets;
    Stage m_stage = Stage::Idle;
    QString m_reading;
    cloud::ChaseState m_state;
    cloud::ChasePreview m_preview;
    cloud::ChaseRequest m_request;
    QStringList m_problems;
    int m_throttled = 0;
    bool m_isBegun = false; ///< while Running: it can be paused and stopped
    bool m_isRemoving = false;
    std::optional<Error> m_error;
    QTimer m_timer;
    std::unique_ptr<GpuChase> m_chase;
    std::jthread m_thread;
};

} // namespace ty::app
