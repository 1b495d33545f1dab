#pragma once

#include <QString>

class QTableView;

namespace ty::widgets {

/// How every table of the window looks and behaves: whole rows are chosen and not edited, every second one is tinted, no grid,
/// no wrapped lines, one height for all rows (so that a model of millions is not asked for each), names of columns on the
/// left, and Tab leaves the table. What differs is set afterwards.
void setUpRows(QTableView& table, const QString& accessibleName);

} // namespace ty::widgets
