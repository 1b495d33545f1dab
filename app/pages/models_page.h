#pragma once

#include <memory>

#include "app/pages/page.h"

class QTableView;

namespace ty::app {

struct AppContext;
class ModelDetail;
class ModelTableModel;

/// Trained models: the table, and one model's detail with Try it and Export.
class ModelsPage : public Page {
    Q_OBJECT
public:
    explicit ModelsPage(AppContext& context, QWidget* parent = nullptr);
    ~ModelsPage() override;

    QList<QAction*> pageActions() override;
    void focusFilter() override;
    void refresh() override;

    /// Selects the model and shows its detail.
    void showModel(qint64 modelId);

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace ty::app
