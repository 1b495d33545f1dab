#include "app/services/spending_reader.h"

#include <QDate>
#include <QDateTime>

#include "app/catalog/catalog.h"
#include "app/catalog/charges.h"
#include "app/services/catalog_service.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

constexpr int kEveryMs = 20'000;

/// Midnight of a day here, as the catalog writes it.
std::string beginOf(const QDate& day)
{
    return day.startOfDay().toUTC().toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss.000Z")).toStdString();
}

using Spending = std::map<std::string, MachineSpending>;

Result<Spending> readSpending(catalog::Catalog& catalog)
{
    TY_TRY(const auto charges, catalog::Charges::open(catalog.paths()));
    const QDate day = QDate::currentDate();
    const std::string now = utcNow();
    Spending spending;
    TY_TRY(const auto current, charges->current());
    for (const catalog::Charge& charge : current) {
        if (!charge.isOver) {
            spending[charge.mark].now = {charge.perHour, charge.isPartial, charge.currency};
        }
    }
    TY_TRY(const auto today, charges->spent(beginOf(day), now));
    for (const catalog::Spent& spent : today) {
        spending[spent.mark].today = {spent.amount, spent.isPartial, spent.currency};
    }
    TY_TRY(const auto month, charges->spent(beginOf(QDate(day.year(), day.month(), 1)), now));
    for (const catalog::Spent& spent : month) {
        spending[spent.mark].month = {spent.amount, spent.isPartial, spent.currency};
    }
    return spending;
}

} // namespace

SpendingReader::SpendingReader(CatalogService& catalog, QObject* parent)
    : QObject(parent), m_catalog(catalog)
{
    m_timer.setInterval(kEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &SpendingReader::look);
}

void SpendingReader::setWatched(bool isWatched)
{
    if (isWatched) {
        m_timer.start();
        look();
    } else {
        m_timer.stop();
    }
}

void SpendingReader::look()
{
    if (m_isReading) {
        return;
    }
    m_isReading = true;
    m_catalog.call(this, readSpending, [this](const Result<Spending>& spending) {
        m_isReading = false;
        if (spending) {
            emit read(*spending);
        }
    });
}

} // namespace ty::app
