#include "widgets/column_widths.h"

#include <QHeaderView>
#include <QTableView>

namespace ty::widgets {

void setColumnLetters(QTableView& table, std::initializer_list<int> letters)
{
    constexpr int kAroundText = 12;
    const int em = table.fontMetrics().averageCharWidth();
    int column = 0;
    for (const int count : letters) {
        table.horizontalHeader()->resizeSection(column++, count * em + kAroundText);
    }
}

} // namespace ty::widgets
