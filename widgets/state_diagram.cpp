#include "widgets/state_diagram.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <QGraphicsPathItem>
#include <QGraphicsScene>
#include <QGraphicsSimpleTextItem>
#include <QKeyEvent>
#include <QWheelEvent>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kStateData = 0; // QGraphicsItem::data(): which state
constexpr double kLayerGap = 74;
constexpr double kRowGap = 20;
constexpr double kStatePadding = 8;
constexpr double kStateRadius = 6;
constexpr double kMostZoom = 6;
constexpr double kLeastZoom = 0.03;
constexpr int kLabelLetters = 34;
constexpr int kSweeps = 4; // of ordering the layers by their neighbours

QPainterPath arrowHead(const QPointF& tip, double angle)
{
    constexpr double kLength = 8;
    constexpr double kSpread = 0.42;
    QPainterPath head(tip);
    head.lineTo(tip - kLength * QPointF(std::cos(angle - kSpread), std::sin(angle - kSpread)));
    head.lineTo(tip - kLength * QPointF(std::cos(angle + kSpread), std::sin(angle + kSpread)));
    head.closeSubpath();
    return head;
}

QString shortened(const QString& label)
{
    return label.size() <= kLabelLetters ? label : label.left(kLabelLetters - 1) + QChar(0x2026);
}

} // namespace

StateDiagram::StateDiagram(QWidget* parent)
    : QGraphicsView(parent)
{
    setScene(new QGraphicsScene(this));
    setRenderHint(QPainter::Antialiasing);
    setDragMode(QGraphicsView::ScrollHandDrag);
    setTransformationAnchor(QGraphicsView::AnchorUnderMouse);
    setAccessibleName(tr("State diagram"));
    setFrameShape(QFrame::NoFrame);
}

void StateDiagram::setDiagram(const std::vector<DiagramState>& states, const std::vector<DiagramStep>& steps)
{
    m_states = states;
    m_steps = steps;
    m_way.clear();
    m_isFitted = true;
    setAccessibleDescription(tr("%n state(s)", nullptr, static_cast<int>(states.size())));
    placeStates();
    rebuild();
    fitAll();
}

void StateDiagram::setWay(const std::vector<int>& states)
{
    m_way = states;
    rebuild();
}

QRectF StateDiagram::boxOf(int state) const
{
    return m_boxes[static_cast<std::size_t>(state)];
}

void StateDiagram::placeStates()
{
    const QFontMetricsF metrics(font());
    std::map<int, std::vector<int>> layers;
    for (int state = 0; state < stateCount(); ++state) {
        layers[m_states[static_cast<std::size_t>(state)].layer].push_back(state);
    }
    // Within its layer a state stands at the mean place of its neighbours, so that fewer arrows cross.
    std::vector<double> place(m_states.size());
    for (auto& [layer, members] : layers) {
        for (std::size_t index = 0; index < members.size(); ++index) {
            place[static_cast<std::size_t>(members[index])] = static_cast<double>(index);
        }
    }
    std::vector<std::vector<int>> neighbours(m_states.size());
    for (const auto& step : m_steps) {
        if (step.isPossible && step.from != step.to) {
            neighbours[static_cast<std::size_t>(step.from)].push_back(step.to);
            neighbours[static_cast<std::size_t>(step.to)].push_back(step.from);
        }
    }
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
        for (auto& [layer, members] : layers) {
            std::vector<std::pair<double, int>> wanted;
            for (const int state : members) {
                double sum = 0;
                int count = 0;
                for (const int other : neighbours[static_cast<std::size_t>(state)]) {
                    if (m_states[static_cast<std::size_t>(other)].layer != layer) {
                        sum += place[static_cast<std::size_t>(other)];
                        ++count;
                    }
                }
                wanted.emplace_back(count > 0 ? sum / count : place[static_cast<std::size_t>(state)], state);
            }
            std::stable_sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
            const auto middle = static_cast<double>(wanted.size() - 1) / 2;
            for (std::size_t index = 0; index < wanted.size(); ++index) {
                members[index] = wanted[index].second;
                place[static_cast<std::size_t>(wanted[index].second)] = static_cast<double>(index) - middle;
            }
        }
    }
    m_boxes.assign(m_states.size(), {});
    const auto height = metrics.height() + 2 * kStatePadding;
    double left = 0;
    for (const auto& [layer, members] : layers) {
        double width = 0;
        for (const int state : members) {
            width = std::max(width, metrics.horizontalAdvance(shortened(m_states[static_cast<std::size_t>(state)].label)) + 2 * kStatePadding);
        }
        // Loops need room above their box.
        for (const int state : members) {
            const auto y = place[static_cast<std::size_t>(state)] * (height + kRowGap);
            m_boxes[static_cast<std::size_t>(state)] = QRectF(left, y, width, height);
        }
        double labels = 0;
        for (const auto& step : m_steps) {
            if (m_states[static_cast<std::size_t>(step.from)].layer == layer) {
                labels = std::max(labels, metrics.horizontalAdvance(step.label));
            }
        }
        left += width + std::max(kLayerGap, labels + 40);
    }
}

