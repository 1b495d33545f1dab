#include "app/pages/create_machine_dialog.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScreen>
#include <QTimer>
#include <QVBoxLayout>

#include "app/models/machine_command.h"
#include "app/pages/cost_view.h"
#include "app/pages/error_text.h"
#include "app/pages/machine_check_view.h"
#include "app/pages/machine_form.h"
#include "app/pages/month_estimate.h"
#include "app/pages/quota_question.h"
#include "app/provisioning/alternatives.h"
#include "app/provisioning/cluster_operations.h"
#include "app/pages/question_dialog.h"
#include "app/provisioning/budgets.h"
#include "app/provisioning/data_place.h"
#include "app/provisioning/machine_validation.h"
#include "app/provisioning/price_reader.h"
#include "app/services/all_services.h"
#include "app/services/cloud_services.h"
#include "app/services/machine_service.h"
#include "cloud/provision/azure_cluster.h"
#include "widgets/error_panel.h"
#include "widgets/form_scroll.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kCostDelayMs = 400;
constexpr auto kRegionKey = "compute/region";
constexpr auto kSizeKey = "compute/size";
constexpr auto kAllowedKey = "compute/allowedFrom";

QString nextName(const std::vector<MachineRow>& rows)
{
    for (int number = 1;; ++number) {
        const std::string name = cloud::suggestedName({}, number);
        const bool isTaken = std::any_of(
            rows.begin(), rows.end(), [&](const MachineRow& row) { return row.info.name == name; });
        if (!isTaken) {
            return QString::fromStdString(name);
        }
    }
}

/// Of the data disks, whose lines stand in their order.
std::vector<std::optional<double>> diskPrices(const cloud::CostTable& cost)
{
    std::vector<std::optional<double>> prices;
    for (const cloud::CostLine& line : cost.lines) {
        if (line.what.starts_with("Data disk")) {
            prices.push_back(line.perHour);
        }
    }
    return prices;
}

/// What can be had in a region.
struct RegionOffers {
    std::vector<OfferedSize> sizes;
    std::vector<OfferedAccelerator> accelerators;
};

Result<RegionOffers> readOffers(CloudSession& session, const std::string& region, bool isSpot, std::stop_token stop)
{
    RegionOffers offers;
    TY_TRY(offers.sizes, readSizes(session, region, isSpot, stop));
    TY_TRY(offers.accelerators, readAccelerators(session, region, isSpot, stop));
    return offers;
}

} // namespace

