#include "widgets/grid_world_view.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kMoveCount = 4; // up, right, down, left

QString squareName(QChar square)
{
    return square == QLatin1Char('#') ? GridWorldView::tr("wall")
        : square == QLatin1Char('S')  ? GridWorldView::tr("start")
        : square == QLatin1Char('G')  ? GridWorldView::tr("goal")
        : square == QLatin1Char('P')  ? GridWorldView::tr("pit")
                                      : GridWorldView::tr("free");
}

} // namespace

GridWorldView::GridWorldView(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("World"));
    setMinimumSize(220, 180);
}

void GridWorldView::setWorld(const QString& text)
{
    const QStringList lines = text.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    m_columns = lines.isEmpty() ? 0 : static_cast<int>(lines.first().size());
    m_squares.clear();
    for (const QString& line : lines) {
        m_squares += line.leftJustified(m_columns, QLatin1Char('.'), true);
    }
    m_values.clear();
    m_agent = -1;
    m_current = std::min(m_current, std::max(0, static_cast<int>(m_squares.size()) - 1));
    describe();
    update();
}

QString GridWorldView::world() const
{
    QString text;
    for (int row = 0; row < rows(); ++row) {
        text += m_squares.mid(row * m_columns, m_columns) + QLatin1Char('\n');
    }
    return text;
}

void GridWorldView::setValues(std::vector<double> values)
{
    m_values = values.size() == static_cast<std::size_t>(m_squares.size()) * kMoveCount ? std::move(values) : std::vector<double>();
    describe();
    update();
}

void GridWorldView::setAgent(int square)
{
    if (m_agent != square) {
        m_agent = square;
        update();
    }
}

bool GridWorldView::isEnd(int square) const
{
    return square >= 0 && square < m_squares.size() && (m_squares[square] == QLatin1Char('G') || m_squares[square] == QLatin1Char('P'));
}

bool GridWorldView::isKnown(int square) const
{
    if (m_values.empty() || m_squares[square] == QLatin1Char('#') || isEnd(square)) {
        return false;
    }
    const auto first = m_values.begin() + square * kMoveCount;
    return std::any_of(first, first + kMoveCount, [](double value) { return value != 0; });
}

int GridWorldView::bestMove(int square) const
{
    const auto first = m_values.begin() + square * kMoveCount;
    return static_cast<int>(std::max_element(first, first + kMoveCount) - first);
}

int GridWorldView::nextOf(int square) const
{
    if (square < 0 || !isKnown(square)) {
        return square;
    }
    const int row = square / m_columns;
    const int column = square % m_columns;
    static constexpr int kRows[] = {-1, 0, 1, 0};
    static constexpr int kColumns[] = {0, 1, 0, -1};
    const int move = bestMove(square);
    const int toRow = row + kRows[move];
    const int toColumn = column + kColumns[move];
    const bool isInside = toRow >= 0 && toRow < rows() && toColumn >= 0 && toColumn < m_columns;
    const int to = toRow * m_columns + toColumn;
    return isInside && m_squares[to] != QLatin1Char('#') ? to : square;
}

QRectF GridWorldView::placeOf(int square) const
{
    if (m_columns == 0) {
        return {};
    }
    const double side = std::floor(std::min((width() - 4.0) / m_columns, (height() - 4.0) / rows()));
    const QPointF corner((width() - side * m_columns) / 2, (height() - side * rows()) / 2);
    return {corner + QPointF(square % m_columns, square / m_columns) * side, QSizeF(side, side)};
}

int GridWorldView::squareAt(const QPointF& place) const
{
    for (int square = 0; square < m_squares.size(); ++square) {
        if (placeOf(square).contains(place)) {
            return square;
        }
    }
    return -1;
}

void GridWorldView::describe()
{
    if (m_current >= m_squares.size()) {
        setAccessibleDescription({});
        return;
    }
    QString words = tr("row %1, column %2: %3").arg(m_current / m_columns + 1).arg(m_current % m_columns + 1).arg(squareName(m_squares[m_current]));
    if (isKnown(m_current)) {
        static const char* const kMoves[] = {QT_TR_NOOP("up"), QT_TR_NOOP("right"), QT_TR_NOOP("down"), QT_TR_NOOP("left")};
        const double value = m_values[static_cast<std::size_t>(m_current * kMoveCount + bestMove(m_current))];
        words += tr(", best move %1, value %2").arg(tr(kMoves[bestMove(m_current)]), QLocale().toString(value, 'f', 3));
    }
    setAccessibleDescription(words);
    setToolTip(words);
}

