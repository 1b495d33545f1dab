#pragma once

#include <deque>

#include <QAbstractTableModel>
#include <QDateTime>
#include <QString>

namespace ty::app {

enum class LogLevel { Info, Warning, Error };

/// The lines of the Log dock: the last 5,000 of this session. Lives on the GUI thread.
class LogService : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Level, Source, Text, ColumnCount };

    explicit LogService(QObject* parent = nullptr);

    /// `source`: "import", or a run's name.
    void append(LogLevel level, const QString& source, const QString& text);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Line {
        QDateTime time;
        LogLevel level;
        QString source;
        QString text;
    };
    std::deque<Line> m_lines;
};

} // namespace ty::app
