#include "app/pages/queue_page.h"

#include <QPushButton>
#include <QVBoxLayout>

#include "app/services/all_services.h"
#include "widgets/empty_state.h"

namespace ty::app {

QueuePage::QueuePage(AppContext& context, QWidget* parent) : Page(parent)
{
    const auto icon = QStringLiteral("queue");
    auto* empty = new widgets::EmptyState(
        context.theme.icon(icon),
        tr("Runs on this computer train one after the other; the ones that wait are in Runs. "
           "Queues of machines and clusters are not in this version."),
        this);
    auto* runs = empty->addButton(tr("Show runs"), widgets::EmptyState::Emphasis::Primary);
    connect(runs, &QPushButton::clicked, &context.navigation, [&context] {
        emit context.navigation.pageRequested(PageId::Runs);
    });
    connect(&context.theme, &ThemeService::themeChanged, empty, [empty, &context, icon] {
        empty->setIcon(context.theme.icon(icon));
    });
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(empty);
}

} // namespace ty::app
