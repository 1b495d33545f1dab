#pragma once

#include <vector>

#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "widgets/tree_picture.h"

namespace ty::app {

/// A tree as trainyard-run tells it, made ready to be drawn.
struct TreePaper {
    std::vector<widgets::TreePictureNode> nodes;
    QStringList classes;
    std::vector<int> way; ///< of the row that was asked for
    QString sample;       ///< its name
    int tree = 1;
    int trees = 1;
    int levels = 0;
    QString meaning; ///< of the answers: what the numbers are

    /// Errors: InvalidInput for what is not such a tree; nothing in it is trusted.
    static Result<TreePaper> read(const Json& told);
};

} // namespace ty::app
