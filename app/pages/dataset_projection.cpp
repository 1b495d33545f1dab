#include "app/pages/dataset_projection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <QBuffer>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QIODevice>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

#include "app/models/preview_table_model.h"
#include "app/models/sample_grid_model.h"
#include "app/pages/labelled_field.h"
#include "app/pages/save_file.h"
#include "app/services/all_services.h"
#include "app/services/reading_arguments.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "engine/base/csv_field.h"
#include "engine/data/dataset.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/flow_layout.h"
#include "widgets/image_grid.h"
#include "widgets/point_cloud.h"
#include "widgets/splitters.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr std::size_t kMostShown = 2000;  // rows beside the picture; more nobody reads
constexpr std::size_t kTipColumns = 14;   // of a row, in the tooltip
constexpr int kTipPicture = 112;          // edge of a small picture there, in pixels

/// A value's place between the smallest and the largest, for a scale of colour; those without one lie at 0.
std::vector<float> levelsOf(const std::vector<double>& values)
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const double value : values) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    std::vector<float> levels;
    for (const double value : values) {
        levels.push_back(std::isfinite(value) && high > low ? static_cast<float>((value - low) / (high - low)) : 0.0F);
    }
    return levels;
}

template<typename Number> std::vector<Number> numbersAt(const Json& object, const char* key)
{
    std::vector<Number> numbers;
    const auto found = object.find(key);
    for (const Json& one : found != object.end() && found->is_array() ? *found : Json::array()) {
        numbers.push_back(one.is_number() ? one.get<Number>() : std::numeric_limits<Number>::quiet_NaN());
    }
    return numbers;
}

} // namespace

DatasetProjection::DatasetProjection(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_method(new QComboBox(this))
    , m_perplexity(new QDoubleSpinBox(this))
    , m_most(new QSpinBox(this))
    , m_start(new QPushButton(tr("Project"), this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_cloud(new widgets::PointCloud(this))
    , m_side(new QStackedWidget(this))
    , m_hint(new QLabel(this))
    , m_grid(new widgets::ImageGrid(this))
    , m_pictures(new SampleGridModel(context.datasets, this))
    , m_table(new QTableView(this))
    , m_rows(new PreviewTableModel(this))
    , m_words(new QLabel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 0, 0);
    column->addWidget(buildBar());
    column->addWidget(m_busy);
    m_busy->setIdle();
    column->addWidget(m_error);
    m_error->hide();
    m_hint->setText(tr("Points that you choose are shown here: Shift+drag draws round them, Ctrl+drag takes a box, a click takes one."));
    m_hint->setWordWrap(true);
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setMargin(12);
    widgets::setTextRole(*m_hint, widgets::TextRole::Muted);
    m_grid->setModel(m_pictures);
    m_grid->setAccessibleName(tr("Chosen samples"));
    m_cloud->setHint(tr("Each sample becomes a point; samples that are alike lie together. Press Project."));
    m_table->setModel(m_rows);
    widgets::setUpRows(*m_table, tr("Chosen rows"));
    m_table->horizontalHeader()->setMaximumSectionSize(240);
    m_side->addWidget(m_hint);
    m_side->addWidget(m_grid);
    m_side->addWidget(m_table);
    column->addWidget(widgets::makeSplitter(Qt::Horizontal, {m_cloud, m_side}, {3, 1}, this), 1);
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_words->setWordWrap(true);
    column->addWidget(m_words);

    connect(m_cloud, &widgets::PointCloud::chosenChanged, this, &DatasetProjection::showChosen);
    connect(m_cloud, &widgets::PointCloud::hovered, this, &DatasetProjection::showHovered);
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        m_call->cancel();
        m_outcome = tr("Ended before its last pass; the points are where they were then.");
        end();
    });
}

DatasetProjection::~DatasetProjection() = default;

