#include "app/page_factory.h"

#include "app/pages/compute_page.h"
#include "app/pages/data_page.h"
#include "app/pages/home_page.h"
#include "app/pages/models_page.h"
#include "app/pages/queue_page.h"
#include "app/pages/runs_page.h"
#include "app/pages/settings_page.h"
#include "app/pages/specs_page.h"
#include "app/pages/train_page.h"

namespace ty::app {

Page* makePage(PageId id, AppContext& context, QWidget* parent)
{
    switch (id) {
    case PageId::Home: return new HomePage(context, parent);
    case PageId::Data: return new DataPage(context, parent);
    case PageId::Train: return new TrainPage(context, parent);
    case PageId::Runs: return new RunsPage(context, parent);
    case PageId::Models: return new ModelsPage(context, parent);
    case PageId::Compute: return new ComputePage(context, parent);
    case PageId::Queue: return new QueuePage(context, parent);
    case PageId::Specs: return new SpecsPage(context, parent);
    case PageId::Settings: return new SettingsPage(context, parent);
    }
    return nullptr;
}

} // namespace ty::app
