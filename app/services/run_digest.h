#pragma once

#include <vector>

#include <QList>
#include <QObject>
#include <QString>

class QTimer;

namespace ty::app {

class CatalogService;

/// One of the last runs, for Home.
struct RunGlance {
    qint64 id = 0;
    QString name;
    QString state; ///< "running", "finished", ...
    QString dataset;
    QString metric; ///< "accuracy"
    double best = 0; ///< NaN if unknown
    int bestEpoch = 0;
    int epochsDone = 0;
    int epochsPlanned = 0;
    QString created; ///< UTC
    QList<double> curve; ///< validation loss (training loss without validation) each epoch
};

/// What the status bar and Home say about all runs.
struct RunDigest {
    int running = 0; ///< running or paused
    int queued = 0;
    int total = 0;
    std::vector<RunGlance> latest; ///< of the chosen project, at most five, newest first
};

/// Keeps a RunDigest up to date, at most twice a second however often runs change.
class RunDigestService : public QObject {
    Q_OBJECT
public:
    explicit RunDigestService(CatalogService& catalog, QObject* parent = nullptr);

    const RunDigest& digest() const { return m_digest; }

signals:
    void changed(const ty::app::RunDigest& digest);

private:
    void load();

    CatalogService& m_catalog;
    RunDigest m_digest;
    QTimer* m_timer;
    bool m_isLoading = false;
    bool m_isStale = false;
};

} // namespace ty::app