QWidget* DatasetProjection::buildBar()
{
    auto* bar = new QWidget(this);
    auto* flow = new widgets::FlowLayout(bar);
    m_method->addItem(tr("t-SNE"), QStringLiteral("tsne"));
    m_method->setItemData(0, tr("Neighbours stay neighbours; distances between groups mean little"), Qt::ToolTipRole);
    m_method->addItem(tr("Principal components"), QStringLiteral("pca"));
    m_method->setItemData(1, tr("The two directions in which samples differ most; at once"), Qt::ToolTipRole);
    widgets::setSpoken(*m_method, tr("How samples are brought to a plane"));
    m_perplexity->setRange(2, 500);
    m_perplexity->setDecimals(0);
    m_perplexity->setValue(30);
    widgets::setSpoken(*m_perplexity, tr("About how many neighbours a sample has"));
    m_most->setRange(10, 1'000'000);
    m_most->setValue(5000);
    m_most->setSingleStep(1000);
    widgets::setSpoken(*m_most, tr("Samples at most, drawn at random where there are more"));
    widgets::makePrimary(*m_start);
    QWidget* perplexity = labelledField(bar, tr("&Perplexity"), m_perplexity);
    flow->addWidget(labelledField(bar, tr("&Method"), m_method));
    flow->addWidget(perplexity);
    flow->addWidget(labelledField(bar, tr("&Samples"), m_most));
    flow->addWidget(m_start);
    auto* fit = new QToolButton(bar);
    fit->setText(tr("Fit"));
    fit->setToolTip(tr("Show all points (0)"));
    flow->addWidget(fit);
    auto* write = new QToolButton(bar);
    write->setText(tr("Export CSV…"));
    flow->addWidget(write);
    connect(m_start, &QPushButton::clicked, this, &DatasetProjection::start);
    connect(fit, &QToolButton::clicked, m_cloud, &widgets::PointCloud::fitAll);
    connect(write, &QToolButton::clicked, this, &DatasetProjection::exportCsv);
    connect(m_method, &QComboBox::currentIndexChanged, perplexity, [this, perplexity] {
        perplexity->setEnabled(m_method->currentData() == QStringLiteral("tsne"));
    });
    return bar;
}

bool DatasetProjection::isRunning() const
{
    return m_call->isAsking();
}

void DatasetProjection::clear()
{
    ++m_request;
    m_call->cancel();
    m_busy->setIdle();
    m_start->setEnabled(true);
    m_error->hide();
    m_dataset.reset();
    m_pictures->setDataset(nullptr);
    m_samples.clear();
    m_targets.clear();
    m_places.clear();
    m_hovered = -1;
    m_cloud->setPlaces({});
    m_cloud->setGroups({}, {});
    m_side->setCurrentWidget(m_hint);
    m_outcome.clear();
    m_words->clear();
}

void DatasetProjection::setDataset(const DataSpec& spec, const DatasetSummary& summary)
{
    clear();
    m_data = spec;
    m_summary = summary;
}

void DatasetProjection::openData()
{
    // Whole, so that samples have the numbers that the runner told.
    m_context.datasets.open(m_data, DatasetService::Opening::Whole, this, [this, request = m_request](Result<DatasetHandle> dataset) {
        if (request != m_request || !dataset) {
            return; // without the samples the points are still a picture
        }
        m_dataset = dataset.value();
        m_pictures->setDataset(m_dataset);
        showChosen();
    });
}

void DatasetProjection::start()
{
    m_error->hide();
    m_start->setEnabled(false);
    m_cloud->setPlaces({});
    m_places.clear();
    m_words->clear();
    if (!m_dataset) {
        openData();
    }
    QStringList words{QStringLiteral("project"), QString::fromStdString(m_data.training)};
    words << readingArguments(m_data) << QStringLiteral("--method") << m_method->currentData().toString()
          << QStringLiteral("--perplexity") << QString::number(m_perplexity->value()) << QStringLiteral("--most")
          << QString::number(m_most->value()) << QStringLiteral("--json") << QStringLiteral("--live");
    m_busy->setBusy(tr("Reading the samples…"), 0);
    m_call->askOfStores(
        words, m_context.stores, {m_data.training}, [this](Result<Json> told) { finish(std::move(told)); }, [this](const Json& told) { take(told); });
}

