#pragma once

class QModelIndex;
class QString;
class QWidget;

namespace ty::app {

/// Shows all there is to know of a row of the ActivityService, with a button that copies it for whoever helps.
void showOperation(const QModelIndex& row, const QString& details, QWidget* parent);

} // namespace ty::app