CreateMachineDialog::CreateMachineDialog(
    AppContext& context, MachineService& machines, const cloud::MachineRequest& like, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_machines(machines)
    , m_form(new MachineForm)
    , m_cost(new CostView)
    , m_month(new MonthEstimate)
    , m_checks(new MachineCheckView)
    , m_error(new widgets::ErrorPanel)
    , m_state(new QLabel)
    , m_create(nullptr)
    , m_validate(nullptr)
    , m_soon(new QTimer(this))
{
    setWindowTitle(tr("Create a machine"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(QSize(1160, 860).boundedTo(screen()->availableSize() * 0.92));

    auto* scroll = new widgets::FormScroll(m_form, this);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addWidget(scroll, 2);
    columns->addWidget(makeSide(), 1);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_create = buttons->addButton(tr("Create"), QDialogButtonBox::AcceptRole);
    widgets::makePrimary(*m_create);
    m_validate = buttons->addButton(tr("Validate"), QDialogButtonBox::ActionRole);
    m_validate->setToolTip(tr("Asks the cloud now for quota, name, image and price. Nothing is made."));
    connect(m_validate, &QPushButton::clicked, this, &CreateMachineDialog::validate);
    auto* copy = buttons->addButton(tr("Copy as command"), QDialogButtonBox::ActionRole);
    auto* menu = new QMenu(copy);
    const auto addCopy = [&](const QString& text, auto command) {
        auto* action = menu->addAction(text);
        connect(action, &QAction::triggered, this, [this, command] {
            QApplication::clipboard()->setText(command(m_form->request()));
            m_context.notices.toast(tr("The command is in the clipboard."));
        });
        return action;
    };
    addCopy(tr("trainyard vm create"), [this](const cloud::MachineRequest& request) {
        return trainyardCommand(request, m_form->mayAnyoneKnock());
    });
    auto* az = addCopy(tr("az vm create"), [](const cloud::MachineRequest& request) { return azCommand(request); });
    auto* gcloud = addCopy(
        tr("gcloud compute instances create"), [](const cloud::MachineRequest& request) { return gcloudCommand(request); });
    connect(menu, &QMenu::aboutToShow, this, [this, az, gcloud] {
        const bool isGoogle = m_form->request().provider == "google";
        az->setVisible(!isGoogle);
        gcloud->setVisible(isGoogle);
    });
    copy->setMenu(menu);
    connect(buttons, &QDialogButtonBox::accepted, this, &CreateMachineDialog::create);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* all = new QVBoxLayout(this);
    all->addWidget(m_error);
    all->addLayout(columns, 1);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_state, 1);
    foot->addWidget(buttons);
    all->addLayout(foot);
    m_error->hide();

    m_soon->setSingleShot(true);
    m_soon->setInterval(kCostDelayMs);
    connect(m_soon, &QTimer::timeout, this, &CreateMachineDialog::askCost);
    connect(m_month, &MonthEstimate::trafficChanged, this, &CreateMachineDialog::askTraffic);
    connect(m_form, &MachineForm::changed, this, &CreateMachineDialog::onChanged);
    connect(m_form, &MachineForm::changed, this, [this] {
        const bool isCluster = m_form->purpose() == MachineForm::Purpose::Cluster;
        setWindowTitle(isCluster ? tr("Create a cluster") : tr("Create a machine"));
    });
    connect(m_form, &MachineForm::sizesWanted, this, &CreateMachineDialog::askSizes);

    connect(m_form, &MachineForm::dataRegionWanted, this, &CreateMachineDialog::askDataRegion);
    connect(m_form, &MachineForm::otherRegionWanted, this, [this] { switchTo(Switch::Region); });
    connect(m_form, &MachineForm::otherSizeWanted, this, [this] { switchTo(Switch::Size); });
    connect(m_form, &MachineForm::quotaWanted, this, &CreateMachineDialog::requestQuota);

    cloud::MachineRequest first = like;
    const auto& rows = m_machines.rows();
    QStringList taken;
    for (const MachineRow& row : rows) {
        taken << QString::fromStdString(row.info.name);
    }
    if (like.name.empty() || taken.contains(QString::fromStdString(like.name), Qt::CaseInsensitive)) {
        first.name = nextName(rows).toStdString();
    }
    const auto last = [this](const char* key) { return m_context.settings.value(keyOf(key)).toString().toStdString(); };
    if (like.size.empty()) {
        first.region = last(kRegionKey);
        first.size = last(kSizeKey);
        const std::string allowed = last(kAllowedKey);
        if (!allowed.empty()) {
            first.allowedFrom = {allowed};
        }
    }
    m_form->setRequest(first);
    m_form->setTakenNames(taken);
    askBasics();
    askData();
}

/// What was chosen last holds for its account: clouds name regions and sizes in their own ways.
QString CreateMachineDialog::keyOf(const char* key) const
{
    return QLatin1String(key) + QLatin1Char('/') + m_machines.account();
}

QWidget* CreateMachineDialog::makeSide()
{
    auto* card = new QFrame(this);
    widgets::makeCard(*card);
    auto* column = new QVBoxLayout(card);
    auto* title = new QLabel(tr("What it costs"), card);
    widgets::setTextRole(*title, widgets::TextRole::Heading);
    column->addWidget(title);
    column->addWidget(m_cost);
    column->addWidget(m_month);
    column->addSpacing(6);
    column->addWidget(m_checks);
    column->addStretch(1);
    if ((m_machines.account() == QLatin1String(kSandboxAccount) || m_machines.account() == QLatin1String(kGoogleSandboxAccount))) {
        auto* note = new QLabel(
            tr("In the sandbox on this computer nothing is billed; these are the prices a cloud would ask."), card);
        note->setWordWrap(true);
        widgets::setTextRole(*note, widgets::TextRole::Good);
        column->addWidget(note);
    }
    return card;
}

void CreateMachineDialog::askBasics()
{
    m_error->hide();
    m_isReady = false;
    m_form->setSizesText(tr("Asking for regions and sizes…"));
    m_cost->showText(tr("The price list is read when the account has answered."));
    onChanged();
    m_machines.ask<MachineBasics>(
        this,
        [paths = m_context.paths](CloudSession& session, std::stop_token stop) { return readBasics(session, paths, stop); },
        [this](Result<MachineBasics> basics) {
            if (!basics) {
                m_form->setSizesText({});
                showError(*m_error, tr("The account does not answer."), basics.error());
                connect(m_error->addButton(tr("Retry")), &QPushButton::clicked, this, &CreateMachineDialog::askBasics);
                return;
            }
            m_isReady = true;
            m_form->setBasics(*basics);
        });
}

void CreateMachineDialog::askData()
{
    using Data = std::vector<NeededData>;
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return readNeededData(catalog); },
        [this](Result<Data> all) { m_form->setData(all ? std::move(all).value() : Data()); });
}