void DatasetProjection::take(const Json& told)
{
    if (told.value("head", false)) {
        m_samples = numbersAt<std::uint32_t>(told, "samples");
        m_targets = numbersAt<double>(told, "targets");
        QStringList classes;
        for (const Json& name : told.value("classes", Json::array())) {
            classes << QString::fromStdString(name.is_string() ? name.get<std::string>() : std::string());
        }
        if (classes.isEmpty()) {
            m_cloud->setLevels(levelsOf(m_targets));
        } else {
            std::vector<std::int32_t> groups;
            for (const double target : m_targets) {
                groups.push_back(target >= 0 && target < static_cast<double>(classes.size()) ? static_cast<std::int32_t>(target) : -1);
            }
            m_cloud->setGroups(std::move(groups), classes);
        }
        m_busy->setBusy(tr("Finding each sample's neighbours…"));
        return;
    }
    if (const auto done = told.find("progress"); done != told.end() && done->is_number()) {
        m_busy->setBusy(QString::fromStdString(told.value("what", std::string())), done->get<double>());
    }
    if (auto places = numbersAt<float>(told, "places"); !places.empty() && places.size() == 2 * m_samples.size()) {
        m_places = std::move(places);
        m_cloud->setPlaces(m_places);
    }
}

void DatasetProjection::finish(Result<Json> told)
{
    if (!told) {
        m_error->setText(
            tr("The samples cannot be projected."), QString::fromStdString(told.error().message), QString::fromStdString(told.error().advice));
        m_error->show();
        m_outcome.clear();
        end();
        return;
    }
    const Json& report = told.value();
    take(report);
    QStringList facts{tr("%1 of %2 samples").arg(QLocale().toString(report.value("rows", 0)), QLocale().toString(report.value("of", 0)))};
    if (report.contains("divergence")) {
        facts << tr("KL divergence %1").arg(QLocale().toString(report.value("divergence", 0.0), 'f', 3));
    }
    if (const auto shares = numbersAt<double>(report, "shares"); !shares.empty()) {
        double sum = 0;
        for (const double share : shares) {
            sum += share;
        }
        facts << tr("the two directions hold %1 % of the variance").arg(QLocale().toString(100 * sum, 'f', 1));
    }
    if (report.contains("trustworthiness")) {
        facts << tr("trustworthiness %1 (1: neighbours here are neighbours in the data; about 0.5: none)")
                     .arg(QLocale().toString(report.value("trustworthiness", 0.0), 'f', 3));
    }
    m_outcome = facts.join(QStringLiteral(" · "));
    end();
}

void DatasetProjection::end()
{
    m_busy->setIdle();
    m_start->setEnabled(true);
    showChosen();
    emit projected();
}

void DatasetProjection::showChosen()
{
    const auto& chosen = m_cloud->chosen();
    QStringList words;
    if (!m_outcome.isEmpty()) {
        words << m_outcome;
    }
    if (!chosen.empty()) {
        words << tr("%1 chosen; Escape takes the choice back").arg(QLocale().toString(static_cast<qlonglong>(chosen.size())));
    }
    m_words->setText(words.join(QStringLiteral(" · ")));
    if (chosen.empty() || !m_dataset) {
        m_side->setCurrentWidget(m_hint);
        return;
    }
    std::vector<std::uint32_t> samples;
    for (const std::uint32_t point : chosen) {
        if (point < m_samples.size() && m_samples[point] < m_dataset->size()) {
            samples.push_back(m_samples[point]);
        }
    }
    if (m_summary.isImage()) {
        m_pictures->setSamples(std::move(samples));
        m_side->setCurrentWidget(m_grid);
        return;
    }
    samples.resize(std::min(samples.size(), kMostShown));
    QStringList header;
    const auto& columns = m_dataset->info().columns;
    for (const auto& one : columns) {
        header << QString::fromStdString(one.name);
    }
    std::vector<QStringList> rows;
    for (const std::uint32_t sample : samples) {
        QStringList cells;
        for (std::size_t at = 0; at < columns.size(); ++at) {
            cells << QString::fromStdString(m_dataset->cellText(sample, at));
        }
        rows.push_back(std::move(cells));
    }
    m_rows->setRows(header, std::move(rows));
    m_rows->setTargetColumn(static_cast<int>(header.indexOf(m_summary.target)));
    m_side->setCurrentWidget(m_table);
}

