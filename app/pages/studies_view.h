#pragma once

#include <QList>
#include <QWidget>

#include "app/models/study_record.h"

class QAction;
class QStandardItemModel;
class QTableView;

namespace ty::app {

struct AppContext;
class StudyService;

/// The studies of this computer as a table: cross-validations, searches, comparisons. Opened, exported, deleted with undo.
class StudiesView : public QWidget {
    Q_OBJECT
public:
    explicit StudiesView(AppContext& context, QWidget* parent = nullptr);
    ~StudiesView() override;

    void reload();
    QTableView* table() const { return m_table; }
    StudyService& service() { return *m_studies; }

signals:
    void counted(int studies);
    /// The form of this study is wanted, and its answers.
    void studyRequested(const QString& name);

private:
    void show(QList<StudyRecord> records);
    void openChosen();
    void exportChosen();
    void deleteChosen();
    const StudyRecord* chosen() const;
    void refreshActions();

    AppContext& m_context;
    StudyService* m_studies;
    QStandardItemModel* m_model;
    QTableView* m_table;
    QAction* m_open;
    QAction* m_export;
    QAction* m_delete;
    QList<StudyRecord> m_records;
};

} // namespace ty::app
