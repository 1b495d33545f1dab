#pragma once

#include <functional>
#include <map>

#include <QObject>
#include <QString>

namespace ty::app {

class ActivityService;

/// What some rows of Activity offer besides: another try, and words for whoever helps. Lives as long as its ActivityService.
class ActivityExtras : public QObject {
    Q_OBJECT
public:
    /// Becomes a child of `activity`, by which of() finds it.
    explicit ActivityExtras(ActivityService& activity);
    /// Null when there is none.
    static ActivityExtras* of(const ActivityService& activity);

    /// Codes, request ids, where it stands in the journal.
    void setDetails(int id, const QString& details);
    QString details(int id) const;
    /// `again` does the row's operation once more.
    void offerRetry(int id, std::function<void()> again);
    bool isRetryable(int id) const { return m_retries.contains(id); }
    /// The person pressed Retry.
    void requestRetry(int id);

signals:
    void changed(int id);

private:
    std::map<int, QString> m_details;
    std::map<int, std::function<void()>> m_retries;
};

} // namespace ty::app
