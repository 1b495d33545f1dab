#pragma once

#include <QList>

class QSplitter;
class QWidget;

namespace ty::widgets {

/// Splitter over two or more widgets with a grip one can see, find with Tab and read.
/// Arrow keys move a focused handle; a double click evens the sizes out.
/// @param stretch  one factor per widget; missing ones are 1
QSplitter* makeSplitter(
    Qt::Orientation orientation,
    const QList<QWidget*>& widgets,
    const QList<int>& stretch,
    QWidget* parent = nullptr);

} // namespace ty::widgets
