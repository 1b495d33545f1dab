#pragma once

#include <vector>

#include <QDialog>

#include "engine/base/result.h"

class QLabel;
class QPushButton;
class QStandardItemModel;
class QTreeView;

namespace ty::catalog {
struct TrashItem;
struct TrashReport;
} // namespace ty::catalog

namespace ty::app {

struct AppContext;
struct DeletedStudy;
class StudyService;

/// What was deleted in the last 30 days: restore it, or empty the trash and read what that freed.
class TrashDialog : public QDialog {
    Q_OBJECT
public:
    explicit TrashDialog(AppContext& context, QWidget* parent = nullptr);

private:
    void reload();
    void refreshButtons();
    void restoreSelected();
    void empty();

    void fill(const std::vector<catalog::TrashItem>& items, const QList<DeletedStudy>& studies);
    void told(const Result<catalog::TrashReport>& emptied, const Result<quint64>& studies);
    void report(const QString& text);

    AppContext& m_context;
    StudyService* m_studies; ///< which have a trash of their own
    QStandardItemModel* m_model;
    QTreeView* m_view;
    QLabel* m_report;
    QPushButton* m_restore;
    QPushButton* m_empty;
};

} // namespace ty::app
