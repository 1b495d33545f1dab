#pragma once

#include <QObject>
#include <QString>
#include <QThreadPool>

namespace ty::app {

/// How busy this computer is.
struct SystemLoad {
    double cpuPercent = -1;     ///< of all processors; negative until two looks have been taken
    quint64 memoryUsed = 0;     ///< bytes
    quint64 memoryTotal = 0;    ///< bytes
    quint64 diskFree = 0;       ///< bytes, where the data folder lies
    int processors = 0;
    QString processorName;
};

/// Looks at /proc and at the disk every two seconds, off the GUI thread, while somebody listens.
class SystemMonitor : public QObject {
    Q_OBJECT
public:
    explicit SystemMonitor(QString dataFolder, QObject* parent = nullptr);
    ~SystemMonitor() override;

    void start();
    const SystemLoad& load() const { return m_load; }

signals:
    void loadChanged(const ty::app::SystemLoad& load);

private:
    struct Ticks {
        quint64 busy = 0;
        quint64 total = 0;
    };
    void look();

    QString m_dataFolder;
    QThreadPool m_pool;
    SystemLoad m_load;
    Ticks m_ticks; ///< touched by the pool's one thread alone
    bool m_isLooking = false;
};

} // namespace ty::app
