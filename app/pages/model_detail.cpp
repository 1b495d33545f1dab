#include "app/pages/model_detail.h"

#include <cmath>

#include <QApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QThreadPool>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/pages/catalog_actions.h"
#include "app/pages/export_dialog.h"
#include "app/pages/explained_tab.h"
#include "app/pages/model_evaluation.h"
#include "app/pages/model_importance.h"
#include "app/pages/model_trees.h"
#include "app/pages/table_header.h"
#include "app/pages/try_it.h"
#include "app/services/all_services.h"
#include "widgets/elided_label.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

ModelDetail::ModelDetail(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_title(new QLabel(this))
    , m_subtitle(new widgets::ElidedLabel({}, this))
    , m_tabs(new QTabWidget(this))
    , m_tryIt(new TryIt(context, this))
    , m_evaluation(new ModelEvaluation(context, this))
    , m_trees(new ModelTrees(context, this))
    , m_importance(new ModelImportance(context, this))
    , m_treeTab(new ExplainedTab(m_trees, this))
    , m_importanceTab(new ExplainedTab(m_importance, this))
    , m_tune(new QPushButton(tr("Fine-tune…"), this))
    , m_run(new QPushButton(tr("Show run"), this))
    , m_facts(new QStandardItemModel(this))
    , m_layers(new QStandardItemModel(this))
    , m_exports(new QStandardItemModel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 0, 0);
    auto* row = new QHBoxLayout;
    widgets::setTextRole(*m_title, widgets::TextRole::Heading);
    widgets::setTextRole(*m_subtitle, widgets::TextRole::Muted);
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(m_title);
    names->addWidget(m_subtitle);
    row->addLayout(names, 1);
    auto* write = new QPushButton(tr("Export…"), this);
    widgets::makePrimary(*write);
    auto* folder = new QPushButton(tr("Open folder"), this);
    m_tune->setToolTip(tr("Train a new run that begins with this model's weights"));
    row->addWidget(m_run);
    row->addWidget(m_tune);
    row->addWidget(folder);
    row->addWidget(write);
    column->addLayout(row);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_tryIt, tr("Try it"));
    m_tabs->addTab(m_evaluation, tr("Evaluate"));
    m_tabs->addTab(m_treeTab, tr("Tree"));
    m_tabs->addTab(m_importanceTab, tr("Importance"));
    auto* facts = addTable(m_facts, tr("Facts"));
    facts->horizontalHeader()->hide();
    m_tabs->addTab(facts, tr("Facts"));
    m_layersView = addTable(m_layers, tr("Layers"));
    m_tabs->addTab(m_layersView, tr("Layers"));
    m_exportsTab = new ExplainedTab(addTable(m_exports, tr("Exports")), this);
    m_tabs->addTab(m_exportsTab, tr("Exports"));
    column->addWidget(m_tabs, 1);
    connect(write, &QPushButton::clicked, this, &ModelDetail::exportModel);
    connect(folder, &QPushButton::clicked, this, [this] { openFolder(QString::fromStdString(m_model.folder)); });
    connect(m_tune, &QPushButton::clicked, this, &ModelDetail::fineTune);
    connect(m_run, &QPushButton::clicked, this, [this] {
        if (m_model.runId > 0) {
            emit m_context.navigation.runRequested(m_model.runId);
        }
    });
}

QTableView* ModelDetail::addTable(QStandardItemModel* model, const QString& name)
{
    auto* view = new QTableView(this);
    view->setModel(model);
    widgets::setUpRows(*view, name);
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents); // few rows, long names
    view->horizontalHeader()->setStretchLastSection(true);
    return view;
}

void ModelDetail::exportModel()
{
    if (m_model.id > 0) {
        ExportDialog::open(m_context, m_model.id, this);
    }
}

void ModelDetail::fineTune()
{
    if (m_model.id > 0 && m_tune->isEnabled()) {
        emit m_context.navigation.fineTuneRequested(m_model.id);
    }
}

void ModelDetail::clear()
{
    m_model = {};
    m_tryIt->clear();
    m_evaluation->clear();
    m_trees->clear();
    m_importance->clear();
}

void ModelDetail::showModel(const catalog::ModelRecord& model)
{
    const bool isNew = model.id != m_model.id;
    m_model = model;
    m_title->setText(QString::fromStdString(model.name));
    QStringList facts{
        tr("%1 → %2").arg(QString::fromStdString(model.input), QString::fromStdString(model.output)),
        tr("%1 parameters").arg(countText(model.parameters)), bytesText(model.bytes)};
    if (std::isfinite(model.best)) {
        facts << tr("%1 %2").arg(metricName(QString::fromStdString(model.metric)).toLower(), metricText(model.best));
    }
    m_subtitle->setText(facts.join(QStringLiteral(" · ")));
    m_run->setVisible(model.runId > 0);
    m_tune->setEnabled(model.learner == "network" || model.learner == "linear");
    m_evaluation->setModel(model);
    loadExports();
    if (isNew) {
        loadPaper();
    }
}

void ModelDetail::loadPaper()
{
    QThreadPool::globalInstance()->start([self = QPointer<ModelDetail>(this), folder = m_model.folder, id = m_model.id] {
        auto paper = std::make_shared<Result<ModelPaper>>(ModelPaper::load(folder));
        QMetaObject::invokeMethod(
            qApp,
            [self, paper, id] {
                if (!self || self->m_model.id != id) {
                    return;
                }
                if (*paper) {
                    self->showPaper(paper->value());
                } else {
                    self->m_context.notices.error(tr("The model could not be read."), paper->error());
                }
            },
            Qt::QueuedConnection);
    });
}