void CreateMachineDialog::askDataRegion(const QString& address)
{
    using Region = std::optional<std::string>;
    const quint64 question = ++m_dataQuestion;
    if (address.isEmpty()) {
        return;
    }
    m_machines.ask<Region>(
        this,
        [address = address.toStdString()](CloudSession& session, std::stop_token stop) {
            return regionOfData(session, address, std::move(stop));
        },
        [this, question](const Result<Region>& region) {
            if (question == m_dataQuestion && region) {
                m_form->setDataRegion(*region);
            }
        });
}

void CreateMachineDialog::switchTo(Switch what)
{
    const cloud::MachineRequest request = m_form->request();
    m_error->hide();
    m_state->setText(tr("Looking for what can be had instead…"));
    m_machines.ask<Alternatives>(
        this,
        [request, nodes = m_form->nodeCount()](CloudSession& session, std::stop_token stop) {
            return findAlternatives(session, request, nodes, cloud::FailureClass::NotOffered, std::move(stop));
        },
        [this, what, request](const Result<Alternatives>& found) {
            const cloud::MachineRequest now = m_form->request();
            if (now.size != request.size || now.region != request.region || now.zone != request.zone) {
                return; // the person went on choosing
            }
            if (found && what == Switch::Region && found->place) {
                m_form->setPlace(found->place->region, found->place->zone);
            } else if (found && what == Switch::Size && found->size) {
                m_form->setSize(QString::fromStdString(found->size->size));
            } else {
                showError(
                    *m_error, tr("Nothing was found to switch to."),
                    found ? Error{ErrorKind::NotFound, alternativesText(request, *found), {}} : found.error());
            }
            onChanged();
        });
}

void CreateMachineDialog::requestQuota()
{
    const auto missing = m_form->missingQuota();
    const cloud::MachineRequest request = m_form->request();
    const auto entry = CloudServices::of(m_context).accounts().find(m_machines.account());
    if (missing) {
        const bool hasPortal = entry && !entry->account.isSandbox() && entry->account.managementUrl.empty();
        askForQuota({request.provider, request.scope, request.region, missing->what, missing->needed, hasPortal}, this);
    }
}

void CreateMachineDialog::askSizes(const QString& region, bool isSpot)
{
    const quint64 question = ++m_sizesQuestion;
    m_form->setSizesText(tr("Reading the sizes of %1…").arg(region));
    m_machines.ask<RegionOffers>(
        this,
        [region = region.toStdString(), isSpot](CloudSession& session, std::stop_token stop) {
            return readOffers(session, region, isSpot, stop);
        },
        [this, question, region](Result<RegionOffers> offers) {
            if (question != m_sizesQuestion) {
                return;
            }
            if (offers) {
                m_form->setSizes(std::move(offers->sizes));
                m_form->setAccelerators(std::move(offers->accelerators));
                askSizePrices(region);
            } else {
                m_form->setSizesText(
                    tr("The sizes could not be read: %1").arg(QString::fromStdString(offers.error().message)));
            }
        });
}

void CreateMachineDialog::askSizePrices(const QString& region)
{
    using Prices = std::map<std::string, cloud::azure::VmPrice>;
    m_machines.ask<Prices>(
        this,
        [region = region.toStdString()](CloudSession& session, std::stop_token stop) {
            return readSizePrices(session, region, "USD", stop);
        },
        [this, question = m_sizesQuestion](Result<Prices> prices) {
            if (question == m_sizesQuestion) {
                m_form->setSizePrices(prices ? std::move(prices).value() : Prices());
            }
        });
}

void CreateMachineDialog::onChanged()
{
    const int problems = m_form->problemCount();
    m_create->setEnabled(m_isReady && m_form->isValid());
    m_validate->setEnabled(m_isReady && m_form->isValid());
    ++m_checksQuestion; // an answer of before is of another machine
    m_checks->showText({});
    m_state->setText(
        !m_isReady      ? tr("Asking the account…")
        : problems > 0 ? tr("%n field(s) to be put right", nullptr, problems)
                        : tr("Everything that can be checked beforehand is right."));
    widgets::setTextRole(*m_state, m_isReady && problems > 0 ? widgets::TextRole::Bad : widgets::TextRole::Muted);
    if (m_isReady) {
        m_soon->start();
    }
}