void StateDiagram::rebuild()
{
    scene()->clear();
    const auto& colors = colorsFor(*this);
    setBackgroundBrush(colors.surface);
    const auto isStepOnWay = [this](const DiagramStep& step) {
        for (std::size_t index = 0; index + 1 < m_way.size(); ++index) {
            if (m_way[index] == step.from && m_way[index + 1] == step.to) {
                return true;
            }
        }
        return false;
    };
    for (const auto& step : m_steps) {
        addStep(step, step.isPossible && isStepOnWay(step));
    }
    for (int state = 0; state < stateCount(); ++state) {
        addState(state, std::find(m_way.begin(), m_way.end(), state) != m_way.end());
    }
    scene()->setSceneRect(scene()->itemsBoundingRect().adjusted(-20, -20, 20, 20));
}

void StateDiagram::addState(int index, bool isOnWay)
{
    const auto& colors = colorsFor(*this);
    const auto& state = m_states[static_cast<std::size_t>(index)];
    const auto& box = m_boxes[static_cast<std::size_t>(index)];
    QPainterPath shape;
    shape.addRoundedRect(box, kStateRadius, kStateRadius);
    const auto line = state.isBroken ? colors.bad : state.isDeadEnd ? colors.warn : isOnWay ? colors.accent : colors.line;
    auto* item = scene()->addPath(shape, QPen(line, isOnWay || state.isBroken ? 2.4 : 1.3, state.isDeadEnd ? Qt::DashLine : Qt::SolidLine));
    if (state.isInitial) {
        QPainterPath ring; // a second line round it
        ring.addRoundedRect(box.adjusted(-3, -3, 3, 3), kStateRadius + 3, kStateRadius + 3);
        scene()->addPath(ring, item->pen());
    }
    item->setBrush(
        state.isBroken ? mixed(colors.surface, colors.bad, 0.15)
            : isOnWay  ? mixed(colors.surface, colors.accent, 0.15)
                       : QBrush(colors.raised));
    item->setToolTip(
        state.words + (state.isInitial ? tr("\ninitial state") : QString()) + (state.isDeadEnd ? tr("\nno operation leaves it") : QString())
        + (state.isBroken ? tr("\nbreaks an invariant") : QString()));
    item->setData(kStateData, index);
    item->setZValue(1);
    auto* text = scene()->addSimpleText(shortened(state.label), font());
    text->setBrush(colors.text);
    text->setPos(box.center() - QPointF(text->boundingRect().width() / 2, text->boundingRect().height() / 2));
    text->setData(kStateData, index);
    text->setToolTip(item->toolTip());
    text->setZValue(2);
}

bool StateDiagram::isOverOthers(const DiagramStep& step) const
{
    const auto& from = m_boxes[static_cast<std::size_t>(step.from)];
    const auto& to = m_boxes[static_cast<std::size_t>(step.to)];
    const QLineF straight(from.center(), to.center());
    return to.left() > from.right() && std::any_of(m_boxes.begin(), m_boxes.end(), [&](const QRectF& box) {
        const bool isBetween = box.left() > from.right() && box.right() < to.left();
        const auto there = isBetween ? (box.center().x() - from.center().x()) / straight.dx() : 0;
        return isBetween && std::abs(straight.pointAt(there).y() - box.center().y()) < box.height() / 2;
    });
}

