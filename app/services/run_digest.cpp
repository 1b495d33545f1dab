#include "app/services/run_digest.h"

#include <QTimer>

#include "app/catalog/catalog.h"
#include "app/services/catalog_service.h"

namespace ty::app {

namespace {
constexpr int kGatherMs = 500;
constexpr std::size_t kLatest = 5;

Result<RunDigest> digestOf(catalog::Catalog& catalog)
{
    TY_TRY(const auto runs, catalog.runs());
    RunDigest digest;
    digest.total = static_cast<int>(runs.size());
    TY_TRY(const std::int64_t project, catalog.currentProject());
    for (const auto& run : runs) {
        digest.running += catalog::isActive(run.state) ? 1 : 0;
        digest.queued += run.state == catalog::RunState::Queued ? 1 : 0;
        if (digest.latest.size() == kLatest || (project != 0 && run.projectId != project)) {
            continue;
        }
        RunGlance glance;
        glance.id = run.id;
        glance.name = QString::fromStdString(run.name);
        glance.state = QString::fromLatin1(catalog::runStateName(run.state));
        glance.dataset = QString::fromStdString(run.dataset);
        glance.metric = QString::fromStdString(run.metric).section(u'/', -1);
        glance.best = run.best;
        glance.bestEpoch = run.bestEpoch;
        glance.epochsDone = run.epochsDone;
        glance.epochsPlanned = run.epochsPlanned;
        glance.created = QString::fromStdString(run.created);
        for (const auto* metric : {"validation/loss", "training/loss"}) {
            const auto curve = catalog.overview(run.id, metric);
            if (curve && !curve->points.empty()) {
                glance.curve.reserve(static_cast<qsizetype>(curve->points.size()));
                for (const catalog::CurvePoint& point : curve->points) {
                    glance.curve.append(point.value);
                }
                break;
            }
        }
        digest.latest.push_back(std::move(glance));
    }
    return digest;
}
} // namespace

RunDigestService::RunDigestService(CatalogService& catalog, QObject* parent)
    : QObject(parent)
    , m_catalog(catalog)
    , m_timer(new QTimer(this))
{
    m_timer->setSingleShot(true);
    m_timer->setInterval(kGatherMs);
    connect(m_timer, &QTimer::timeout, this, &RunDigestService::load);
    connect(&m_catalog, &CatalogService::runsChanged, this, [this] {
        if (m_isLoading) {
            m_isStale = true;
        } else if (!m_timer->isActive()) {
            m_timer->start();
        }
    });
    connect(&m_catalog, &CatalogService::opened, this, &RunDigestService::load);
}

void RunDigestService::load()
{
    m_isLoading = true;
    m_isStale = false;
    m_catalog.call(this, digestOf, [this](Result<RunDigest> digest) {
        m_isLoading = false;
        if (m_isStale) {
            m_timer->start();
        }
        if (digest) {
            m_digest = std::move(digest).value();
            emit changed(m_digest);
        }
    });
}

} // namespace ty::app