void DatasetProjection::showHovered(int point, const QPoint& place)
{
    m_hovered = point;
    const auto at = static_cast<std::size_t>(point);
    if (point < 0 || !m_dataset || at >= m_samples.size() || m_samples[at] >= m_dataset->size()) {
        QToolTip::hideText();
        return;
    }
    const std::uint32_t sample = m_samples[at];
    const int label = m_dataset->classOf(sample);
    const auto& classes = m_dataset->info().classes;
    QString head = QString::fromStdString(m_dataset->sampleId(sample)).toHtmlEscaped();
    if (label >= 0 && static_cast<std::size_t>(label) < classes.size()) {
        head = QStringLiteral("<b>%1</b> · %2").arg(QString::fromStdString(classes[static_cast<std::size_t>(label)].name).toHtmlEscaped(), head);
    }
    if (!m_summary.isImage()) {
        QString rows;
        const auto& columns = m_dataset->info().columns;
        for (std::size_t i = 0; i < std::min(columns.size(), kTipColumns); ++i) {
            rows += QStringLiteral("<tr><td>%1&nbsp;</td><td align=\"right\">%2</td></tr>")
                        .arg(QString::fromStdString(columns[i].name).toHtmlEscaped(), QString::fromStdString(m_dataset->cellText(sample, i)).toHtmlEscaped());
        }
        QToolTip::showText(place, head + QStringLiteral("<table>%1</table>").arg(rows), m_cloud);
        return;
    }
    m_context.datasets.thumbnail(m_dataset, sample, this, [this, point, place, head](quint64, const QImage& image) {
        if (m_hovered != point || image.isNull()) {
            return; // the pointer is elsewhere by now
        }
        const int factor = std::max(1, kTipPicture / std::max(1, image.width()));
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        image.scaled(image.size() * factor, Qt::KeepAspectRatio, Qt::FastTransformation).save(&buffer, "PNG");
        QToolTip::showText(
            place, QStringLiteral("<img src=\"data:image/png;base64,%1\"><br>%2").arg(QString::fromLatin1(bytes.toBase64()), head), m_cloud);
    });
}

void DatasetProjection::exportCsv()
{
    std::string text = "sample,x,y,target\n";
    for (std::size_t i = 0; i < m_samples.size() && 2 * i + 1 < m_places.size(); ++i) {
        const bool isNamed = m_dataset && m_samples[i] < m_dataset->size();
        const int label = isNamed ? m_dataset->classOf(m_samples[i]) : -1;
        const std::string name = isNamed ? m_dataset->sampleId(m_samples[i]) : std::to_string(m_samples[i] + 1);
        const std::string target = label >= 0 ? m_dataset->info().classes[static_cast<std::size_t>(label)].name
                                              : QString::number(m_targets[i], 'g', 17).toStdString();
        text += csvField(name) + "," + std::to_string(m_places[2 * i]) + "," + std::to_string(m_places[2 * i + 1]) + "," + csvField(target) + "\n";
    }
    askAndSave(
        m_context, this, tr("Export the projection"), m_summary.name + QStringLiteral("-projection.csv"),
        [text = std::move(text)](QIODevice& device, const SaveProgress&) -> Result<void> {
            device.write(text.data(), static_cast<qint64>(text.size()));
            return {};
        });
}

} // namespace ty::app
