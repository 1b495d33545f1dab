#pragma once

#include <initializer_list>

class QTableView;

namespace ty::widgets {

/// Widths of the first columns of a table, in letters.
void setColumnLetters(QTableView& table, std::initializer_list<int> letters);

} // namespace ty::widgets
