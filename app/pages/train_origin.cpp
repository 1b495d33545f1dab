#include "app/pages/train_origin.h"

#include <algorithm>
#include <memory>

#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPointer>
#include <QSignalBlocker>
#include <QThreadPool>
#include <QToolButton>

#include "app/catalog/catalog.h"
#include "app/models/model_paper.h"
#include "app/services/all_services.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr qint64 kRandom = 0;
constexpr qint64 kOfARun = -1;

QString weightsText(const StartSpec& start)
{
    const QString run = QString::fromStdString(start.run.empty() ? start.from : start.run);
    return start.epoch > 0 ? TrainOrigin::tr("%1 after epoch %2").arg(run).arg(start.epoch) : run;
}

} // namespace

TrainOrigin::TrainOrigin(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_choice(new QComboBox(this))
    , m_text(new QLabel(this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    m_text->setWordWrap(true);
    widgets::setTextRole(*m_text, widgets::TextRole::Muted);
    auto* drop = new QToolButton(this);
    drop->setText(QStringLiteral("✕"));
    drop->setToolTip(tr("The network that the form chooses, on the samples as they are"));
    drop->setAccessibleName(drop->toolTip());
    drop->setFocusPolicy(Qt::StrongFocus);
    row->addWidget(m_text, 1);
    row->addWidget(drop);
    m_choice->setAccessibleName(tr("Start from"));
    m_choice->setToolTip(tr("The weights that the run begins with; with a model's, it also has its network"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(drop, &QToolButton::clicked, this, [this] {
        m_fixes.clear();
        if (m_modelId == 0) {
            m_network = nullptr;
        }
        refresh();
        emit changed();
    });
    connect(m_choice, &QComboBox::activated, this, &TrainOrigin::onChosen);
    connect(&context.catalog, &CatalogService::modelsChanged, this, &TrainOrigin::listModels);
    connect(&context.catalog, &CatalogService::opened, this, &TrainOrigin::listModels);
    fillChoice();
    listModels();
    refresh();
}

void TrainOrigin::listModels()
{
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return catalog.models(); },
        [this](Result<std::vector<catalog::ModelRecord>> models) {
            if (!models) {
                return;
            }
            m_models = std::move(models).value();
            std::erase_if(m_models, [](const auto& model) { return model.learner != "network" && model.learner != "linear"; });
            fillChoice();
        });
}

void TrainOrigin::fillChoice()
{
    const QSignalBlocker quiet(m_choice);
    m_choice->clear();
    m_choice->addItem(tr("Random weights"), kRandom);
    const bool isOfARun = m_modelId == 0 && !m_start.from.empty();
    if (isOfARun) {
        m_choice->addItem(weightsText(m_start), kOfARun);
    }
    for (const auto& model : m_models) {
        const QString name = QString::fromStdString(model.name);
        m_choice->addItem(model.version > 1 ? tr("%1 (version %2)").arg(name).arg(model.version) : name, qint64{model.id});
        m_choice->setItemData(m_choice->count() - 1, QString::fromStdString(model.input + " → " + model.output), Qt::ToolTipRole);
    }
    m_choice->setCurrentIndex(std::max(0, m_choice->findData(isOfARun ? kOfARun : m_modelId)));
}

void TrainOrigin::onChosen()
{
    const qint64 chosen = m_choice->currentData().toLongLong();
    if (chosen == kOfARun || (chosen == m_modelId && chosen != kRandom)) {
        return;
    }
    if (chosen != kRandom) {
        startFrom(chosen);
        return;
    }
    if (m_modelId != 0) {
        m_network = nullptr; // it came with the model
    }
    m_modelId = 0;
    m_start = {};
    fillChoice();
    refresh();
    emit changed();
}

void TrainOrigin::startFrom(qint64 modelId)
{
    m_context.catalog.call(
        this, [modelId](catalog::Catalog& catalog) { return catalog.model(modelId); },
        [this, modelId](Result<catalog::ModelRecord> model) {
            if (!model) {
                m_context.notices.error(tr("The model could not be opened."), model.error());
                return;
            }
            m_modelId = modelId;
            m_start = {model->folder, model->name, 0, {}};
            QThreadPool::globalInstance()->start([self = QPointer<TrainOrigin>(this), folder = model->folder, modelId] {
                auto paper = std::make_shared<Result<ModelPaper>>(ModelPaper::load(folder));
                QMetaObject::invokeMethod(
                    qApp,
                    [self, paper, modelId] {
                        if (self && self->m_modelId == modelId) {
                            self->take(modelId, *paper);
                        }
                    },
                    Qt::QueuedConnection);
            });
        });
}

void TrainOrigin::take(qint64 modelId, const Result<ModelPaper>& paper)
{
    if (!paper) {
        m_context.notices.error(tr("The model could not be read."), paper.error());
        m_modelId = 0;
        m_start = {};
    } else {
        const Json source = paper->card.value("source", Json());
        const bool isForeign = source.is_object() && source.contains("words");
        m_modelId = modelId;
        m_network = paper->card.value("network", Json());
        m_start.pixels = isForeign ? source["words"].value("pixels", std::string("0..1"))
                                   : paper->card.value("givenAs", std::string());
    }
    fillChoice();
    refresh();
    emit changed();
}

void TrainOrigin::take(const RunSpec& spec)
{
    m_modelId = 0;
    m_start = spec.start;
    m_network = spec.network;
    m_fixes = spec.data.fixes;
    fillChoice();
    refresh();
}

void TrainOrigin::dataChanged()
{
    m_fixes.clear();
    if (m_modelId == 0) {
        m_start = {};
        m_network = nullptr;
    }
    fillChoice();
    refresh();
}

QString TrainOrigin::networkFrom() const
{
    return hasNetwork() && m_modelId != 0 ? QString::fromStdString(m_start.run) : QString();
}

void TrainOrigin::refresh()
{
    QStringList lines;
    if (hasNetwork() && m_modelId == 0) {
        const Json layers = m_network.value("layers", Json::array());
        lines << tr("A network of its own: %Ln layer(s).", nullptr, static_cast<int>(layers.size()));
    }
    std::size_t count = 0;
    for (const auto& [part, fixes] : m_fixes) {
        count += fixes.count();
    }
    if (count > 0) {
        lines << tr("%Ln sample(s) (is/are) corrected.", nullptr, static_cast<int>(count));
    }
    m_text->setText(lines.join(QLatin1Char('\n')));
    setVisible(!lines.isEmpty());
}

void TrainOrigin::fill(RunSpec& spec) const
{
    spec.start = m_start;
    spec.network = m_network;
    if (!m_fixes.empty()) {
        spec.data.fixes = m_fixes; // of the run that is repeated; else those that are kept with the dataset
    }
}

} // namespace ty::app
