#include "widgets/splitters.h"

#include <algorithm>

#include <QCoreApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QSplitter>
#include <QSplitterHandle>

namespace ty::widgets {

namespace {

struct SplitterText {
    Q_DECLARE_TR_FUNCTIONS(ty::widgets::Splitter)
};

class Handle : public QSplitterHandle {
  public:
    Handle(Qt::Orientation orientation, QSplitter* splitter)
        : QSplitterHandle(orientation, splitter)
    {
        setFocusPolicy(Qt::TabFocus);
        setAccessibleName(SplitterText::tr("Divider"));
        setToolTip(
            SplitterText::tr("Drag, or focus and use the arrow keys; double-click evens out"));
    }

  protected:
    void keyPressEvent(QKeyEvent* event) override
    {
        const bool isAcross = orientation() == Qt::Horizontal;
        const int less = isAcross ? Qt::Key_Left : Qt::Key_Up;
        const int more = isAcross ? Qt::Key_Right : Qt::Key_Down;
        constexpr int kStep = 24;
        if (event->key() == less || event->key() == more) {
            const int at = isAcross ? x() : y();
            moveSplitter(at + (event->key() == more ? kStep : -kStep));
        } else {
            QSplitterHandle::keyPressEvent(event);
        }
    }

    void mouseDoubleClickEvent(QMouseEvent*) override
    {
        QList<int> sizes = splitter()->sizes();
        int total = 0;
        for (const int size : sizes) {
            total += size;
        }
        std::fill(
            sizes.begin(), sizes.end(), total / std::max<int>(1, static_cast<int>(sizes.size())));
        splitter()->setSizes(sizes);
    }

    void focusInEvent(QFocusEvent* event) override
    {
        QSplitterHandle::focusInEvent(event);
        update();
    }

    void focusOutEvent(QFocusEvent* event) override
    {
        QSplitterHandle::focusOutEvent(event);
        update();
    }
};

class Splitter : public QSplitter {
  public:
    using QSplitter::QSplitter;

  protected:
    QSplitterHandle* createHandle() override { return new Handle(orientation(), this); }
};

} // namespace

QSplitter* makeSplitter(
    Qt::Orientation orientation,
    const QList<QWidget*>& widgets,
    const QList<int>& stretch,
    QWidget* parent)
{
    auto* splitter = new Splitter(orientation, parent);
    splitter->setHandleWidth(9);
    for (qsizetype i = 0; i < widgets.size(); ++i) {
        splitter->addWidget(widgets[i]);
        splitter->setStretchFactor(static_cast<int>(i), stretch.value(i, 1));
    }
    return splitter;
}

} // namespace ty::widgets
