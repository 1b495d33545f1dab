#pragma once

#include <QPointer>
#include <QScrollArea>

class QAbstractItemView;
class QLabel;
class QTimer;

namespace ty::app {

struct AppContext;

/// The Inspector dock of pages that have none of their own: everything about the current row of the page's list, or
/// the run that trains now, or what to do to see something here.
class InspectorView : public QScrollArea {
    Q_OBJECT
public:
    explicit InspectorView(AppContext& context, QWidget* parent = nullptr);

    /// @param view  the page's list; null: it has none
    /// @param hint  shown while there is nothing to tell
    void follow(QAbstractItemView* view, const QString& hint);

private:
    void refresh();
    QString rowText() const;
    QString liveText() const;

    AppContext& m_context;
    QLabel* m_text;
    QTimer* m_timer; ///< lists change several times a second
    QPointer<QAbstractItemView> m_view;
    QString m_hint;
};

} // namespace ty::app
