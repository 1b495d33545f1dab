#include "app/services/machine_recovery.h"

#include <utility>

#include "app/catalog/catalog.h"
#include "app/services/catalog_service.h"
#include "app/services/machine_service.h"

namespace ty::app {

namespace {
constexpr int kLookEveryMs = 30'000;
} // namespace

MachineRecovery::MachineRecovery(CatalogService& catalog, MachineService& machines, QObject* parent)
    : QObject(parent), m_catalog(catalog), m_machines(machines)
{
    m_timer.setInterval(kLookEveryMs);
    connect(&m_timer, &QTimer::timeout, this, [this] { look(false); });
    connect(&m_catalog, &CatalogService::opened, this, [this] {
        look(true);
        m_timer.start();
    });
}

void MachineRecovery::look(bool isStart)
{
    m_catalog.call(
        this, [](catalog::Catalog& catalog) { return readOpenOperations(catalog.paths()); },
        [this, isStart](const Result<std::vector<OpenOperation>>& open) { onRead(open, isStart); });
}

void MachineRecovery::onRead(const Result<std::vector<OpenOperation>>& open, bool isStart)
{
    if (!open) {
        return; // the window tells of a catalog that does not open
    }
    std::set<std::int64_t> seen;
    std::vector<OpenOperation> left;
    for (const OpenOperation& operation : *open) {
        seen.insert(operation.id);
        // Between an operation's entry and its lock there is a moment in which it looks left alone.
        if (isStart || m_seen.contains(operation.id)) {
            left.push_back(operation);
        }
    }
    m_seen = std::move(seen);
    m_machines.goOnWith(left, isStart);
}

} // namespace ty::app
