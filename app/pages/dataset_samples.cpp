#include "app/pages/dataset_samples.h"

#include <algorithm>
#include <set>
#include <utility>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPointer>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QThreadPool>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/dataset_rows_model.h"
#include "app/models/preview_table_model.h"
#include "app/models/sample_grid_model.h"
#include "app/models/training_form.h"
#include "app/pages/correction_bar.h"
#include "app/pages/split_panel.h"
#include "app/services/all_services.h"
#include "engine/data/dataset.h"
#include "widgets/bars.h"
#include "widgets/error_panel.h"
#include "widgets/image_grid.h"
#include "widgets/splitters.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

const std::string kFile = "training"; ///< all that is shown here is of that file
constexpr quint64 kReadAtOnce = 100ULL << 20; ///< bytes of a table that is read whole without being asked
constexpr qsizetype kMostFitted = 200;        ///< columns whose widths are fitted; more take their time

constexpr int kSideWidth = 214;               ///< at least, for the counts of the classes and of the split

QString countText(quint64 value)
{
    return QLocale().toString(static_cast<qulonglong>(value));
}

} // namespace

DatasetSamples::DatasetSamples(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_chips(new QWidget(this))
    , m_classChip(new QPushButton(m_chips))
    , m_correctedChip(new QPushButton(m_chips))
    , m_count(new QLabel(m_chips))
    , m_vanished(new widgets::ErrorPanel(this))
    , m_stack(new QStackedWidget(this))
    , m_grid(new widgets::ImageGrid(this))
    , m_pictures(new SampleGridModel(context.datasets, this))
    , m_table(new QTableView(this))
    , m_firstRows(new PreviewTableModel(this))
    , m_rows(new DatasetRowsModel(this))
    , m_bar(new CorrectionBar(this))
    , m_classesTitle(new QLabel(tr("Classes"), this))
    , m_classes(new widgets::ClassBars(this))
    , m_split(new SplitPanel(this))
{
    m_classChip->setObjectName(QStringLiteral("classChip"));
    m_classChip->setToolTip(tr("Show every class again (Esc)"));
    m_correctedChip->setObjectName(QStringLiteral("correctedChip"));
    m_correctedChip->setCheckable(true);
    m_correctedChip->setToolTip(tr("Only the samples that were corrected"));
    m_count->setObjectName(QStringLiteral("shownCount"));
    widgets::setTextRole(*m_count, widgets::TextRole::Muted);
    auto* chips = new QHBoxLayout(m_chips);
    chips->setContentsMargins(0, 0, 0, 0);
    chips->addWidget(m_classChip);
    chips->addWidget(m_correctedChip);
    chips->addWidget(m_count, 1);

    m_vanished->setObjectName(QStringLiteral("vanishedCorrections"));
    m_vanished->setSeverity(widgets::ErrorPanel::Severity::Warning);
    m_vanished->hide();
    auto* forgetVanished = m_vanished->addButton(tr("Forget them"));
    connect(forgetVanished, &QPushButton::clicked, this, [this] { forget(m_corrected.vanished); });

    m_grid->setObjectName(QStringLiteral("sampleGrid"));
    m_grid->setAccessibleName(tr("Samples"));
    m_grid->setModel(m_pictures);
    m_table->setObjectName(QStringLiteral("sampleTable"));
    m_table->setAccessibleName(tr("Rows"));
    m_table->setModel(m_firstRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setMaximumSectionSize(320);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_stack->addWidget(m_grid);
    m_stack->addWidget(m_table);
    widgets::setTextRole(*m_classesTitle, widgets::TextRole::Heading);
    m_classes->setObjectName(QStringLiteral("classBars"));
    m_bar->watch(*m_grid);
    m_bar->watch(*m_table);

    auto* left = new QWidget(this);
    auto* leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(0, 0, 0, 0);
    leftLayout->addWidget(m_chips);
    leftLayout->addWidget(m_vanished);
    leftLayout->addWidget(m_stack, 1);
    leftLayout->addWidget(m_bar);
    auto* side = new QWidget(this);
    side->setMinimumWidth(kSideWidth);
    auto* sideLayout = new QVBoxLayout(side);
    sideLayout->setContentsMargins(0, 0, 0, 0);
    sideLayout->addWidget(m_classesTitle);
    sideLayout->addWidget(m_classes, 1);
    sideLayout->addWidget(m_split);
    sideLayout->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addWidget(widgets::makeSplitter(Qt::Horizontal, {left, side}, {3, 1}, this));

    connect(m_classes, &widgets::ClassBars::classClicked, this, [this](const QString& name) { filter(name, m_areCorrectedAlone); });
    connect(m_classChip, &QPushButton::clicked, this, [this] { filter({}, m_areCorrectedAlone); });
    connect(m_correctedChip, &QPushButton::toggled, this, [this](bool isOn) { filter(m_class, isOn); });
    connect(m_split, &SplitPanel::splitChosen, this, &DatasetSamples::splitChosen);
    connect(m_bar, &CorrectionBar::labelChosen, this, &DatasetSamples::correct);
    connect(m_bar, &CorrectionBar::undoRequested, this, &DatasetSamples::undo);
    connect(m_bar, &CorrectionBar::forgetRequested, this, [this] { forget(idsOf(selectedSamples())); });
}

void DatasetSamples::setDataset(qint64 id, const DatasetSummary& summary, const DataSpec& spec, const Json& choices)
{
    const bool isSame = id != 0 && id == m_id;
    m_id = id;
    ++m_request;
    m_summary = summary;
    m_data = spec;
    m_data.fixes.clear();
    if (!isSame) {
        m_class.clear();
        m_areCorrectedAlone = false;
    }
    DataSpec kept;
    applyChoices(choices, kept);
    Json fixes = Json::object();
    for (const auto& [file, ofFile] : kept.fixes) {
        fixes[file] = ofFile.toJson();
    }
    // The steps back stay when the same data is read again, unless somebody else has corrected it meanwhile.
    if (auto book = FixBook::fromJson(fixes); !isSame || book.toJson() != m_book.toJson()) {
        m_book = std::move(book);
    }
    setSplit(choices);
    m_split->setEditable(id != 0);

    QList<widgets::ClassCount> counts;
    QStringList names;
    for (const auto& entry : summary.classes) {
        counts.append({entry.name, static_cast<qint64>(entry.samples)});
        names << entry.name;
    }
    m_counts.clear();
    m_classes->setCounts(counts);
    m_classes->setVisible(!counts.isEmpty());
    m_classesTitle->setVisible(!counts.isEmpty());
    m_bar->setClasses(names);
    m_bar->setVisible(id != 0 && !summary.isText());
    if (classIndex(m_class) < 0) {
        m_class.clear();
    }
    m_classes->setSelectedClass(m_class);
    load();
}

void DatasetSamples::setSplit(const Json& choices)
{
    m_split->setDataset(
        m_summary, splitOfChoices(choices, static_cast<qint64>(m_summary.samples), m_summary.givenSplit[2] > 0));
}

void DatasetSamples::changeFixes(const SampleFixes& from, const SampleFixes& to)
{
    if (from == to) {
        return;
    }
    SampleFixes now = fixes();
    std::set<std::string> ids = from.excluded;
    ids.insert(to.excluded.begin(), to.excluded.end());
    for (const auto* side : {&from, &to}) {
        for (const auto& [id, label] : side->labels) {
            ids.insert(id);
        }
    }
    const auto labelIn = [](const SampleFixes& side, const std::string& id) {
        const auto found = side.labels.find(id);
        return found == side.labels.end() ? std::string() : found->second;
    };
    for (const std::string& id : ids) {
        const std::string label = labelIn(to, id);
        if (labelIn(from, id) == label && from.excluded.contains(id) == to.excluded.contains(id)) {
            continue;
        }
        now.labels.erase(id);
        now.excluded.erase(id);
        if (!label.empty()) {
            now.labels[id] = label;
        } else if (to.excluded.contains(id)) {
            now.excluded.insert(id);
        }
    }
    m_book = FixBook::fromJson({{kFile, now.toJson()}});
    if (m_dataset) {
        takeDataset(m_dataset); // finds where the new ones lie
    }
    onFixesChanged();
}

void DatasetSamples::load()
{
    const int request = m_request;
    m_dataset.reset();
    m_places.clear();
    m_corrected = {};
    m_areRowsAsked = false;
    m_pictures->setDataset(nullptr);
    m_rows->setDataset(nullptr);
    m_firstRows->setRows({}, {});
    m_table->setModel(m_firstRows);
    m_bar->setActive(false);
    showCorrections();
    m_stack->setCurrentWidget(m_summary.isImage() ? static_cast<QWidget*>(m_grid) : m_table);
    emit busy(m_summary.isImage() ? tr("Opening the pictures…") : tr("Reading the first rows…"));
    if (m_summary.isImage()) {
        m_context.datasets.open(m_data, DatasetService::Opening::Outline, this, [this, request](Result<DatasetHandle> dataset) {
            if (request != m_request) {
                return;
            }
            emit busy({});
            if (!dataset) {
                emit failed(dataset.error());
                return;
            }
            m_pictures->setDataset(dataset.value());
            takeDataset(std::move(dataset).value());
        });
        return;
    }
    m_context.datasets.preview(m_data, this, [this, request](Result<TablePreview> preview) {
        if (request != m_request) {
            return;
        }
        emit busy({});
        if (!preview) {
            emit failed(preview.error());
            return;
        }
        QStringList header;
        for (const auto& column : preview->summary.columns) {
            header << column.name;
        }
        if (!m_dataset) {
            m_firstRows->setRows(header, preview->rows);
            m_firstRows->setTargetColumn(static_cast<int>(header.indexOf(m_summary.target)));
        }
        if (header.size() <= kMostFitted) {
            m_table->resizeColumnsToContents();
        }
        m_table->horizontalHeader()->setStretchLastSection(m_summary.isText());
        refreshWords();
        if (m_id != 0 && (m_summary.bytes <= kReadAtOnce || !m_class.isEmpty())) {
            loadRows();
        }
    });
}

void DatasetSamples::loadRows()
{
    if (m_areRowsAsked || m_summary.isImage() || m_id == 0) {
        return;
    }
    m_areRowsAsked = true;
    const bool isSaid = m_summary.bytes > kReadAtOnce;
    if (isSaid) {
        emit busy(tr("Reading all rows…"));
    }
    m_context.datasets.open(m_data, DatasetService::Opening::Whole, this, [this, isSaid, request = m_request](Result<DatasetHandle> dataset) {
        if (request != m_request) {
            return;
        }
        if (isSaid) {
            emit busy({});
        }
        if (!dataset) {
            emit failed(dataset.error());
            return;
        }
        m_rows->setDataset(dataset.value());
        // Otherwise a header of as many rows as before keeps the width of the numbers that stood there.
        const QByteArray columns = m_table->horizontalHeader()->saveState();
        m_table->setModel(nullptr);
        m_table->setModel(m_rows);
        m_table->horizontalHeader()->restoreState(columns);
        takeDataset(std::move(dataset).value());
    });
}

void DatasetSamples::takeDataset(DatasetHandle dataset)
{
    m_dataset = std::move(dataset);
    m_bar->setActive(m_id != 0);
    const SampleFixes fixes = this->fixes();
    if (fixes.isEmpty()) {
        takePlaces({});
        return;
    }
    QThreadPool::globalInstance()->start(
        [self = QPointer<DatasetSamples>(this), service = QPointer<DatasetService>(&m_context.datasets), dataset = m_dataset, fixes,
         request = m_request] {
            auto places = placesOf(*dataset, fixes);
            if (!service) {
                return;
            }
            // Delivered through a service, which outlives every page.
            QMetaObject::invokeMethod(
                service.data(),
                [self, request, places = std::move(places)]() mutable {
                    if (self && self->m_request == request) {
                        self->takePlaces(std::move(places));
                    }
                },
                Qt::QueuedConnection);
        });
}

void DatasetSamples::takePlaces(SamplePlaces places)
{
    m_places.merge(places); // what was corrected meanwhile is there already
    showCorrections();
    filter(m_class, m_areCorrectedAlone);
}

int DatasetSamples::classIndex(const QString& name) const
{
    const auto found = std::find_if(m_summary.classes.begin(), m_summary.classes.end(), [&](const ClassSummary& entry) {
        return entry.name == name;
    });
    return found == m_summary.classes.end() ? -1 : static_cast<int>(found - m_summary.classes.begin());
}

void DatasetSamples::filter(const QString& name, bool areCorrectedAlone)
{
    m_class = name;
    m_areCorrectedAlone = areCorrectedAlone;
    m_classes->setSelectedClass(name);
    const QSignalBlocker quiet(m_correctedChip);
    m_correctedChip->setChecked(areCorrectedAlone);
    if (!m_summary.isImage() && !m_dataset) {
        loadRows(); // and filter then
    }
    // The view's own numbers of classes: repairs may have merged some.
    int index = -1;
    for (std::size_t i = 0; m_dataset && i < m_dataset->info().classes.size(); ++i) {
        index = !name.isEmpty() && QString::fromStdString(m_dataset->info().classes[i].name) == name ? static_cast<int>(i) : index;
    }
    m_pictures->setShown(index, areCorrectedAlone);
    m_rows->setShown(index, areCorrectedAlone);
    refreshWords();
}

void DatasetSamples::refreshWords()
{
    m_classChip->setVisible(!m_class.isEmpty());
    m_classChip->setText(tr("Only %1  ✕").arg(m_class));
    const auto corrected = static_cast<int>(fixes().count());
    m_correctedChip->setVisible(corrected > 0 || m_areCorrectedAlone);
    m_correctedChip->setText(tr("Corrected (%1)").arg(QLocale().toString(corrected)));
    const bool isAllThere = m_summary.isImage() || m_table->model() == m_rows;
    const int shown = m_summary.isImage() ? m_pictures->rowCount() : m_table->model()->rowCount();
    const quint64 all = m_dataset ? m_dataset->size() : m_summary.samples;
    m_count->setText(
        m_areRowsAsked && !isAllThere               ? tr("Reading all rows…")
            : static_cast<quint64>(shown) >= all    ? QString()
            : !isAllThere                           ? tr("The first %1 of %2").arg(countText(static_cast<quint64>(shown)), countText(all))
                                                    : tr("%1 of %2").arg(countText(static_cast<quint64>(shown)), countText(all)));
    m_count->setVisible(!m_count->text().isEmpty());
    m_chips->setVisible(!m_class.isEmpty() || corrected > 0 || m_areCorrectedAlone || !m_count->text().isEmpty());
}

QAbstractItemView* DatasetSamples::view() const
{
    return m_summary.isImage() ? static_cast<QAbstractItemView*>(m_grid) : m_table;
}

std::vector<std::uint32_t> DatasetSamples::selectedSamples() const
{
    std::vector<std::uint32_t> samples;
    if (!m_dataset) {
        return samples;
    }
    const QModelIndexList selected
        = m_summary.isImage() ? m_grid->selectionModel()->selectedIndexes() : m_table->selectionModel()->selectedRows();
    for (const QModelIndex& index : selected) {
        samples.push_back(m_summary.isImage() ? m_pictures->sampleAt(index.row()) : m_rows->sampleAt(index.row()));
    }
    std::sort(samples.begin(), samples.end());
    return samples;
}

std::vector<std::string> DatasetSamples::idsOf(const std::vector<std::uint32_t>& samples) const
{
    std::vector<std::string> ids;
    for (const std::uint32_t sample : samples) {
        ids.push_back(m_dataset->sampleId(sample));
    }
    return ids;
}

void DatasetSamples::correct(const QString& label)
{
    const auto samples = selectedSamples();
    if (samples.empty()) {
        return;
    }
    const auto ids = idsOf(samples);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        m_places[ids[i]] = samples[i];
    }
    if (label.isEmpty()) {
        m_book.exclude(kFile, ids);
        onFixesChanged();
        return;
    }
    // The class that it has in the data is no correction.
    std::vector<std::string> changed;
    std::vector<std::string> restored;
    const auto& classes = m_dataset->info().classes;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto own = m_dataset->classOf(samples[i]);
        const bool isOwn = own >= 0 && classes[static_cast<std::size_t>(own)].name == label.toStdString();
        (isOwn ? restored : changed).push_back(ids[i]);
    }
    m_book.relabel(kFile, changed, label.toStdString(), restored);
    onFixesChanged();
}

