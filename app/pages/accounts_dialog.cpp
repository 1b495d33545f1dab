#include "app/pages/accounts_dialog.h"

#include <algorithm>
#include <array>
#include <utility>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/account_text.h"
#include "app/models/machine_text.h"
#include "app/pages/error_text.h"
#include "app/pages/passphrase_dialog.h"
#include "app/pages/question_dialog.h"
#include "app/pages/sign_in_dialog.h"
#include "app/services/secrets_service.h"
#include "widgets/busy_bar.h"
#include "widgets/column_widths.h"
#include "widgets/error_panel.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kNameRole = Qt::UserRole + 1;
constexpr int kMostNamed = 5;

QString nameOf(const Account& account)
{
    return QString::fromStdString(account.name);
}

/// "the machines gpu-1, gpu-2 and 3 others".
QString machinesText(const std::vector<std::string>& machines)
{
    QStringList names;
    for (const std::string& machine : machines) {
        if (names.size() < kMostNamed) {
            names << QString::fromStdString(machine);
        }
    }
    const auto more = static_cast<int>(machines.size()) - static_cast<int>(names.size());
    return names.join(QStringLiteral(", ")) + (more > 0 ? AccountsDialog::tr(" and %1 more").arg(more) : QString());
}

} // namespace

AccountsDialog::AccountsDialog(AccountService& accounts, SecretsService& secrets, QWidget* parent)
    : QDialog(parent)
    , m_accounts(accounts)
    , m_secrets(secrets)
    , m_model(new QStandardItemModel(this))
    , m_table(new QTableView(this))
    , m_about(new QLabel(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
{
    setWindowTitle(tr("Cloud accounts"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(960, 460);
    widgets::setUpRows(*m_table, tr("Cloud accounts"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setModel(m_model);
    m_model->setHorizontalHeaderLabels({tr("Name"), tr("Cloud"), tr("Signs in"), tr("State")});
    widgets::setColumnLetters(*m_table, {36, 17, 36});
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_about->setWordWrap(true);
    m_about->setTextFormat(Qt::PlainText);
    m_about->setTextInteractionFlags(Qt::TextSelectableByMouse);
    widgets::setTextRole(*m_about, widgets::TextRole::Muted);
    m_error->hide();
    m_error->setClosable(true);
    m_busy->setIdle();
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* left = new QVBoxLayout;
    left->addWidget(m_table, 1);
    left->addWidget(m_about);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addLayout(left, 1);
    row->addWidget(makeButtons());
    auto* column = new QVBoxLayout(this);
    column->addLayout(row, 1);
    column->addWidget(m_busy);
    column->addWidget(m_error);
    column->addWidget(buttons);
    connect(m_busy, &widgets::BusyBar::cancelRequested, &m_accounts, &AccountService::cancel);
    connect(&m_accounts, &AccountService::changed, this, &AccountsDialog::fill);
    connect(&m_accounts, &AccountService::busyChanged, this, &AccountsDialog::showCurrent);
    connect(&m_secrets, &SecretsService::unlocked, this, &AccountsDialog::showCurrent);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AccountsDialog::showCurrent);
    fill();
    m_accounts.reload();
    const auto& known = m_accounts.accounts();
    if (std::any_of(known.begin(), known.end(), [](const auto& entry) { return entry.account.hasSecret(); })) {
        m_secrets.readNeed(this, [this](const Result<SecretsNeed>&) { showCurrent(); });
    }
}

QPushButton* AccountsDialog::addButton(QWidget& side, const QString& text, std::function<void()> press)
{
    auto* button = new QPushButton(text, &side);
    button->setAutoDefault(false);
    side.layout()->addWidget(button);
    connect(button, &QPushButton::clicked, this, [this, press = std::move(press)] {
        m_error->hide();
        m_told.clear();
        press();
    });
    return button;
}

QWidget* AccountsDialog::makeButtons()
{
    auto* side = new QWidget(this);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    m_add = addButton(*side, tr("&Add an account…"), [this] { signIn({}); });
    widgets::makePrimary(*m_add);
    m_test = addButton(*side, tr("&Test the connection"), [this] { test(); });
    m_again = addButton(*side, tr("Sign &in again…"), [this] { signIn(current()->account); });
    m_scope = addButton(*side, tr("&Subscription…"), [this] { askForScope(); });
    m_rename = addButton(*side, tr("Re&name…"), [this] { askForName(); });
    m_signOut = addButton(*side, tr("Sign &out"), [this] { askToSignOut(); });
    m_forget = addButton(*side, tr("&Remove…"), [this] { askToForget(); });
    column->addStretch(1);
    m_unlock = addButton(*side, tr("Un&lock…"), [this] { withSecrets(m_secrets, this, [] {}); });
    m_unlock->setToolTip(tr("The passphrase of the file in which sign-ins are kept"));
    return side;
}

void AccountsDialog::fill()
{
    const auto front = current();
    const QString before = !m_wanted.isEmpty() ? m_wanted : front ? nameOf(front->account) : QString();
    const auto& accounts = m_accounts.accounts();
    m_model->setRowCount(static_cast<int>(accounts.size()));
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const auto& [account, state] = accounts[static_cast<std::size_t>(row)];
        const std::array texts{
            accountText(account), cloudText(account), signInText(account.signIn, account.isGoogle()),
            accountStateText(account, state)};
        for (int column = 0; column < static_cast<int>(texts.size()); ++column) {
            if (m_model->item(row, column) == nullptr) {
                m_model->setItem(row, column, new QStandardItem);
            }
            m_model->item(row, column)->setText(texts[static_cast<std::size_t>(column)]);
            m_model->item(row, column)->setToolTip(texts[static_cast<std::size_t>(column)]);
        }
        m_model->item(row)->setData(nameOf(account), kNameRole);
    }
    choose(before);
    showCurrent();
}

void AccountsDialog::choose(const QString& name)
{
    if (const auto front = current(); front && nameOf(front->account) == name) {
        m_wanted.clear();
        return; // the keyboard stays where it is
    }
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->item(row)->data(kNameRole).toString() == name) {
            m_table->selectRow(row);
            m_wanted.clear();
            return;
        }
    }
    if (m_model->rowCount() > 0 && m_wanted.isEmpty()) {
        m_table->selectRow(0);
    }
}

std::optional<AccountService::Entry> AccountsDialog::current() const
{
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() ? m_accounts.find(m_model->item(index.row())->data(kNameRole).toString()) : std::nullopt;
}

void AccountsDialog::showCurrent()
{
    const auto entry = current();
    const bool isFree = !m_accounts.isBusy();
    const bool isReal = isFree && entry && !entry->account.isSandbox();
    m_add->setEnabled(isFree);
    m_test->setEnabled(isFree && entry);
    m_again->setEnabled(isReal);
    m_scope->setEnabled(isReal);
    m_scope->setText(entry && entry->account.isGoogle() ? tr("&Project…") : tr("&Subscription…"));
    m_rename->setEnabled(isReal);
    m_signOut->setEnabled(isReal && entry->account.hasSecret() && !entry->state.isSignedOut.value_or(false));
    m_forget->setEnabled(isReal);
    m_forget->setToolTip(entry && entry->account.isSandbox() ? tr("The sandbox is always there.") : QString());
    m_unlock->setVisible(m_secrets.isLocked());
    QStringList lines;
    if (entry && entry->account.isSandbox()) {
        lines << tr("A cloud on this computer to try everything in: nothing is billed.");
    } else if (entry) {
        const Account& account = entry->account;
        lines << tr("%1: %2").arg(scopeWordText(account), QString::fromStdString(account.scope));
        if (!account.tenant.empty()) {
            lines << tr("Tenant: %1").arg(QString::fromStdString(account.tenant));
        }
        if (!entry->state.problem.empty()) {
            lines << QString::fromStdString(entry->state.problem) << tr("Press \"Sign in again\".");
        }
        if (account.hasSecret() && m_secrets.isLocked()) {
            lines << tr("Its sign-in is in the encrypted file, which is locked. Press \"Unlock\".");
        } else if (account.hasSecret() && !m_accounts.areSecretsLasting()) {
            lines << tr("No keychain runs here: its sign-in is kept in memory and forgotten when Trainyard ends.");
        }
    }
    if (!m_told.isEmpty() && entry && nameOf(entry->account) == m_toldOf) {
        lines << m_told;
    }
    m_about->setText(lines.join(u'\n'));
}

AccountService::Then<void> AccountsDialog::doing(const QString& words, const QString& failed, std::function<void()> after)
{
    m_busy->setBusy(words);
    return [this, failed, after = std::move(after)](const Result<void>& done) {
        m_busy->setIdle();
        if (!done) {
            showError(*m_error, failed, done.error());
        } else if (after) {
            after();
        }
    };
}

void AccountsDialog::signIn(const std::optional<Account>& again)
{
    auto* dialog = new SignInDialog(m_accounts, m_secrets, again, this);
    connect(dialog, &SignInDialog::kept, this, [this](const QString& name) {
        m_wanted = name;
        fill();
    });
    dialog->open();
}

void AccountsDialog::test()
{
    const QString name = nameOf(current()->account);
    m_busy->setBusy(tr("Asking the cloud of %1…").arg(name));
    m_accounts.test(name, this, [this, name](const Result<std::vector<AccountScope>>& scopes) {
        m_busy->setIdle();
        if (!scopes) {
            if (scopes.error().kind != ErrorKind::Cancelled) {
                showError(*m_error, tr("%1 is not connected.").arg(name), scopes.error());
            }
            return;
        }
        QStringList names;
        for (const AccountScope& scope : *scopes) {
            names << QString::fromStdString(scope.name.empty() ? scope.id : scope.name);
        }
        m_toldOf = name;
        m_told = tr("✔ The cloud of %1 answers. It may use: %2.").arg(name, names.join(QStringLiteral(", ")));
        showCurrent();
    });
}

void AccountsDialog::askForScope()
{
    const Account account = current()->account;
    const QString name = nameOf(account);
    m_busy->setBusy(account.isGoogle() ? tr("Asking which projects %1 may use…").arg(name)
                                       : tr("Asking which subscriptions %1 may use…").arg(name));
    m_accounts.readScopes(name, this, [this, account](const Result<std::vector<AccountScope>>& scopes) {
        m_busy->setIdle();
        if (scopes) {
            chooseAmong(account, *scopes);
        } else if (scopes.error().kind != ErrorKind::Cancelled) {
            showError(*m_error, tr("What %1 may use could not be read.").arg(nameOf(account)), scopes.error());
        }
    });
}

void AccountsDialog::chooseAmong(const Account& account, const std::vector<AccountScope>& scopes)
{
    const QString name = nameOf(account);
    auto* choice = new QComboBox;
    for (const AccountScope& scope : scopes) {
        choice->addItem(scopeText(scope.name, scope.id), QString::fromStdString(scope.id));
    }
    choice->setCurrentIndex(std::max(0, choice->findData(QString::fromStdString(account.scope))));
    auto* question = new QuestionDialog(
        account.isGoogle() ? tr("Which project does %1 use?").arg(name) : tr("Which subscription does %1 use?").arg(name),
        tr("Use it"), this);
    question->addField(account.isGoogle() ? tr("&Project") : tr("&Subscription"), choice);
    question->addText(tr("Machines of the one before stay and are billed; they are shown again when it is chosen again."));
    connect(question, &QDialog::accepted, this, [this, name, choice] {
        m_accounts.chooseScope(
            name, choice->currentData().toString().toStdString(), this,
            doing(tr("Changing…"), tr("%1 uses the same as before.").arg(name), {}));
    });
    question->ask(choice);
}

void AccountsDialog::askForName()
{
    const QString name = nameOf(current()->account);
    auto* line = new QLineEdit(name);
    line->selectAll();
    auto* question = new QuestionDialog(tr("What shall %1 be called?").arg(name), tr("Rename"), this);
    question->addField(tr("&Name"), line);
    question->addText(tr("Its machines, what they cost and their history go with it."));
    connect(line, &QLineEdit::textChanged, question, [this, question, name](const QString& text) {
        const QString wanted = text.trimmed();
        question->go().setEnabled(!wanted.isEmpty() && wanted != name && !m_accounts.find(wanted));
    });
    question->go().setEnabled(false);
    connect(question, &QDialog::accepted, this, [this, name, line] {
        const QString wanted = line->text().trimmed();
        m_accounts.rename(name, wanted, this, doing(tr("Renaming…"), tr("%1 keeps its name.").arg(name), [this, wanted] {
            m_wanted = wanted;
            fill();
        }));
    });
    question->ask(line);
}

void AccountsDialog::askToSignOut()
{
    const QString name = nameOf(current()->account);
    auto* question = new QuestionDialog(tr("Sign %1 out?").arg(name), tr("Sign out"), this);
    question->addText(tr("What signs you in is taken out of the keychain. Machines stay and are billed; until you sign in again "
                         "Trainyard neither sees nor stops them."));
    connect(question, &QDialog::accepted, this, [this, name] {
        m_accounts.signOut(name, this, doing(tr("Signing out…"), tr("%1 is still signed in.").arg(name), {}));
    });
    question->ask();
}

void AccountsDialog::askToForget()
{
    const Account account = current()->account;
    m_accounts.readUse(nameOf(account), this, [this, account](const Result<AccountUse>& use) { confirmForgetting(account, use); });
}

void AccountsDialog::confirmForgetting(const Account& account, const Result<AccountUse>& use)
{
    const QString name = nameOf(account);
    if (use && (use->openOperations > 0 || use->hasOpenChase)) {
        showError(
            *m_error, tr("%1 cannot be removed now.").arg(name),
            {ErrorKind::Busy, "something is under way in it, which only this account can end",
             "Wait until it has ended; Activity shows it."});
        return;
    }
    auto* question = new QuestionDialog(tr("Remove %1?").arg(name), tr("Remove %1").arg(name), this);
    question->addText(tr("Lost are: its sign-in, the chosen subscription or project and its addresses. To have it again you sign in "
                         "anew. What was spent in it stays counted."));
    if (!use) {
        question->addText(tr("Whether machines are there is not known: %1.").arg(QString::fromStdString(use.error().message)));
    } else if (use->machines.empty()) {
        question->addText(tr("Trainyard knows no machine of its own there. What others made is not touched."));
    } else {
        const QString rate = use->usdPerHour > 0 || !use->isPartial ? moneyText(use->usdPerHour, "USD") : tr("unknown");
        auto* warning = question->addText(
            tr("⚠ %n machine(s) stay there and go on costing %2 an hour%3: %1. Trainyard will not see, stop or delete them any more. "
               "Delete them first if nobody needs them.", nullptr, static_cast<int>(use->machines.size()))
                .arg(machinesText(use->machines), rate, use->isPartial && use->usdPerHour > 0 ? tr(" and more") : QString()));
        widgets::setTextRole(*warning, widgets::TextRole::Bad);
    }
    connect(question, &QDialog::accepted, this, [this, name] {
        m_accounts.forget(name, this, doing(tr("Removing…"), tr("%1 could not be removed.").arg(name), {}));
    });
    question->ask();
}

} // namespace ty::app