void CreateMachineDialog::askCost()
{
    const cloud::MachineRequest request = m_form->request();
    const quint64 question = ++m_costQuestion;
    if (request.size.empty() || request.region.empty()) {
        m_cost->showText(tr("Choose region and size to see what it costs."));
        m_month->setCost({});
        return;
    }
    askTraffic();
    m_machines.ask<cloud::CostTable>(
        this,
        [request](CloudSession& session, std::stop_token stop) {
            return session.provider().cost(request, "USD", stop);
        },
        [this, question, nodes = m_form->nodeCount()](Result<cloud::CostTable> cost) {
            if (question != m_costQuestion) {
                return;
            }
            if (cost && nodes > 1) {
                cost = cloud::clusterCost(std::move(cost).value(), nodes);
            }
            if (cost && nodes == 1) {
                m_form->setDiskPrices(diskPrices(*cost));
            }
            m_lastCost = cost ? std::optional(*cost) : std::nullopt;
            m_month->setCost(m_lastCost);
            m_form->setListPrice(cost ? cost->perHour(true) : std::nullopt);
            if (cost) {
                m_cost->show(*cost);
            } else {
                m_cost->showText(tr("The price is unknown: %1").arg(QString::fromStdString(cost.error().message)));
            }
        });
}

void CreateMachineDialog::askTraffic()
{
    const quint64 question = ++m_trafficQuestion;
    const std::string region = m_form->request().region;
    const int gib = m_month->trafficGiB();
    if (gib == 0 || region.empty()) {
        return;
    }
    m_machines.ask<std::optional<double>>(
        this,
        [region, gib](CloudSession& session, std::stop_token stop) {
            return readTrafficCost(session.connection(), region, gib, "USD", stop);
        },
        [this, question](Result<std::optional<double>> cost) {
            if (question == m_trafficQuestion) {
                m_month->setTraffic(cost ? *cost : std::nullopt); // a list that does not answer leaves it unknown
            }
        });
}

void CreateMachineDialog::validate()
{
    using Checks = std::vector<MachineCheck>;
    const quint64 question = ++m_checksQuestion;
    m_checks->showText(tr("Asking the cloud…"));
    m_machines.ask<Checks>(
        this,
        [request = m_form->request(), nodes = m_form->nodeCount()](CloudSession& session, std::stop_token stop) {
            return validateMachine(session, request, nodes, stop);
        },
        [this, question](Result<Checks> checks) {
            if (question != m_checksQuestion) {
                return;
            }
            if (checks) {
                m_checks->show(*checks);
            } else {
                m_checks->showText({});
                showError(*m_error, tr("The cloud could not be asked."), checks.error());
            }
        });
}

void CreateMachineDialog::create()
{
    const cloud::MachineRequest request = m_form->request();
    m_context.catalog.call(
        this,
        [request, cost = m_lastCost](catalog::Catalog& catalog) { return judgeNewMachine(catalog, cost, request); },
        [this, request](const Result<void>& judged) {
            if (judged || judged.error().kind != ErrorKind::Quota) {
                begin(request); // a catalog that cannot be read is told of elsewhere, and has no budget either
                return;
            }
            const QString name = QString::fromStdString(request.name);
            auto* question = new QuestionDialog(tr("This goes over the budget."), tr("Create %1 all the same").arg(name), this);
            question->addText(QString::fromStdString(judged.error().message) + QLatin1Char('.'));
            question->addText(tr("Choose a smaller size or a shorter hard limit, or raise the budget in Settings."));
            connect(question, &QDialog::accepted, this, [this, request] { begin(request); });
            question->ask();
        });
}

void CreateMachineDialog::begin(const cloud::MachineRequest& request)
{
    m_context.settings.setValue(keyOf(kRegionKey), QString::fromStdString(request.region));
    m_context.settings.setValue(keyOf(kSizeKey), QString::fromStdString(request.size));
    if (!m_form->mayAnyoneKnock() && request.allowedFrom.size() == 1) {
        m_context.settings.setValue(keyOf(kAllowedKey), QString::fromStdString(request.allowedFrom.front()));
    }
    if (m_form->purpose() == MachineForm::Purpose::Cluster) {
        const cloud::ClusterRequest cluster{request, m_form->nodeCount()};
        m_machines.perform(
            {tr("Create cluster"), tr("Creating")}, QString::fromStdString(request.name), true,
            [cluster](MachineOperations& machines, std::stop_token stop) {
                return ClusterOperations(machines).create(cluster, stop);
            });
        accept();
        return;
    }
    m_machines.create(request);
    accept();
}

} // namespace ty::app