void DatasetSamples::forget(std::vector<std::string> ids)
{
    std::erase_if(ids, [this](const std::string& id) { return !fixes().labels.contains(id) && !fixes().excluded.contains(id); });
    if (!ids.empty()) {
        m_book.forget(kFile, ids);
        onFixesChanged();
    }
}

void DatasetSamples::undo()
{
    if (m_book.undo()) {
        onFixesChanged();
    }
}

void DatasetSamples::onFixesChanged()
{
    showCorrections();
    refreshWords();
    m_context.catalog.change(
        CatalogService::Datasets, this,
        [id = m_id, fixes = m_book.toJson()](catalog::Catalog& catalog) -> Result<void> {
            TY_TRY(const auto dataset, catalog.dataset(id));
            Json choices = dataset.choices.is_object() ? dataset.choices : Json::object();
            choices["fixes"] = fixes;
            return catalog.setDatasetChoices(id, choices);
        },
        [this](const Result<void>& kept) {
            if (!kept) {
                m_context.notices.error(tr("The correction could not be kept."), kept.error());
            }
        });
    emit corrected();
}

void DatasetSamples::showCorrections()
{
    m_bar->setUndoEnabled(m_book.canUndo());
    if (!m_dataset) {
        m_vanished->hide();
        return;
    }
    m_corrected = correctedSamples(m_dataset->info(), fixes(), m_places);
    m_pictures->setCorrections(m_corrected);
    m_rows->setCorrections(m_corrected);
    QList<widgets::ClassCount> counts;
    const auto now = classCounts(*m_dataset, m_corrected);
    for (std::size_t i = 0; i < now.size(); ++i) {
        counts.append({QString::fromStdString(m_dataset->info().classes[i].name), static_cast<qint64>(now[i])});
    }
    if (now != m_counts) { // the list keeps its place otherwise
        m_counts = now;
        m_classes->setCounts(counts);
        m_classes->setSelectedClass(m_class);
    }
    const auto vanished = static_cast<int>(m_corrected.vanished.size());
    m_vanished->setVisible(vanished > 0);
    if (vanished > 0) {
        QStringList ids;
        for (const std::string& id : m_corrected.vanished) {
            ids << QString::fromStdString(id);
        }
        m_vanished->setText(
            tr("%Ln corrected sample(s) (is/are) not among the samples.", nullptr, vanished), {},
            m_data.preparation.isEmpty() && m_data.repairs.isEmpty()
                ? tr("The data has changed since; runs refuse it until these corrections are forgotten or made again.")
                : tr("A step of the preparation or a repair leaves them out, or the data has changed."));
        m_vanished->setDetails(ids.join(QLatin1Char('\n')));
    }
}

void DatasetSamples::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && (!m_class.isEmpty() || m_areCorrectedAlone)) {
        filter({}, false);
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace ty::app
