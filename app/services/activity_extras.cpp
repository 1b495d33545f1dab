#include "app/services/activity_extras.h"

#include <utility>

#include "app/services/activity_service.h"

namespace ty::app {

ActivityExtras::ActivityExtras(ActivityService& activity) : QObject(&activity) {}

ActivityExtras* ActivityExtras::of(const ActivityService& activity)
{
    return activity.findChild<ActivityExtras*>(QString(), Qt::FindDirectChildrenOnly);
}

void ActivityExtras::setDetails(int id, const QString& details)
{
    m_details[id] = details;
    emit changed(id);
}

QString ActivityExtras::details(int id) const
{
    const auto found = m_details.find(id);
    return found == m_details.end() ? QString() : found->second;
}

void ActivityExtras::offerRetry(int id, std::function<void()> again)
{
    m_retries[id] = std::move(again);
    emit changed(id);
}

void ActivityExtras::requestRetry(int id)
{
    const auto found = m_retries.find(id);
    if (found == m_retries.end()) {
        return;
    }
    const auto again = std::move(found->second);
    m_retries.erase(found);
    emit changed(id);
    again();
}

} // namespace ty::app