void StateDiagram::addStep(const DiagramStep& step, bool isOnWay)
{
    const auto& colors = colorsFor(*this);
    const auto& from = m_boxes[static_cast<std::size_t>(step.from)];
    const auto& to = m_boxes[static_cast<std::size_t>(step.to)];
    const auto color = !step.isPossible ? colors.bad : isOnWay ? colors.accent : colors.mutedText;
    const QPen pen(color, isOnWay ? 2.2 : 1.1, step.isPossible ? Qt::SolidLine : Qt::DashLine);
    QPainterPath path;
    QPointF tip;
    QPointF before; // the arrow comes from here
    QPointF labelAt;
    if (step.from == step.to) {
        tip = QPointF(from.center().x() + 9, from.top());
        path.moveTo(from.center().x() - 9, from.top());
        before = tip + QPointF(9, -kRowGap * 0.8);
        path.cubicTo(path.currentPosition() + QPointF(-9, -kRowGap * 0.8), before, tip);
        labelAt = QPointF(from.center().x() + 14, from.top() - kRowGap * 0.9);
    } else if (isOverOthers(step)) {
        path.moveTo(from.center().x(), from.top());
        tip = QPointF(to.center().x(), to.top());
        before = tip - QPointF(0, kRowGap + 0.12 * std::abs(tip.x() - from.center().x()));
        path.cubicTo(path.currentPosition() + (before - tip), before, tip);
        labelAt = path.pointAtPercent(0.5);
    } else if (to.left() > from.right()) {
        path.moveTo(from.right(), from.center().y());
        tip = QPointF(to.left(), to.center().y());
        const auto reach = (tip.x() - from.right()) * 0.4;
        before = tip - QPointF(reach, 0);
        path.cubicTo(path.currentPosition() + QPointF(reach, 0), before, tip);
        labelAt = (path.currentPosition() + QPointF(from.right(), from.center().y())) / 2 + QPointF(0, -2);
    } else {
        // Back, or within the layer: round below.
        path.moveTo(from.center().x(), from.bottom());
        tip = QPointF(to.center().x(), to.bottom());
        const auto depth = kRowGap + 0.12 * std::abs(tip.x() - from.center().x()) + (to.left() == from.left() ? 14 : 0);
        const auto side = to.left() == from.left() ? from.width() * 0.7 : 0.0;
        before = tip + QPointF(side, depth);
        path.cubicTo(path.currentPosition() + QPointF(side, depth), before, tip);
        labelAt = path.pointAtPercent(0.5);
    }
    auto* line = scene()->addPath(path, pen);
    line->setToolTip(step.isPossible ? step.label : tr("%1: not possible").arg(step.label));
    const auto direction = tip - before;
    auto* head = scene()->addPath(arrowHead(tip, std::atan2(direction.y(), direction.x())), Qt::NoPen, color);
    head->setZValue(3);
    if (!step.label.isEmpty() && step.isPossible) {
        auto* text = scene()->addSimpleText(step.label, font());
        text->setScale(0.85);
        text->setBrush(isOnWay ? colors.accent : colors.mutedText);
        const auto width = text->boundingRect().width() * 0.85;
        text->setPos(labelAt - QPointF(step.from == step.to ? 0 : width / 2, text->boundingRect().height() * 0.85));
    }
}

void StateDiagram::fitAll()
{
    const auto all = scene()->sceneRect();
    if (all.isEmpty() || viewport()->width() < 20) {
        return;
    }
    fitInView(all, Qt::KeepAspectRatio);
    if (transform().m11() > 1) {
        resetTransform(); // a small diagram is not blown up
    }
    m_isFitted = true;
}

void StateDiagram::zoomBy(double factor)
{
    const auto zoom = std::clamp(transform().m11() * factor, kLeastZoom, kMostZoom) / transform().m11();
    scale(zoom, zoom);
    m_isFitted = false;
}

void StateDiagram::wheelEvent(QWheelEvent* event)
{
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        zoomBy(std::pow(1.0015, event->angleDelta().y()));
        event->accept();
        return;
    }
    QGraphicsView::wheelEvent(event);
}

void StateDiagram::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(1.25);
        break;
    case Qt::Key_Minus:
        zoomBy(0.8);
        break;
    case Qt::Key_0:
        fitAll();
        break;
    default:
        QGraphicsView::keyPressEvent(event);
    }
}

void StateDiagram::mousePressEvent(QMouseEvent* event)
{
    const auto* item = itemAt(event->pos());
    const auto state = item != nullptr ? item->data(kStateData) : QVariant();
    if (state.isValid()) {
        emit stateChosen(state.toInt());
    }
    QGraphicsView::mousePressEvent(event);
}

void StateDiagram::changeEvent(QEvent* event)
{
    QGraphicsView::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        placeStates();
        rebuild();
    } else if (event->type() == QEvent::PaletteChange) {
        rebuild();
    }
}

void StateDiagram::showEvent(QShowEvent* event)
{
    QGraphicsView::showEvent(event);
    if (m_isFitted) {
        fitAll();
    }
}

void StateDiagram::resizeEvent(QResizeEvent* event)
{
    QGraphicsView::resizeEvent(event);
    if (m_isFitted) {
        fitAll();
    }
}

} // namespace ty::widgets