void ModelDetail::showPaper(const ModelPaper& paper)
{
    m_tryIt->setModel(m_model.id, QString::fromStdString(m_model.folder), paper);
    const bool hasTrees = paper.card.contains("forest") || paper.card.contains("boost");
    const bool hasImportance = ModelImportance::isFor(paper);
    m_treeTab->setReason(
        hasTrees             ? QString()
            : hasImportance  ? tr("This model is not made of decision trees. Importance tells which columns it uses; a decision tree trained on the same "
                                  "data shows rules that a person can read.")
            : !paper.layers.empty() ? tr("This model is a network, not made of decision trees. Layers shows what it is made of.")
                                    : tr("This model is not made of decision trees."));
    if (hasTrees) {
        m_trees->setModel(m_model);
    }
    m_importanceTab->setReason(
        hasImportance       ? QString()
            : paper.isImage ? tr("Importance is told of the columns of a table; a single pixel tells nothing. Evaluate shows which pictures the model gets wrong, and "
                                 "how sure it was.")
                            : tr("Importance is measured for models that tell a class or a number from the columns of a table. Evaluate shows the scores of this one."));
    if (hasImportance) {
        m_importance->setModel(m_model, paper);
    }
    m_facts->clear();
    const auto add = [this](const QString& name, const QString& value) {
        m_facts->appendRow({new QStandardItem(name), new QStandardItem(value)});
    };
    const auto text = [&paper](const char* key) {
        return paper.card.contains(key) ? settingText(paper.card.at(key)) : QString();
    };
    add(tr("Learner"), text("learner"));
    add(tr("Task"), paper.task);
    if (!paper.classes.isEmpty()) {
        add(tr("Classes"), paper.classes.join(QStringLiteral(", ")));
    }
    const Json source = paper.card.value("source", Json());
    if (source.is_object()) {
        add(tr("Imported from"), QString::fromStdString(source.value("file", std::string())));
        if (source.contains("opset")) {
            add(tr("Opset"), QString::number(source.value("opset", 0)));
        }
        const Json assumed = source.value("assumed", Json::object());
        for (const auto& [what, entry] : assumed.items()) {
            if (entry.is_object()) {
                add(entry.value("from", std::string()) == "person" ? tr("As you said") : tr("Assumed"),
                    QString::fromStdString(entry.value("text", std::string())));
            }
        }
    } else {
        add(tr("Trained on"), text("device"));
        add(tr("Seed"), text("seed"));
    }
    add(tr("Created"), whenText(paper.card.value("created", std::string())));
    if (const auto metrics = paper.card.find("metrics"); metrics != paper.card.end() && metrics->is_object()) {
        for (const auto& [part, values] : metrics->items()) {
            for (const auto& [name, value] : values.items()) {
                if (value.is_number()) {
                    add(metricName(QString::fromStdString(part + "/" + name)), metricText(value.get<double>()));
                }
            }
        }
    }
    add(tr("Folder"), QString::fromStdString(m_model.folder));
    m_layers->clear();
    m_layers->setHorizontalHeaderLabels({tr("Layer"), tr("Type"), tr("Parameters"), tr("Weights"), tr("Settings")});
    for (const LayerRow& layer : paper.layers) {
        auto* count = new QStandardItem(layer.parameters > 0 ? countText(layer.parameters) : QStringLiteral("-"));
        count->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_layers->appendRow(
            {new QStandardItem(layer.name), new QStandardItem(layer.type), count, new QStandardItem(layer.weights),
             new QStandardItem(layer.settings)});
    }
    alignHeader(*m_layers);
    m_tabs->setTabVisible(m_tabs->indexOf(m_layersView), !paper.layers.empty());
}

void ModelDetail::loadExports()
{
    m_context.catalog.call(
        this,
        [runId = m_model.runId, id = m_model.id](catalog::Catalog& catalog) { return catalog.artifacts(runId, id); },
        [this](Result<std::vector<catalog::ArtifactRecord>> artifacts) {
            m_exports->clear();
            m_exports->setHorizontalHeaderLabels({tr("Format"), tr("Size"), tr("max |Δ|"), tr("Written"), tr("File")});
            if (!artifacts) {
                return;
            }
            m_exportsTab->setReason(artifacts->empty() ? tr("Nothing has been exported yet. Export… writes the model for other programs.") : QString());
            for (const auto& artifact : artifacts.value()) {
                const auto difference = artifact.details.is_object() ? artifact.details.find("maxDifference")
                                                                     : artifact.details.end();
                const bool isCompared = artifact.details.is_object() && difference != artifact.details.end()
                    && difference->is_number();
                m_exports->appendRow(
                    {new QStandardItem(QString::fromStdString(artifact.kind)),
                     new QStandardItem(bytesText(artifact.bytes)),
                     new QStandardItem(
                         isCompared ? QString::number(difference->get<double>(), 'e', 1) : QStringLiteral("-")),
                     new QStandardItem(whenText(artifact.created)),
                     new QStandardItem(QString::fromStdString(artifact.path))});
            }
        });
}

} // namespace ty::app
