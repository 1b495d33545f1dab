#include "app/services/chase_service.h"

#include <algorithm>
#include <utility>

#include <QMetaObject>

#include "app/catalog/catalog.h"
#include "app/provisioning/gpu_chase.h"
#include "cloud/chase/chase_script.h"
#include "cloud/chase/chase_table.h"

namespace ty::app {

namespace {

constexpr int kLookEveryMs = 250;

} // namespace

ChaseService::ChaseService(const catalog::Paths& paths, cloud::SecretStore& secrets, QObject* parent)
    : QObject(parent)
    , m_paths(paths)
    , m_secrets(secrets)
{
    m_timer.setInterval(kLookEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &ChaseService::look);
}

ChaseService::~ChaseService()
{
    endThread();
}

void ChaseService::endThread()
{
    m_thread.request_stop();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void ChaseService::post(std::function<void()> call)
{
    QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
}

void ChaseService::plan(const cloud::ChaseRequest& request)
{
    read(
        [this, request, hooks = ChaseHooks{}](
            const std::vector<Account>& all, cloud::SecretStore& secrets,
            std::stop_token stop) mutable -> Result<std::unique_ptr<GpuChase>> {
            TY_TRY(const auto accounts, accountsOf(request, all));
            hooks.progress = [this](const std::string& words, int done, int count) {
                post([this, words, done, count] {
                    m_reading = count > 0 ? tr("%1: %2 of %3").arg(QString::fromStdString(words)).arg(done).arg(count)
                                          : QString::fromStdString(words);
                    emit changed();
                });
            };
            return GpuChase::plan(m_paths, accounts, secrets, request, hooks, std::move(stop));
        },
        false);
}

void ChaseService::resume()
{
    read(
        [this](const std::vector<Account>& all, cloud::SecretStore& secrets, std::stop_token stop) {
            return GpuChase::resume(m_paths, all, secrets, 0, {}, std::move(stop));
        },
        true);
}

void ChaseService::read(Open open, bool startsAtOnce)
{
    if (m_stage == Stage::Reading || m_stage == Stage::Running) {
        return;
    }
    endThread();
    m_chase.reset();
    m_stage = Stage::Reading;
    m_reading = tr("Opening the accounts");
    m_state = {};
    m_error.reset();
    m_problems.clear();
    emit changed();
    m_thread = std::jthread([this, open = std::move(open), startsAtOnce](std::stop_token stop) mutable {
        const auto work = [&]() -> Result<std::unique_ptr<GpuChase>> {
            TY_TRY(const auto catalog, catalog::Catalog::open(m_paths));
            TY_TRY(const auto accounts, AccountBook(*catalog).all());
            return open(accounts, m_secrets, stop);
        };
        auto chase = std::make_shared<Result<std::unique_ptr<GpuChase>>>(work());
        post([this, chase, startsAtOnce] { onRead(chase, startsAtOnce); });
    });
}

void ChaseService::onRead(std::shared_ptr<Result<std::unique_ptr<GpuChase>>> chase, bool startsAtOnce)
{
    m_thread.join();
    m_reading.clear();
    if (!*chase) {
        m_stage = Stage::Idle;
        if (chase->error().kind != ErrorKind::Cancelled) {
            m_error = chase->error();
        }
        emit changed();
        return;
    }
    m_chase = std::move(**chase);
    m_request = m_chase->request();
    m_preview = m_chase->preview();
    for (const std::string& problem : m_chase->problems()) {
        m_problems << QString::fromStdString(problem);
    }
    m_state.places = m_chase->places();
    m_state.decided = m_preview.places - m_preview.waiting;
    m_state.waiting = m_preview.waiting;
    m_stage = Stage::Planned;
    emit changed();
    if (startsAtOnce) {
        begin();
    }
}

void ChaseService::start(const std::vector<std::string>& allowedFrom)
{
    if (m_stage == Stage::Planned) {
        m_chase->setAllowedFrom(allowedFrom);
        m_request = m_chase->request();
        begin();
    }
}

void ChaseService::begin()
{
    m_stage = Stage::Running;
    m_isBegun = false;
    m_error.reset();
    emit changed();
    m_thread = std::jthread([this](std::stop_token stop) {
        if (const auto begun = m_chase->begin(); !begun) {
            post([this, error = begun.error()] { onEnded(Stage::Planned, error); });
            return;
        }
        post([this] {
            m_isBegun = true;
            m_timer.start();
            look();
        });
        const auto ended = m_chase->run(std::move(stop));
        post([this, error = ended ? std::optional<Error>() : std::optional(ended.error())] {
            look();
            onEnded(Stage::Ended, error);
        });
    });
}

void ChaseService::onEnded(Stage stage, const std::optional<Error>& error)
{
    m_thread.join();
    m_timer.stop();
    m_stage = stage;
    m_error = error;
    emit changed();
}

void ChaseService::look()
{
    m_state = m_chase->state();
    m_throttled = m_chase->throttled();
    emit changed();
}

void ChaseService::setPaused(bool isPaused)
{
    if (m_stage == Stage::Running && m_isBegun) {
        m_chase->setPaused(isPaused);
        look();
    }
}

void ChaseService::stop()
{
    if (m_stage == Stage::Running && m_isBegun) {
        m_chase->stop();
        look();
    } else if (m_stage == Stage::Reading) {
        m_thread.request_stop();
    }
}

void ChaseService::removeKept()
{
    if (m_stage != Stage::Ended || m_isRemoving) {
        return;
    }
    m_isRemoving = true;
    emit changed();
    m_thread = std::jthread([this](std::stop_token stop) {
        const auto report = m_chase->removeKept(std::move(stop));
        const std::string problem = !report ? report.error().message : report->error;
        post([this, problem = QString::fromStdString(problem)] {
            m_thread.join();
            m_isRemoving = false;
            if (problem.isEmpty()) {
                m_state.winner = -1;
            }
            emit changed();
            emit keptRemoved(problem);
        });
    });
}

std::string ChaseService::csv() const
{
    return cloud::chaseCsv(m_state.places);
}

std::string ChaseService::script() const
{
    return cloud::chaseScript(m_state.places, m_request);
}

} // namespace ty::app
