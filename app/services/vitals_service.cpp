#include "app/services/vitals_service.h"

#include <limits>
#include <utility>

#include <QDateTime>

#include "app/provisioning/metrics_reader.h"
#include "app/services/machine_service.h"

namespace ty::app {

namespace {

constexpr int kLookEveryMs = 15'000;
constexpr int kSoonMs = 400; // after scrolling
constexpr qint64 kOldMs = 55'000;
constexpr std::size_t kMostAtOnce = 16;

MachineVitals vitalsOf(const cloud::MachineMetrics& metrics)
{
    MachineVitals vitals;
    for (const cloud::MetricSample& sample : metrics.samples) {
        vitals.cpuPercent.append(sample.cpuPercent.value_or(std::numeric_limits<double>::quiet_NaN()));
        if (!sample.isGap()) {
            vitals.cpuNow = sample.cpuPercent;
        }
        // The running minute has none yet in its first seconds.
        vitals.networkIn = sample.networkIn ? sample.networkIn : vitals.networkIn;
        vitals.networkOut = sample.networkOut ? sample.networkOut : vitals.networkOut;
    }
    return vitals;
}

} // namespace

VitalsService::VitalsService(
    MachineService& machines, std::function<std::vector<MachineRow>()> shown, QObject* parent)
    : QObject(parent), m_machines(machines), m_shown(std::move(shown))
{
    m_timer.setInterval(kLookEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &VitalsService::look);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoonMs);
    connect(&m_soon, &QTimer::timeout, this, &VitalsService::look);
}

void VitalsService::setWatched(bool isWatched)
{
    m_isWatched = isWatched;
    if (isWatched) {
        m_timer.start();
        lookSoon();
    } else {
        m_timer.stop();
        m_soon.stop();
    }
}

void VitalsService::lookSoon()
{
    if (m_isWatched) {
        m_soon.start();
    }
}

void VitalsService::look()
{
    if (m_asking > 0 || !m_isWatched) {
        return;
    }
    struct Question {
        QString key;
        cloud::MachineInfo machine;
    };
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    std::map<QString, std::vector<Question>> questions; // by account
    std::size_t count = 0;
    for (const MachineRow& machine : m_shown()) {
        const bool isUp = machine.info.state == cloud::MachineState::Running || machine.info.state == cloud::MachineState::Idle;
        qint64& asked = m_asked[QString::fromStdString(machine.info.id)];
        if (isUp && now - asked > kOldMs && count < kMostAtOnce) {
            asked = now;
            ++count;
            questions[machine.account].push_back({machine.key(), machine.info});
        }
    }
    using Answers = std::map<QString, MachineVitals>;
    m_asking = static_cast<int>(questions.size());
    for (auto& [account, machines] : questions) {
        m_machines.askIn<Answers>(
            account, this,
            [machines = std::move(machines)](CloudSession& session, std::stop_token stop) -> Result<Answers> {
                Answers answers;
                for (const Question& question : machines) {
                    const auto metrics = readMetrics(session, question.machine, cloud::kMetricPeriods.front(), stop);
                    if (metrics) {
                        answers[question.key] = vitalsOf(*metrics);
                    } else if (metrics.error().kind == ErrorKind::Cancelled) {
                        return metrics.error();
                    }
                }
                return answers;
            },
            [this](const Result<Answers>& answers) {
                for (const auto& [key, vitals] : answers ? *answers : Answers()) {
                    emit read(key, vitals);
                }
                if (--m_asking == 0) {
                    lookSoon(); // there may be more than were asked about at once
                }
            });
    }
}

} // namespace ty::app
