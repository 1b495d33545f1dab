#pragma once

class QStandardItemModel;

namespace ty::app {

/// Puts the title of each column on the side on which the cells of the first row stand: numbers on the right.
void alignHeader(QStandardItemModel& model);

} // namespace ty::app
