#pragma once

#include <string>
#include <vector>

#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::app {

/// One layer of a network as the table shows it.
struct LayerRow {
    QString name;
    QString type;
    QString settings; ///< "filters 16, kernel 3"
    QString weights;  ///< "16 × 1 × 3 × 3"; empty: nothing is learned
    qint64 parameters = 0;
};

/// A column that a row for the model needs.
struct InputColumn {
    QString name;
    QString type; ///< "numeric", "category", "date"
    QStringList categories;
    double typical = 0; ///< the training mean; NaN: unknown
};

/// "Assumed: pixels of 0 to 255 are given as 0..1." of what trainyard-run tells under "assumed"; empty: nothing but what a
/// person has said.
QString assumedText(const Json& assumed);

/// What a model package says about itself. A value; load() reads files and belongs on a worker thread.
struct ModelPaper {
    Json card; ///< model.json
    QString task;
    bool isImage = false;
    int channels = 0;
    int height = 0;
    int width = 0;
    QStringList classes;
    std::vector<InputColumn> columns;
    std::vector<LayerRow> layers;

    static Result<ModelPaper> load(const std::string& folder);
};

} // namespace ty::app