void GridWorldView::paintEvent(QPaintEvent* /*event*/)
{
    const ThemeColors& colors = colorsFor(*this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), colors.surface);
    double largest = 1e-9;
    for (const double value : m_values) {
        largest = std::max(largest, std::abs(value));
    }
    for (int square = 0; square < m_squares.size(); ++square) {
        const QRectF box = placeOf(square).adjusted(1, 1, -1, -1);
        const QChar kind = m_squares[square];
        QColor fill = colors.raised;
        if (kind == QLatin1Char('#')) {
            fill = colors.line;
        } else if (kind == QLatin1Char('G')) {
            fill = colors.good;
        } else if (kind == QLatin1Char('P')) {
            fill = colors.bad;
        } else if (isKnown(square)) {
            const double value = m_values[static_cast<std::size_t>(square * kMoveCount + bestMove(square))];
            fill = mixed(colors.surface, value >= 0 ? colors.series[0] : colors.series[1], 0.1 + 0.55 * std::abs(value) / largest);
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawRoundedRect(box, 3, 3);
        const QColor ink = contrastRatio(fill, colors.text) >= contrastRatio(fill, colors.surface) ? colors.text : colors.surface;
        if (isEnd(square) || (kind == QLatin1Char('S') && m_agent != square)) { // a letter too: colour is not alone
            QFont letter = font();
            letter.setPixelSize(std::max(8, static_cast<int>(box.height() * 0.42)));
            letter.setBold(true);
            painter.setFont(letter);
            painter.setPen(ink);
            painter.drawText(kind == QLatin1Char('S') && isKnown(square) ? box.adjusted(box.width() * 0.06, 0, 0, -box.height() * 0.45) : box,
                             kind == QLatin1Char('S') && isKnown(square) ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignCenter, QString(kind));
        }
        if (isKnown(square)) {
            painter.save();
            painter.translate(box.center());
            painter.rotate(90.0 * bestMove(square)); // drawn upwards
            const double size = box.height() * 0.26;
            painter.setPen(QPen(ink, std::max(1.2, size * 0.22), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter.setBrush(Qt::NoBrush);
            painter.drawLine(QPointF(0, size), QPointF(0, -size));
            painter.drawPolyline(QPolygonF{{-size * 0.55, -size * 0.4}, {0, -size}, {size * 0.55, -size * 0.4}});
            painter.restore();
        }
        if (hasFocus() && square == m_current) {
            painter.setPen(QPen(colors.focus, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(box, 3, 3);
        }
    }
    if (m_agent >= 0 && m_agent < m_squares.size()) {
        const QRectF box = placeOf(m_agent);
        painter.setPen(QPen(colors.surface, 2));
        painter.setBrush(colors.accent);
        painter.drawEllipse(box.center(), box.width() * 0.3, box.width() * 0.3);
    }
}

void GridWorldView::paintSquare(int square)
{
    if (square < 0 || m_squares[square] == m_brush) {
        return;
    }
    if (m_brush == QLatin1Char('S')) {
        m_squares.replace(QLatin1Char('S'), QLatin1Char('.')); // there is one start
    } else if (m_squares[square] == QLatin1Char('S')) {
        return; // a world has a start: another is set elsewhere
    }
    m_squares[square] = m_brush;
    m_values.clear();
    m_agent = -1;
    describe();
    update();
}

void GridWorldView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        m_before = world();
        m_current = std::max(0, squareAt(event->position()));
        paintSquare(squareAt(event->position()));
    }
}

void GridWorldView::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons().testFlag(Qt::LeftButton) && m_brush != QLatin1Char('S')) {
        paintSquare(squareAt(event->position()));
    }
}

void GridWorldView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && world() != m_before) {
        emit edited(m_before);
    }
}

void GridWorldView::keyPressEvent(QKeyEvent* event)
{
    const int by = event->key() == Qt::Key_Left ? -1
        : event->key() == Qt::Key_Right         ? 1
        : event->key() == Qt::Key_Up            ? -m_columns
        : event->key() == Qt::Key_Down          ? m_columns
                                                : 0;
    if (by != 0 && m_current + by >= 0 && m_current + by < m_squares.size()) {
        m_current += by;
        describe();
        update();
    } else if (event->key() == Qt::Key_Space && m_current < m_squares.size()) {
        const QString before = world();
        paintSquare(m_current);
        if (world() != before) {
            emit edited(before);
        }
    } else if (by == 0) {
        QWidget::keyPressEvent(event);
    }
}

void GridWorldView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        update();
    }
}

} // namespace ty::widgets
