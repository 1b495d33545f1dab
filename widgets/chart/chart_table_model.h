#pragma once

#include <cstddef>
#include <vector>

#include <QAbstractTableModel>
#include <QByteArray>

#include "widgets/chart/chart_types.h"

namespace ty::widgets {

class ChartScene;

/// Every point of the visible lines as rows, line after line: what a chart shows, to read.
class ChartTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Line, Step, Epoch, Elapsed, Time, Value, Smoothed, Note, ColumnCount };

    /// @param scene  outlives the model
    explicit ChartTableModel(const ChartScene& scene, QObject* parent = nullptr);

    /// Follows the scene: new points become inserted rows, changed lines reset the model.
    void sync();
    /// No rows until the next sync(): while nobody looks, following the scene would only cost time and memory.
    void release();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Block {
        std::size_t line = 0;
        QString id;
        int first = 0;
        int count = 0;
    };
    std::vector<Block> blocksNow() const;
    QString noteOf(std::size_t line, double step) const;

    const ChartScene& m_scene;
    std::vector<Block> m_blocks;
    int m_rows = 0;
};

/// "line,step,epoch,elapsed_seconds,wall_seconds,value" and CRLF (RFC 4180).
QByteArray chartCsvHeader();
/// As UTF-8, quoted where it must be; never run as a formula by a spreadsheet.
QByteArray csvField(QString text);
/// Appends one line; numbers read back the same. `name` comes from csvField().
void appendCsvRow(QByteArray& text, const QByteArray& name, const ChartPoint& point);
/// The same for pasting into a table: tab separated, visible lines only.
QString chartTabText(const ChartScene& scene);

} // namespace ty::widgets
