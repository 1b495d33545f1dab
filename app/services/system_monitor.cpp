#include "app/services/system_monitor.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include <QStorageInfo>
#include <QTimer>

namespace ty::app {

namespace {
constexpr int kLookMs = 2000;

quint64 memoryField(const std::string& key)
{
    std::ifstream file("/proc/meminfo");
    std::string name;
    quint64 kibibytes = 0;
    std::string rest;
    while (file >> name >> kibibytes && std::getline(file, rest)) {
        if (name == key) {
            return kibibytes * 1024;
        }
    }
    return 0;
}

QString processorName()
{
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (line.rfind("model name", 0) == 0) {
            const auto colon = line.find(": ");
            return colon == std::string::npos ? QString() : QString::fromStdString(line.substr(colon + 2));
        }
    }
    return {};
}
} // namespace

SystemMonitor::SystemMonitor(QString dataFolder, QObject* parent)
    : QObject(parent)
    , m_dataFolder(std::move(dataFolder))
{
    m_pool.setMaxThreadCount(1);
}

SystemMonitor::~SystemMonitor()
{
    m_pool.waitForDone();
}

void SystemMonitor::start()
{
    auto* timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, &SystemMonitor::look);
    timer->start(kLookMs);
    look();
}

void SystemMonitor::look()
{
    // A sleeping network disk may answer late; looks must not pile up behind it.
    if (m_isLooking) {
        return;
    }
    m_isLooking = true;
    m_pool.start([this, load = m_load]() mutable {
        std::ifstream file("/proc/stat");
        std::string label;
        file >> label;
        Ticks now;
        quint64 value = 0;
        for (int field = 0; field < 8 && file >> value; ++field) {
            now.total += value;
            const bool isIdle = field == 3 || field == 4;
            now.busy += isIdle ? 0 : value;
        }
        if (m_ticks.total != 0 && now.total > m_ticks.total) {
            load.cpuPercent = 100.0 * static_cast<double>(now.busy - m_ticks.busy)
                / static_cast<double>(now.total - m_ticks.total);
        }
        m_ticks = now;
        load.memoryTotal = memoryField("MemTotal:");
        load.memoryUsed = load.memoryTotal - memoryField("MemAvailable:");
        load.diskFree = static_cast<quint64>(std::max<qint64>(0, QStorageInfo(m_dataFolder).bytesAvailable()));
        if (load.processors == 0) {
            load.processors = static_cast<int>(std::thread::hardware_concurrency());
            load.processorName = processorName();
        }
        QMetaObject::invokeMethod(
            this,
            [this, load] {
                m_isLooking = false;
                m_load = load;
                emit loadChanged(load);
            },
            Qt::QueuedConnection);
    });
}

} // namespace ty::app
