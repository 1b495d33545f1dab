#include "app/services/machine_list.h"

#include <algorithm>
#include <set>
#include <utility>

#include <QPointer>

#include "app/catalog/machines.h"
#include "app/provisioning/cloud_offers.h"
#include "app/provisioning/cloud_session.h"
#include "cloud/provision/azure_plan.h"

namespace ty::app {

namespace {

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

QString sizeKeyOf(const std::string& size, const std::string& region)
{
    return QString::fromStdString(size + "|" + region).toLower();
}

QString priceKeyOf(const cloud::MachineInfo& info)
{
    return sizeKeyOf(info.size, info.region) + (info.isSpot ? QStringLiteral("|spot") : QString());
}

} // namespace

MachineList::MachineList(QString account, catalog::Paths paths, CloudWorkers& workers, QObject* parent)
    : QObject(parent), m_account(std::move(account)), m_paths(std::move(paths)), m_workers(workers)
{
}

void MachineList::refresh()
{
    if (m_isListing) {
        m_isStale = true;
        return;
    }
    m_isListing = true;
    m_isStale = false;
    const QPointer<MachineList> guard(this);
    const auto answer = [guard](Result<Listing> listing) {
        if (guard) {
            guard->onListed(std::move(listing));
        }
    };
    m_workers.start(
        m_account.toStdString(),
        [&workers = m_workers, answer, paths = m_paths](CloudSession& session, std::stop_token stop) {
            auto listing = list(paths, session, stop);
            workers.post([answer, listing = std::move(listing)] { answer(listing); });
        },
        [answer](const Error& error) { answer(error); });
}

Result<MachineList::Listing> MachineList::list(const catalog::Paths& paths, CloudSession& session, std::stop_token stop)
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

void MachineList::onListed(Result<Listing> listing)
{
    m_isListing = false;
    if (listing) {
        m_listing = std::move(listing).value();
        m_problem.reset();
        m_isLoaded = true;
        askPrices();
        askSizes();
    } else if (listing.error().kind != ErrorKind::Cancelled) {
        m_problem = listing.error();
        m_workers.forgetSessions(m_account.toStdString());
    }
    emit changed();
    if (m_isStale) {
        refresh();
    }
}

/// An empty answer when there is no session.
template<typename Answer>
void MachineList::askWorker(
    std::function<Answer(CloudSession&, std::stop_token)> question, void (MachineList::*then)(Answer))
{
    const QPointer<MachineList> guard(this);
    const auto answer = [guard, then](Answer value) {
        if (guard) {
            ((*guard).*then)(std::move(value));
        }
    };
    m_workers.start(
        m_account.toStdString(),
        [&workers = m_workers, question = std::move(question), answer](CloudSession& session, std::stop_token stop) {
            auto value = question(session, std::move(stop));
            workers.post([answer, value = std::move(value)] { answer(value); });
        },
        [answer](const Error&) { answer({}); });
}

void MachineList::askPrices()
{
    std::map<QString, cloud::MachineRequest> questions;
    for (const cloud::MachineInfo& info : m_listing.machines) {
        if (const QString key = priceKeyOf(info); !m_prices.contains(key)) {
            questions.emplace(key, priceQuestionOf(info));
        }
    }
    if (questions.empty() || std::exchange(m_isPricing, true)) {
        return;
    }
    askWorker<Prices>(
        [questions = std::move(questions)](CloudSession& session, std::stop_token stop) {
            Prices prices;
            for (const auto& [key, question] : questions) {
                const auto cost = session.provider().cost(question, "USD", stop);
                if (!cost) {
                    break; // asked again with the next list
                }
                prices[key] = cost->lines.empty() ? std::nullopt : cost->lines.front().perHour;
            }
            return prices;
        },
        &MachineList::onPrices);
}

void MachineList::onPrices(Prices prices)
{
    m_isPricing = false;
    m_prices.merge(prices);
    emit changed();
}

void MachineList::askSizes()
{
    std::map<std::string, std::set<std::string>> questions; // sizes, by region
    for (const cloud::MachineInfo& info : m_listing.machines) {
        if (!m_sizes.contains(sizeKeyOf(info.size, info.region))) {
            questions[info.region].insert(info.size);
        }
    }
    if (questions.empty() || std::exchange(m_isSizing, true)) {
        return;
    }
    askWorker<Sizes>(
        [questions = std::move(questions)](CloudSession& session, std::stop_token stop) {
            Sizes sizes;
            for (const auto& [region, names] : questions) {
                // A region's list is long: what it does not tell now stays unknown, and is not asked for every few seconds.
                for (const std::string& name : names) {
                    sizes[sizeKeyOf(name, region)] = std::nullopt;
                }
                const auto offered = readSizes(session, region, false, stop);
                for (const OfferedSize& each : offered ? *offered : std::vector<OfferedSize>()) {
                    const auto wanted = sizes.find(sizeKeyOf(each.size.name, region));
                    if (wanted != sizes.end()) {
                        wanted->second = {each.size.vCpus, each.size.memoryGiB, each.size.gpus, each.size.gpu};
                    }
                }
            }
            return sizes;
        },
        &MachineList::onSizes);
}

void MachineList::onSizes(Sizes sizes)
{
    m_isSizing = false;
    m_sizes.merge(sizes);
    emit changed();
}

std::vector<MachineRow> MachineList::rows() const
{
    std::vector<MachineRow> rows;
    rows.reserve(m_listing.machines.size());
    for (const cloud::MachineInfo& info : m_listing.machines) {
        MachineRow row;
        row.account = m_account;
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
        if (const auto size = m_sizes.find(sizeKeyOf(info.size, info.region)); size != m_sizes.end()) {
            row.sizeFacts = size->second;
        }
        if (row.sizeFacts && info.gpus > 0) { // attached to the size, as Google does
            row.sizeFacts->gpus = static_cast<double>(info.gpus);
            row.sizeFacts->gpu = info.gpu;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace ty::app
