#include "widgets/chart/chart_table_model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <QLocale>
#include <QStringList>

#include "widgets/chart/chart_scene.h"
#include "widgets/chart/mark_shapes.h"

namespace ty::widgets {

namespace {

/// Shortest text that reads back as the same number; empty for an unknown place.
QString numberText(double value)
{
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

QString placeNumber(double value)
{
    return std::isnan(value) ? QString() : numberText(value);
}

} // namespace

ChartTableModel::ChartTableModel(const ChartScene& scene, QObject* parent)
    : QAbstractTableModel(parent)
    , m_scene(scene)
{
}

std::vector<ChartTableModel::Block> ChartTableModel::blocksNow() const
{
    std::vector<Block> blocks;
    int first = 0;
    for (std::size_t i = 0; i < m_scene.lines.size(); ++i) {
        const SceneLine& line = m_scene.lines[i];
        if (line.look.isVisible && !line.data().isEmpty()) {
            // An item model counts rows in int.
            const auto room = static_cast<std::size_t>(std::numeric_limits<int>::max() - first);
            const int count = static_cast<int>(std::min(line.data().size(), room));
            blocks.push_back({i, line.look.id, first, count});
            first += count;
        }
    }
    return blocks;
}

void ChartTableModel::sync()
{
    std::vector<Block> next = blocksNow();
    bool isGrown = next.size() == m_blocks.size();
    for (std::size_t b = 0; isGrown && b < next.size(); ++b) {
        isGrown = next[b].id == m_blocks[b].id && next[b].count >= m_blocks[b].count;
    }
    if (!isGrown) {
        beginResetModel();
        m_blocks = std::move(next);
        m_rows = m_blocks.empty() ? 0 : m_blocks.back().first + m_blocks.back().count;
        endResetModel();
        return;
    }
    for (std::size_t b = 0; b < next.size(); ++b) {
        const int added = next[b].count - m_blocks[b].count;
        if (added == 0) {
            continue;
        }
        const int at = m_blocks[b].first + m_blocks[b].count;
        beginInsertRows({}, at, at + added - 1);
        m_blocks[b].count += added;
        m_rows += added;
        for (std::size_t later = b + 1; later < m_blocks.size(); ++later) {
            m_blocks[later].first += added;
        }
        endInsertRows();
    }
    if (m_rows > 0) {
        // Smoothed values and notes (★ moves) of rows that stayed.
        emit dataChanged(index(0, Smoothed), index(m_rows - 1, Note));
    }
}

void ChartTableModel::release()
{
    if (!m_blocks.empty()) {
        beginResetModel();
        m_blocks.clear();
        m_rows = 0;
        endResetModel();
    }
}

int ChartTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int ChartTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ChartTableModel::noteOf(std::size_t line, double step) const
{
    const SceneLine& sceneLine = m_scene.lines[line];
    QStringList notes;
    const auto best = sceneLine.data().best(sceneLine.look.better);
    if (best && sceneLine.data().at(*best).step == step) {
        notes.append(markGlyph(MarkKind::Best) + QLatin1Char(' ') + markName(MarkKind::Best));
    }
    for (const ChartMark& mark : sceneLine.marks) {
        if (mark.at.step == step) {
            const QString text = mark.text.isEmpty() ? markName(mark.kind) : mark.text;
            notes.append(markGlyph(mark.kind) + QLatin1Char(' ') + text);
        }
    }
    return notes.join(QStringLiteral(", "));
}

QVariant ChartTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool isText = index.column() == Line || index.column() == Note;
        return QVariant(Qt::AlignVCenter | (isText ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role != Qt::DisplayRole && role != Qt::EditRole) {
        return {};
    }
    const auto block = std::prev(std::upper_bound(
        m_blocks.begin(), m_blocks.end(), index.row(), [](int row, const Block& b) {
            return row < b.first;
        }));
    if (block->line >= m_scene.lines.size()) {
        return {};
    }
    const SceneLine& line = m_scene.lines[block->line];
    const auto n = static_cast<std::size_t>(index.row() - block->first);
    if (n >= line.data().size()) {
        return {};
    }
    const PointPlace place = line.data().placeOf(n);
    const ChartPoint point = line.data().at(place);
    const bool isText = role == Qt::DisplayRole;
    const auto shown = [isText](XKind kind, double value) {
        return isText ? QVariant(placeText(kind, value)) : QVariant(value);
    };
    switch (index.column()) {
    case Line:
        return line.look.name;
    case Step:
        return shown(XKind::Step, point.step);
    case Epoch:
        return shown(XKind::Epoch, point.epoch);
    case Elapsed:
        return shown(XKind::Elapsed, point.elapsedSeconds);
    case Time:
        return shown(XKind::WallClock, point.wallSeconds);
    case Value:
        if (line.look.hasGaps && std::isnan(point.value)) {
            return isText ? QVariant(QStringLiteral("–")) : QVariant();
        }
        return isText ? QVariant(valueText(point.value)) : QVariant(point.value);
    case Smoothed: {
        if (!m_scene.isSmoothed(line)) {
            return {};
        }
        const double smoothed = line.data().segments()[place.segment].smoothed(place.index);
        return isText ? QVariant(valueText(smoothed)) : QVariant(smoothed);
    }
    case Note: {
        QString note = noteOf(block->line, point.step);
        if (place.index >= line.data().segments()[place.segment].liveEnd()) {
            note = note.isEmpty() ? tr("done again after a resume") : note;
        }
        if (!std::isfinite(point.value) && !line.look.hasGaps) {
            note.prepend(markGlyph(MarkKind::NotANumber) + QLatin1Char(' '));
        }
        return note;
    }
    default:
        return {};
    }
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (orientation == Qt::Vertical) {
        return section + 1;
    }
    switch (section) {
    case Line:
        return tr("Line");
    case Step:
        return tr("Step");
    case Epoch:
        return tr("Epoch");
    case Elapsed:
        return tr("Running time");
    case Time:
        return tr("Time");
    case Value:
        return m_scene.unit.isEmpty() ? tr("Value") : tr("Value (%1)").arg(m_scene.unit);
    case Smoothed:
        return tr("Smoothed");
    case Note:
        return tr("Note");
    default:
        return {};
    }
}

QByteArray chartCsvHeader()
{
    return QByteArrayLiteral("line,step,epoch,elapsed_seconds,wall_seconds,value\r\n");
}

QByteArray csvField(QString text)
{
    // A field beginning like a formula would be run by a spreadsheet.
    if (!text.isEmpty() && QStringLiteral("=+-@").contains(text.front())) {
        text.prepend(QLatin1Char('\''));
    }
    const bool isPlain = std::none_of(text.begin(), text.end(), [](QChar c) {
        return c == QLatin1Char(',') || c == QLatin1Char('"') || c == QLatin1Char('\n') ||
               c == QLatin1Char('\r');
    });
    if (isPlain) {
        return text.toUtf8();
    }
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QString(QLatin1Char('"') + text + QLatin1Char('"')).toUtf8();
}

void appendCsvRow(QByteArray& text, const QByteArray& name, const ChartPoint& point)
{
    const auto add = [&text](double value) {
        text += ',';
        if (!std::isnan(value)) {
            text += QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
        }
    };
    text += name;
    add(point.step);
    add(point.epoch);
    add(point.elapsedSeconds);
    add(point.wallSeconds);
    text += ',';
    text += QByteArray::number(point.value, 'g', QLocale::FloatingPointShortest);
    text += "\r\n";
}

QString chartTabText(const ChartScene& scene)
{
    QString text = QStringLiteral("line\tstep\tepoch\telapsed_seconds\twall_seconds\tvalue\n");
    for (const auto& line : scene.lines) {
        if (!line.look.isVisible) {
            continue;
        }
        QString name = line.look.name;
        name.replace(QLatin1Char('\t'), QLatin1Char(' '));
        for (std::size_t n = 0; n < line.data().size(); ++n) {
            const ChartPoint p = line.data().at(line.data().placeOf(n));
            text += name + QLatin1Char('\t') + placeNumber(p.step) + QLatin1Char('\t') +
                    placeNumber(p.epoch) + QLatin1Char('\t') + placeNumber(p.elapsedSeconds) +
                    QLatin1Char('\t') + placeNumber(p.wallSeconds) + QLatin1Char('\t') +
                    numberText(p.value) + QLatin1Char('\n');
        }
    }
    return text;
}

} // namespace ty::widgets
