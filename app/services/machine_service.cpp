#include "app/services/machine_service.h"

#include <utility>

#include "app/catalog/machines.h"
#include "app/provisioning/cloud_session.h"
#include "app/services/activity_service.h"
#include "cloud/provision/azure_plan.h"

namespace ty::app {

namespace {

constexpr int kListEveryMs = 4000;

cloud::MachineRequest priceQuestionOf(const cloud::MachineInfo& info)
{
    cloud::MachineRequest request;
    request.provider = info.provider;
    request.region = info.region;
    request.size = info.size;
    request.isSpot = info.isSpot;
    request.hasPublicIp = false;
    return request;
}

QString priceKeyOf(const cloud::MachineInfo& info)
{
    return QStringLiteral("%1|%2|%3").arg(
        QString::fromStdString(info.size), QString::fromStdString(info.region),
        info.isSpot ? QStringLiteral("spot") : QString());
}

MachineRow comingRow(const cloud::MachineRequest& request, const QString& stage)
{
    MachineRow row;
    row.info.provider = request.provider;
    row.info.name = request.name;
    row.info.group = request.group;
    row.info.state = cloud::MachineState::Starting;
    row.info.size = request.size;
    row.info.region = request.region;
    row.info.zone = request.zone;
    row.info.isSpot = request.isSpot.value_or(false);
    row.request = request;
    row.work = stage;
    row.isComing = true;
    return row;
}

} // namespace

MachineService::MachineService(const catalog::Paths& paths, cloud::SecretStore& secrets, ActivityService& activity, QObject* parent)
    : QObject(parent)
    , m_paths(paths)
    , m_activity(activity)
    , m_account(QString::fromLatin1(kSandboxAccount))
    , m_workers(paths, secrets, *this)
{
    m_timer.setInterval(kListEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &MachineService::refresh);
    connect(&m_activity, &ActivityService::cancelRequested, this, [this](int id) {
        if (const auto found = m_work.find(id); found != m_work.end()) {
            *found->second.isCancelled = true;
        }
    });
}

MachineService::~MachineService() = default;

void MachineService::setAccount(const QString& name)
{
    if (name == m_account) {
        return;
    }
    m_account = name;
    ++m_generation;
    m_listing = {};
    m_prices.clear();
    m_problem.reset();
    m_isLoaded = false;
    m_isListing = false;
    m_isStale = false;
    m_isPricing = false;
    compose();
    if (m_timer.isActive()) {
        refresh();
    }
}

void MachineService::setWatched(bool isWatched)
{
    if (isWatched) {
        m_timer.start();
        refresh();
    } else {
        m_timer.stop();
    }
}

void MachineService::setStopTime(const std::string& machineId, const std::optional<std::int64_t>& at)
{
    if (at) {
        m_stopTimes[machineId] = *at;
    } else if (m_stopTimes.erase(machineId) == 0) {
        return;
    }
    compose();
}

void MachineService::forgetSessions()
{
    m_workers.forgetSessions();
    readAgain();
}

void MachineService::readAgain()
{
    if (m_timer.isActive()) {
        refresh();
    }
}

void MachineService::refresh()
{
    if (m_isListing) {
        m_isStale = true;
        return;
    }
    m_isListing = true;
    m_isStale = false;
    m_workers.start(
        m_account.toStdString(),
        [this, generation = m_generation, paths = m_paths](CloudSession& session, std::stop_token stop) {
            auto listing = list(paths, session, stop);
            m_workers.post([this, generation, listing = std::move(listing)] { onListed(generation, listing); });
        },
        [this, generation = m_generation](const Error& error) { onListed(generation, error); });
}

Result<MachineService::Listing> MachineService::list(
    const catalog::Paths& paths, CloudSession& session, std::stop_token stop)
{
    Listing listing;
    TY_TRY(listing.machines, session.machines().machines(stop));
    TY_TRY(const auto machines, catalog::Machines::open(paths));
    TY_TRY(const auto records, machines->all());
    for (const catalog::MachineRecord& record : records) {
        const auto mark = record.details.find("mark");
        const auto request = record.details.find("request");
        if (mark == record.details.end() || !mark->is_string() || request == record.details.end()) {
            continue;
        }
        if (auto proof = provenOf(record)) {
            listing.proofs.emplace(mark->get<std::string>(), std::move(*proof));
        }
        if (auto read = cloud::fromJson<cloud::MachineRequest>(*request, "a machine's record")) {
            listing.requests.emplace(mark->get<std::string>(), std::move(read).value());
        }
    }
    return listing;
}

void MachineService::onListed(int generation, Result<Listing> listing)
{
    if (generation != m_generation) {
        return;
    }
    m_isListing = false;
    if (listing) {
        m_listing = std::move(listing).value();
        m_problem.reset();
        m_isLoaded = true;
        askPrices();
    } else if (listing.error().kind != ErrorKind::Cancelled) {
        m_problem = listing.error();
        m_workers.forgetSessions();
    }
    compose();
    if (m_isStale) {
        refresh();
    }
}

void MachineService::askPrices()
{
    std::map<QString, cloud::MachineRequest> questions;
    for (const cloud::MachineInfo& info : m_listing.machines) {
        const QString key = priceKeyOf(info);
        if (!m_prices.contains(key)) {
            questions.emplace(key, priceQuestionOf(info));
        }
    }
    if (questions.empty() || m_isPricing) {
        return;
    }
    m_isPricing = true;
    using Prices = std::map<QString, std::optional<double>>;
    const auto answered = [this, generation = m_generation](const Prices& prices) {
        if (generation == m_generation) {
            m_isPricing = false;
            m_prices.insert(prices.begin(), prices.end());
            compose();
        }
    };
    m_workers.start(
        m_account.toStdString(),
        [this, questions = std::move(questions), answered](CloudSession& session, std::stop_token stop) {
            Prices prices;
            for (const auto& [key, question] : questions) {
                const auto cost = session.provider().cost(question, "USD", stop);
                if (!cost) {
                    break; // asked again with the next list
                }
                prices[key] = cost->lines.empty() ? std::nullopt : cost->lines.front().perHour;
            }
            m_workers.post([prices = std::move(prices), answered] { answered(prices); });
        },
        [answered](const Error&) { answered({}); });
}

void MachineService::compose()
{
    m_rows.clear();
    m_rows.reserve(m_listing.machines.size() + m_work.size());
    std::map<QString, std::size_t> byKey;
    for (const cloud::MachineInfo& info : m_listing.machines) {
        MachineRow row;
        row.info = info;
        const auto mark = info.tags.find(cloud::kOperationTag);
        const auto request = mark == info.tags.end() ? m_listing.requests.end() : m_listing.requests.find(mark->second);
        if (request != m_listing.requests.end()) {
            row.request = request->second;
            if (const auto proof = m_listing.proofs.find(mark->second); proof != m_listing.proofs.end()) {
                row.autoStopProof = proof->second;
            }
        }
        if (const auto price = m_prices.find(priceKeyOf(info)); price != m_prices.end()) {
            row.usdPerHour = price->second;
        }
        if (const auto stops = m_stopTimes.find(info.id); stops != m_stopTimes.end()) {
            row.stopsAt = stops->second;
        }
        byKey[row.key()] = m_rows.size();
        m_rows.push_back(std::move(row));
    }
    for (const auto& [activity, work] : m_work) {
        if (work.account != m_account) {
            continue;
        }
        if (const auto known = byKey.find(work.key); known != byKey.end()) {
            m_rows[known->second].work = work.stage;
        } else if (work.coming) {
            m_rows.push_back(comingRow(*work.coming, work.stage));
        }
    }
    emit changed();
}

} // namespace ty::app
